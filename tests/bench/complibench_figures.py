"""CompliBench's three figures, and what costs nothing beside them.

    kept          of turns that break no guideline, those that are not reported
    detected      of turns that break one, those that are reported, whatever guideline is named
    whole         conversations of which every turn is judged right

For `kept` the benchmark asks language models to name the guideline that a right turn follows, and reward models only not to report it.
A flow that looks for errors names none of a right turn, so `kept` is the reward models' figure.
`named`: detected, with the guideline that was broken.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from auricle_kit.shares import wilson
from bench.complibench_data import Conversation

RESAMPLES, SEED, FOLDS = 1000, 7, 5
Reported = Mapping[int, frozenset[str]]
"""Of one conversation: by turn the guidelines that are said to be broken there."""


@dataclass(frozen=True)
class Share:
    """Hits of so many, and the 95 % interval (None: nothing to count): the wider of Wilson's and a bootstrap's over conversations."""

    hits: int
    of: int
    interval: tuple[float, float] | None

    @property
    def value(self) -> float | None:
        """The share."""
        return self.hits / self.of if self.of else None

    def as_json(self) -> dict[str, Any]:
        """With its counts."""
        return {"share": self.value, "hits": self.hits, "of": self.of, "interval_95": self.interval}


def figures(conversations: Sequence[Conversation], reported: Sequence[Reported]) -> dict[str, Share]:
    """The three, and `named`."""
    counted = [_counted(one, said) for one, said in zip(conversations, reported, strict=True)]
    return {name: _share([one[name] for one in counted]) for name in ("kept", "detected", "whole", "named")}


def _counted(one: Conversation, said: Reported) -> dict[str, tuple[int, int]]:
    right = {turn for turn, broken in one.turns.items() if broken is None}
    broken = {turn: name for turn, name in one.turns.items() if name is not None}
    kept = sum(turn not in said for turn in right)
    detected = sum(turn in said for turn in broken)
    named = sum(name in said.get(turn, ()) for turn, name in broken.items())
    return {
        "kept": (kept, len(right)),
        "detected": (detected, len(broken)),
        "named": (named, len(broken)),
        "whole": (int(kept == len(right) and detected == len(broken)), 1),
    }


def _share(counts: Sequence[tuple[int, int]]) -> Share:
    pairs = np.array(counts).reshape(-1, 2)
    hits, of = (int(total) for total in pairs.sum(axis=0))
    if not of:
        return Share(0, 0, None)
    rows = np.random.default_rng(SEED).integers(0, len(pairs), (RESAMPLES, len(pairs)))
    sums = pairs[rows].sum(axis=1)
    shares = sums[:, 0][sums[:, 1] > 0] / sums[:, 1][sums[:, 1] > 0]
    low, high = np.percentile(shares, [2.5, 97.5])
    least, most = wilson(hits, of)
    return Share(hits, of, (min(float(low), least), max(float(high), most)))


def constant(conversations: Sequence[Conversation], *, report: bool) -> list[Reported]:
    """Every turn is reported, or none."""
    return [{turn: frozenset() for turn in one.turns} if report else {} for one in conversations]


def by_words(conversations: Sequence[Conversation]) -> list[Reported] | None:
    """TF-IDF of the turn's words with logistic regression, each fold of conversations judged by the others; None with too few of them."""
    if len(conversations) < 2 * FOLDS:
        return None
    from sklearn.feature_extraction.text import TfidfVectorizer
    from sklearn.linear_model import LogisticRegression
    from sklearn.model_selection import GroupKFold, cross_val_predict
    from sklearn.pipeline import make_pipeline

    turns = [(number, turn) for number, one in enumerate(conversations) for turn in sorted(one.turns)]
    texts = [conversations[number].dialogue.turns[turn - 1][1] for number, turn in turns]
    broken = [conversations[number].turns[turn] is not None for number, turn in turns]
    model = make_pipeline(
        TfidfVectorizer(ngram_range=(1, 2), sublinear_tf=True),
        LogisticRegression(C=10, max_iter=1000, class_weight="balanced"),
    )
    said = cross_val_predict(model, texts, broken, cv=GroupKFold(FOLDS), groups=[number for number, _ in turns])
    found: list[dict[int, frozenset[str]]] = [{} for _ in conversations]
    for (number, turn), is_broken in zip(turns, said, strict=True):
        if is_broken:
            found[number][turn] = frozenset()
    return list(found)


def line(name: str, shares: Mapping[str, Share], percent: Callable[[Share], str]) -> str:
    """A row of the table."""
    return f"{name:26} " + " ".join(
        f"{percent(shares[figure]):>30}" for figure in ("kept", "detected", "whole", "named")
    )
