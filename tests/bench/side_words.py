"""The words of sides, learnt from hand-written dialogues, and how many turns they tell beside the phrases of `role_cues.toml`.

    python -m bench.side_words           # writes asr's side_words.json and docs/evidence/side-words.json

Calls and chats of the training files, but for the calls that `auricle_samples.mono` reads aloud. Each call is learnt twice, the second time
as an engine with errors would write it. Figures: five folds of dialogues, turns of calls with a fifth of their words misheard.
Intervals: 2.5 to 97.5 % of 2,000 resamples of calls.
"""

import json
import random
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from importlib import resources
from pathlib import Path
from typing import Any

import numpy as np
from auricle_asr.speech.phrases import normalised
from auricle_asr.transcription.side_words import QUESTION, SideWords, ngrams
from auricle_asr.wiring import cue_book
from auricle_contracts import Channel, Role
from auricle_samples.dialogues.noise import misheard
from auricle_samples.dialogues.written import WrittenDialogue, read_training
from auricle_samples.mono.written import kept_out
from numpy.typing import NDArray

EVIDENCE = Path(__file__).parents[2] / "docs" / "evidence" / "side-words.json"
WORD_ERRORS = 0.2
LEAST_TURNS = 4  # that an n-gram is in
INVERSE_PENALTY = 0.2
SMALLEST = 0.05  # log odds that are kept
FOLDS, RESAMPLES = 5, 2000


@dataclass(frozen=True)
class Side:
    """A turn of one of the two sides."""

    call: str
    is_agent: bool
    text: str


def sides(dialogues: Iterable[WrittenDialogue], *, as_heard: bool) -> list[Side]:
    """Turns of agents and customers, as they were written or as an engine with errors would write them."""
    rng = random.Random(0)
    return [
        Side(one.id, role is Role.AGENT, _heard(text, rng) if as_heard else text)
        for one in dialogues
        for role, text in one.turns
        if role in (Role.AGENT, Role.CUSTOMER)
    ]


def _heard(text: str, rng: random.Random) -> str:
    return misheard(text, rng, WORD_ERRORS) + (QUESTION if text.endswith(QUESTION) else "")


def learnt(dialogues: Sequence[WrittenDialogue]) -> dict[str, float]:
    """N-gram → log odds for the agent, by penalised logistic regression."""
    from sklearn.linear_model import LogisticRegression

    calls = [one for one in dialogues if one.channel is Channel.CALL]
    spoken = [one for one in dialogues if one.channel in (Channel.CALL, Channel.CHAT)]
    turns = [*sides(spoken, as_heard=False), *sides(calls, as_heard=True)]
    counts = [_counts(turn.text) for turn in turns]
    found = Counter(ngram for one in counts for ngram in one)
    columns = {
        ngram: place for place, ngram in enumerate(sorted(n for n, turns in found.items() if turns >= LEAST_TURNS))
    }
    model = LogisticRegression(C=INVERSE_PENALTY, fit_intercept=False, solver="liblinear", max_iter=200)
    model.fit(_table(counts, columns), [turn.is_agent for turn in turns])
    odds = dict(zip(columns, model.coef_[0], strict=True))
    return {ngram: round(float(value), 2) for ngram, value in odds.items() if abs(value) >= SMALLEST}


def _counts(text: str) -> Counter[str]:
    return Counter([*(ngram for *_, ngram in ngrams(normalised(text).split())), *[QUESTION] * text.count(QUESTION)])


def _table(counts: Sequence[Counter[str]], columns: Mapping[str, int]) -> Any:
    from scipy.sparse import csr_matrix

    kept = [
        (row, columns[ngram], times)
        for row, one in enumerate(counts)
        for ngram, times in one.items()
        if ngram in columns
    ]
    rows, places, values = zip(*kept, strict=True)
    return csr_matrix((np.array(values, float), (rows, places)), shape=(len(counts), len(columns)))


def measure(dialogues: Sequence[WrittenDialogue]) -> dict[str, Any]:
    """Turns told by the words that other dialogues taught, and by the phrases."""
    order = random.Random(0).sample(range(len(dialogues)), len(dialogues))
    phrases = cue_book(SideWords({}))
    turns: list[Side] = []
    evidence: dict[str, list[float]] = {"words": [], "phrases": []}
    for fold in range(FOLDS):
        test = {dialogues[place].id for place in order[fold::FOLDS]}
        words = SideWords(learnt([one for one in dialogues if one.id not in test]))
        mine = sides((one for one in dialogues if one.id in test and one.channel is Channel.CALL), as_heard=True)
        turns += mine
        for way, told in (("words", words), ("phrases", phrases)):
            evidence[way] += [told.evidence(turn.text) for turn in mine]
    return {way: _figures(turns, np.array(odds)) for way, odds in evidence.items()} | {
        "calls": len({one.call for one in turns})
    }


def _figures(turns: Sequence[Side], odds: NDArray[np.float64]) -> dict[str, Any]:
    """Per cent of turns on their side (half of those without evidence); `silent`: without any."""
    signs = np.array([1.0 if turn.is_agent else -1.0 for turn in turns]) * odds
    right = (signs > 0) + 0.5 * (signs == 0)
    calls: dict[str, list[float]] = {}
    for turn, one in zip(turns, right, strict=True):
        calls.setdefault(turn.call, []).append(float(one))
    counts = np.array([(sum(one), len(one)) for one in calls.values()])
    drawn = np.random.default_rng(0).integers(0, len(counts), (RESAMPLES, len(counts)))
    sums = counts[drawn].sum(axis=1)
    low, high = np.percentile(100 * sums[:, 0] / sums[:, 1], (2.5, 97.5))
    return {
        "right": round(100 * float(right.mean()), 1), "interval": [round(low, 1), round(high, 1)], "turns": len(turns),
        "silent": round(100 * float((signs == 0).mean()), 1),
    }  # fmt: skip


def main() -> None:
    """Entry."""
    every = list(read_training())
    apart = kept_out(every)
    dialogues = [one for one in every if one.id not in apart]
    odds = learnt(dialogues)
    about = f"learnt by tests/bench/side_words.py from {len(dialogues)} hand-written dialogues of this repository, under its licence"
    shipped = Path(str(resources.files("auricle_asr").joinpath("data", "side_words.json")))
    shipped.write_text(
        json.dumps({"about": about, "odds": odds}, ensure_ascii=False, indent=0, sort_keys=True) + "\n", "utf-8"
    )
    found = {
        "command": "python -m bench.side_words", "measured": datetime.now(UTC).date().isoformat(),
        "what": "per cent of calls' turns on their side, a fifth of the words misheard, five folds of dialogues", "ngrams": len(odds),
        **measure(dialogues),
    }  # fmt: skip
    print(json.dumps(found, indent=1, ensure_ascii=False))
    EVIDENCE.write_text(json.dumps(found, indent=1, ensure_ascii=False) + "\n", "utf-8")


if __name__ == "__main__":
    main()
