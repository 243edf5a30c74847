"""What holds for every set that is labelled for the classes that a rule is to find: its form, and that its words are nobody else's."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

import pytest
from auricle_contracts import Role
from auricle_criteria import ErrorClass
from auricle_criteria.classes import FoundBy
from auricle_samples.dialogues import written
from auricle_samples.dialogues.written.errors import MarkedDialogue, read_marked
from unit.samples_dialogues.conftest import WRITTEN
from unit.samples_dialogues.test_classes_heldout import lines, runs

SETS = ("heldout", "second", "third", "fourth", "fifth")
"""From the oldest on; a set is held against those before it."""
BY_PROMPT = {"blame", "excess_data_asked", "refusal_without_alternative"}
"""Classes that only a prompt finds and that the fifth set is labelled for beside those of rules."""


def of_rules(classes: dict[str, ErrorClass]) -> set[str]:
    """The classes that a rule is to find, alone or beside a prompt."""
    return {name for name, error_class in classes.items() if error_class.found_by is not FoundBy.PROMPT}


@dataclass(frozen=True)
class MarkedSet:
    """A set's dialogues, those of each older set by its file, and the classes beside those of rules that it has labels of."""

    dialogues: list[MarkedDialogue]
    older: dict[str, list[MarkedDialogue]]
    by_prompt: set[str]


def dialogues_of(name: str) -> list[MarkedDialogue]:
    return list(read_marked(WRITTEN / f"classes_{name}.jsonl"))


@pytest.fixture(scope="module", params=["fourth", "fifth"])
def marked(request: pytest.FixtureRequest) -> MarkedSet:
    older = {name: dialogues_of(name) for name in SETS[: SETS.index(request.param)]}
    return MarkedSet(dialogues_of(request.param), older, BY_PROMPT if request.param == "fifth" else set())


def test_ids_are_its_own_and_dialogues_have_four_to_twenty_five_turns(marked: MarkedSet) -> None:
    ids = [dialogue.id for dialogue in marked.dialogues]
    assert len(set(ids)) == len(ids)
    assert set(ids).isdisjoint(dialogue.id for dialogues in marked.older.values() for dialogue in dialogues)
    for dialogue in marked.dialogues:
        assert 4 <= len(dialogue.turns) <= 25, dialogue.id


def test_times_do_not_go_back(marked: MarkedSet) -> None:
    for dialogue in marked.dialogues:
        times = dialogue.times or ()
        assert all(start <= end for start, end in times), dialogue.id
        assert all(before[0] <= after[0] for before, after in pairwise(times)), dialogue.id


def test_labels_name_classes_of_the_set_and_of_the_channel_and_words_of_the_agent(
    marked: MarkedSet, classes: dict[str, ErrorClass]
) -> None:
    labelled = of_rules(classes) | marked.by_prompt
    for dialogue in marked.dialogues:
        for one in (*dialogue.errors, *dialogue.near_misses):
            assert one.error_class in labelled, (dialogue.id, one.error_class)
            assert dialogue.channel in classes[one.error_class].opportunity.channels, (dialogue.id, one.error_class)
        for one in dialogue.errors:
            roles = {dialogue.turns[turn - 1][0] for turn, _ in one.at}
            assert one.error_class == "left_without_answer" or roles == {Role.AGENT}, (dialogue.id, one.error_class)


def test_no_class_is_an_error_and_a_near_miss_of_one_dialogue(marked: MarkedSet) -> None:
    for dialogue in marked.dialogues:
        assert dialogue.classes.isdisjoint(one.error_class for one in dialogue.near_misses), dialogue.id


def test_no_two_dialogues_say_the_same(marked: MarkedSet) -> None:
    said = Counter(
        text.casefold() for dialogue in marked.dialogues for _, text in dialogue.turns if len(text.split()) > 7
    )
    assert [text for text, times in said.items() if times > 2] == []


def test_the_words_are_not_those_of_the_older_sets_of_training_or_of_class_files(marked: MarkedSet) -> None:
    own = set().union(*(runs(dialogue.turns) for dialogue in marked.dialogues))
    for name, older in marked.older.items():
        for one in older:
            assert own.isdisjoint(runs(one.turns)), one.id
        assert lines(marked.dialogues).isdisjoint(lines(older)), name
    for name in (*written.TRAINING, "heldout.jsonl"):
        for other in written.read(WRITTEN / name):
            assert own.isdisjoint(runs(other.turns)), other.id
    files = "\n".join(path.read_text("utf-8").casefold() for path in Path("prompts/classes").rglob("*.yaml"))
    assert [line for line in lines(marked.dialogues) if line in files] == []
