"""Hand-written training dialogues: in form, and none of them is in the held-out set."""

from __future__ import annotations

from collections import Counter
from itertools import pairwise
from pathlib import Path

from auricle_samples import dialogues
from auricle_samples.dialogues import written

_FOLDER = Path(dialogues.__file__).parent / "written"
_LONGEST_SHARED = 12
"""Words in a row. Shorter runs are how everybody opens and closes a call."""


def _runs(turns: tuple[tuple[object, str], ...]) -> set[tuple[str, ...]]:
    words = " ".join(text for _, text in turns).casefold().split()
    return {tuple(words[n : n + _LONGEST_SHARED]) for n in range(len(words) - _LONGEST_SHARED + 1)}


def test_every_dialogue_is_in_form_and_has_an_id_of_its_own() -> None:
    training = list(written.read(_FOLDER / "training.jsonl"))
    assert len(training) >= 550
    assert max(Counter(dialogue.id for dialogue in training).values()) == 1


def test_half_of_them_sell_nothing_and_most_object_to_nothing() -> None:
    """What the generators' world had everywhere."""
    training = list(written.read(_FOLDER / "training.jsonl"))
    assert 0.5 <= sum(dialogue.labels.stage is None for dialogue in training) / len(training) <= 0.7
    assert sum(dialogue.labels.objection_handling is None for dialogue in training) / len(training) >= 0.5


def test_nothing_of_the_heldout_set_is_trained_on() -> None:
    heldout = set().union(*(_runs(dialogue.turns) for dialogue in written.read(_FOLDER / "heldout.jsonl")))
    trained = set().union(*(_runs(dialogue.turns) for dialogue in written.read(_FOLDER / "training.jsonl")))
    assert heldout & trained == set()


def test_politeness_is_spread_over_its_scale() -> None:
    tens = Counter(dialogue.labels.politeness.value // 10 for dialogue in written.read(_FOLDER / "training.jsonl"))
    counts = [tens[ten] for ten in range(10)]
    assert min(counts) >= 10
    assert max(high / low for low, high in pairwise(counts)) < 4
