"""What compression is compared with, at the same token budget: truncation, random sentences, TF-IDF and TextRank extraction; and
the four rules of the article that the product comes from, as it states them (no budget: they cut what they cut).
"""

import random
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from auricle_compressor.compression import written
from auricle_compressor.tokenizer import approximate
from auricle_contracts import DigestLine, Role, Turn
from auricle_languages import AnalysedTurn, Languages, analyse_turn

DAMPING, ROUNDS = 0.85, 30
_SENTENCE = re.compile(r"[^.!?…]+[.!?…]*")
_REPEATED = re.compile(r"\b(\w+)(?:[\s,-]+\1\b)+", re.IGNORECASE)


@dataclass(frozen=True)
class Sentence:
    """One sentence of a turn."""

    turn: int
    role: Role
    text: str


Ranking = Callable[[Sequence[Sentence]], Sequence[float]]


def sentences(turns: Sequence[Turn]) -> list[Sentence]:
    """Every sentence in order."""
    return [
        Sentence(turn.id, turn.role, found.strip())
        for turn in turns
        for found in _SENTENCE.findall(turn.text)
        if found.strip()
    ]


def extract(turns: Sequence[Turn], budget: int, ranking: Ranking) -> list[DigestLine]:
    """The best sentences that fit into `budget` tokens, in their order; a sentence that does not fit is passed over."""
    found = sentences(turns)
    scores = ranking(found)
    chosen: set[int] = set()
    for number in sorted(range(len(found)), key=lambda n: -scores[n]):
        if approximate(written(lines([found[n] for n in sorted(chosen | {number})]))) <= budget:
            chosen.add(number)
    return lines([found[n] for n in sorted(chosen)])


def lines(chosen: Sequence[Sentence]) -> list[DigestLine]:
    """A line a turn."""
    by_turn: dict[int, list[Sentence]] = {}
    for sentence in chosen:
        by_turn.setdefault(sentence.turn, []).append(sentence)
    return [
        DigestLine(turns=(turn,), role=own[0].role, text=" ".join(one.text for one in own))
        for turn, own in by_turn.items()
    ]


def truncation(found: Sequence[Sentence]) -> Sequence[float]:
    """First come, first kept."""
    return [-float(n) for n in range(len(found))]


def chance(found: Sequence[Sentence]) -> Sequence[float]:
    """Dice with a seed made of the length, so that a second run draws the same."""
    dice = random.Random(len(found))
    return [dice.random() for _ in found]


def tfidf(found: Sequence[Sentence]) -> Sequence[float]:
    """The mean TF-IDF weight of the sentence's words. (Sums and centroids prefer long sentences and keep under 6 % of the facts.)"""
    weights = _weights(found, norm=None)
    words = np.maximum((weights > 0).sum(axis=1), 1)
    return [float(one) for one in weights.sum(axis=1) / words]


def textrank(found: Sequence[Sentence]) -> Sequence[float]:
    """PageRank over the cosine similarities of sentences (Mihalcea and Tarau 2004, with TF-IDF weights)."""
    weights = _weights(found, norm="l2")
    similar = weights @ weights.T
    np.fill_diagonal(similar, 0.0)
    share = similar / np.maximum(similar.sum(axis=1, keepdims=True), 1e-9)
    rank = np.full(len(found), 1 / len(found))
    for _ in range(ROUNDS):
        rank = (1 - DAMPING) / len(found) + DAMPING * share.T @ rank
    return [float(one) for one in rank]


def _weights(found: Sequence[Sentence], norm: str | None) -> np.ndarray:
    from sklearn.feature_extraction.text import TfidfVectorizer  # only the bench has it, and tests import this file

    matrix = TfidfVectorizer(token_pattern=r"(?u)\b\w+\b", norm=norm).fit_transform([one.text for one in found])
    return np.asarray(matrix.todense())


RANKINGS: Mapping[str, Ranking] = {
    "truncation": truncation, "random sentences": chance, "TF-IDF": tfidf, "TextRank": textrank,
}  # fmt: skip


def article(turns: Sequence[Turn], languages: Languages) -> list[DigestLine]:
    """Its rules as written: split at pauses, drop turns of fewer than three words without an action, fold runs of repeats, keep
    what has a verb or a digit.
    """
    kept = []
    for turn in turns:
        folded = _REPEATED.sub(r"\1", turn.text)
        read = analyse_turn(turn.model_copy(update={"text": folded}), languages)
        if _acts(read) and (len(read.tokens) >= 3 or any(one.verb for one in read.analyses)):
            kept.append(DigestLine(turns=(turn.id,), role=turn.role, text=folded))
    return kept


def _acts(read: AnalysedTurn) -> bool:
    return any(one.verb for one in read.analyses) or any(token.kind == "number" for token in read.tokens)
