"""Hand-written training dialogues: in form, and none of them is in the held-out set."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from itertools import pairwise

import pytest
from auricle_samples.dialogues import written

_LONGEST_SHARED = 12
"""Words in a row. Shorter runs are how everybody opens and closes a call."""
_SENTENCE = 6
"""Words. Shorter ones are how everybody speaks."""


@pytest.fixture(scope="module")
def training() -> list[written.WrittenDialogue]:
    return list(written.read_training())


@pytest.fixture(scope="module")
def second() -> list[written.WrittenDialogue]:
    return list(written.read(written.FOLDER / "training2.jsonl"))


def _runs(turns: tuple[tuple[object, str], ...]) -> set[tuple[str, ...]]:
    words = " ".join(text for _, text in turns).casefold().split()
    return {tuple(words[n : n + _LONGEST_SHARED]) for n in range(len(words) - _LONGEST_SHARED + 1)}


def _sentences(turns: tuple[tuple[object, str], ...]) -> set[str]:
    said = (each.casefold().split() for _, text in turns for each in re.split(r"(?<=[.!?…])\s+|\n", text))
    return {" ".join(words) for words in said if len(words) >= _SENTENCE}


def test_every_dialogue_is_in_form_and_has_an_id_of_its_own(training: list[written.WrittenDialogue]) -> None:
    assert len(training) >= 960
    assert max(Counter(dialogue.id for dialogue in training).values()) == 1


@pytest.mark.parametrize("name", written.TRAINING)
def test_half_of_them_sell_nothing_and_most_object_to_nothing(name: str) -> None:
    """What the generators' world had everywhere."""
    training = list(written.read(written.FOLDER / name))
    assert 0.45 <= sum(dialogue.labels.stage is None for dialogue in training) / len(training) <= 0.7
    assert sum(dialogue.labels.objection_handling is None for dialogue in training) / len(training) >= 0.35


def test_nothing_of_the_heldout_set_is_trained_on(training: list[written.WrittenDialogue]) -> None:
    heldout = set().union(*(_runs(dialogue.turns) for dialogue in written.read(written.FOLDER / "heldout.jsonl")))
    trained = set().union(*(_runs(dialogue.turns) for dialogue in training))
    assert heldout & trained == set()


def test_politeness_is_spread_over_its_scale(training: list[written.WrittenDialogue]) -> None:
    tens = Counter(dialogue.labels.politeness.value // 10 for dialogue in training)
    counts = [tens[ten] for ten in range(10)]
    assert min(counts) >= 10
    assert max(high / low for low, high in pairwise(counts)) < 4


def test_no_sentence_of_the_second_file_stands_in_another_dialogue(
    training: list[written.WrittenDialogue], second: list[written.WrittenDialogue]
) -> None:
    where: defaultdict[str, set[str]] = defaultdict(set)
    for dialogue in training:
        for sentence in _sentences(dialogue.turns):
            where[sentence].add(dialogue.id)
    own = {dialogue.id for dialogue in second}
    assert [sentence for sentence, ids in where.items() if len(ids) > 1 and ids & own] == []


def test_politeness_of_the_second_file_is_shown_by_the_agent(second: list[written.WrittenDialogue]) -> None:
    for dialogue in second:
        assert {dialogue.turns[turn - 1][0] for turn, _ in dialogue.labels.politeness.at} == {"agent"}, dialogue.id
