"""What masking finds on its synthetic test set, and what it costs beside a plain pass of regular expressions in the same run.

`make bench` writes docs/evidence/masking.json and .md. `seen` are the files that the masker was written against, `held` those that it was
not, by the same hand; `fresh` is by another hand, and the second change of the masker knew its mistakes; `second` was
written before that change, by its hand.
"""

import json
import os
import re
import statistics
import time
from collections.abc import Callable, Iterable
from datetime import UTC, datetime
from pathlib import Path

import pytest
from auricle_contracts import Transcript, Turn
from auricle_masking import Detector, mask
from auricle_samples.dialogues import generate
from bench.masking_sheet import sheet
from masking_marks import DATA, Case, Score, load, measure, table

pytestmark = [pytest.mark.bench, pytest.mark.timeout(600)]
ROOT = Path(__file__).parents[2]
EVIDENCE = ROOT / "docs" / "evidence" / "masking.json"
SETS = {
    "seen": ("hand.jsonl", "generated.jsonl"),
    "held": ("held.jsonl", "generated_held.jsonl"),
    "held_by_hand": ("held.jsonl",),
    "second": ("second.jsonl",),
    "fresh": ("fresh.jsonl",),
}
WORDS_OF_FIVE_MINUTES = 650
ROUNDS = 40
OPENING = re.compile(r"\{\w+\|")  # of a mark
# What a simple masker would be: written forms only, nothing spoken, no names, no addresses.
PLAIN = [
    re.compile(pattern)
    for pattern in (
        r"\+?[78][\s(-]*\d{3}[\s)-]*\d{3}[\s-]*\d{2}[\s-]*\d{2}", r"\b(?:\d[ -]?){13,19}\b", r"[\w.+-]+@[\w-]+\.[\w.]+",
        r"\b\d{4}\s?\d{6}\b", r"\b\d{3}-\d{3}-\d{3}\s?\d{2}\b", r"\b\d{10}(?:\d{2})?\b",
    )
]  # fmt: skip


def five_minutes() -> Transcript:
    """Synthetic dialogues one after another, until as much is said as in five minutes."""
    turns: list[Turn] = []
    seed = 0
    while sum(len(turn.text.split()) for turn in turns) < WORDS_OF_FIVE_MINUTES:
        turns += generate(seed, "heldout", language="ru").transcript().turns
        seed += 1
    numbered = [turn.model_copy(update={"id": number}) for number, turn in enumerate(turns, start=1)]
    return Transcript(conversation_id="bench", language="ru", turns=tuple(numbered))


def cpu_ms(work: Callable[[], object]) -> dict[str, float]:
    """CPU time of this thread: other processes on the machine do not count."""
    took = []
    for _ in range(ROUNDS):
        began = time.thread_time()
        work()
        took.append((time.thread_time() - began) * 1000)
    return {"best": round(min(took), 2), "median": round(statistics.median(took), 2)}


def plain(transcript: Transcript) -> int:
    return sum(len(pattern.findall(turn.text)) for turn in transcript.turns for pattern in PLAIN)


def hidden_by_plain(cases: Iterable[Case]) -> int:
    """Marks that lie within a match of the simple masker."""
    return sum(
        any(
            match.start() <= mark.start and mark.end <= match.end()
            for pattern in PLAIN
            for match in pattern.finditer(case.turns[mark.turn].text)
        )
        for case in cases
        for mark in case.marked
    )


def names_in_lower_case(detector: Detector) -> dict[str, object]:
    """Recall of names where the speech engine gave no capitals, over all files written by hand."""
    cases = [
        case
        for case in load("hand.jsonl", "held.jsonl", "fresh.jsonl")
        if all(turn.text.islower() for turn in case.turns)
    ]
    score = next(score for kind, score in measure(cases, detector).items() if kind == "name")
    return {"marks": score.marks, "recall": round(score.recall, 4), "precision": round(score.precision, 4)}


def test_masking_is_measured() -> None:
    detector = Detector.load(ROOT / "prompts")
    call = five_minutes()
    mask(call, detector)
    ours, theirs = cpu_ms(lambda: mask(call, detector)), cpu_ms(lambda: plain(call))
    found = {name: measure(load(*files), detector) for name, files in SETS.items()}
    missed = [miss for scores in found.values() for score in scores.values() for miss in _told(score)]
    evidence = {
        "command": "python -m pytest -m bench tests/bench/test_masking.py",
        "date": f"{datetime.now(UTC):%Y-%m-%d}",
        "machine": f"{os.cpu_count()} cores, Linux x86-64, shared; load {os.getloadavg()[0]:.1f}; CPU time of the thread",
        "data": "hand-made and generated, synthetic",
        "sets": {name: list(table(scores)) for name, scores in found.items()},
        "names_in_lower_case": names_in_lower_case(detector),
        "five_minutes": {
            "turns": len(call.turns), "words": sum(len(turn.text.split()) for turn in call.turns),
            "mask_cpu_ms": ours, "plain_regex_cpu_ms": theirs, "mask_over_plain": round(ours["best"] / theirs["best"], 1),
            "goal_ms": 5.0, "goal_met": ours["median"] < 5.0,
        },
        "wrong": sorted(set(missed)),
    }  # fmt: skip
    EVIDENCE.write_text(json.dumps(evidence, ensure_ascii=False, indent=2) + "\n", encoding="utf-8")
    EVIDENCE.with_suffix(".md").write_text(sheet(evidence), encoding="utf-8")
    for name, files in SETS.items():
        scores = found[name].values()
        marks = sum(len(OPENING.findall((DATA / file).read_text("utf-8"))) for file in files)
        assert sum(score.marks for score in scores) == marks
        assert hidden_by_plain(load(*files)) < sum(score.found for score in scores) <= marks
        assert all(score.found <= score.hidden <= score.marks and score.right <= score.reported for score in scores)


def _told(score: Score) -> list[str]:
    return [f"missed {one}" for one in score.misses] + [f"extra {one}" for one in score.extras]
