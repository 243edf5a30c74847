"""Held-out dialogues for error classes, both sets: in form, labelled with classes that exist, and of nobody else's words.

How the first was labelled where a class leaves room. `survey_not_offered`: only where a machine says that the line asks for a rating.
`recording_not_announced`: only where the agent is the caller. `thanks_missing`: only where the customer tells of a fault without asking
for help with it. `slow_reply`: chats and e-mails have times where it matters, an agent's reply after fifteen minutes and more is slow.
`template_of_past_chats` is not there: one conversation cannot show it. The second: test_classes_second.
"""

from __future__ import annotations

from collections import Counter
from itertools import pairwise
from pathlib import Path

import pytest
from auricle_contracts import Channel, Role
from auricle_criteria import ErrorClass
from auricle_samples.dialogues import written
from auricle_samples.dialogues.written.errors import MarkedDialogue
from unit.samples_dialogues.conftest import WRITTEN

LONGEST_SHARED = 12
"""Words in a row. Shorter runs are how everybody opens and closes a conversation."""


@pytest.fixture(scope="module", params=["first", "second"])
def marked(request: pytest.FixtureRequest) -> list[MarkedDialogue]:
    return list(request.getfixturevalue(request.param))


def runs(turns: tuple[tuple[Role, str], ...]) -> set[tuple[str, ...]]:
    """All its runs of LONGEST_SHARED words."""
    words = " ".join(text for _, text in turns).casefold().split()
    return {tuple(words[n : n + LONGEST_SHARED]) for n in range(len(words) - LONGEST_SHARED + 1)}


def lines(marked: list[MarkedDialogue]) -> set[str]:
    """Its turns of five words and more."""
    return {text.casefold() for dialogue in marked for _, text in dialogue.turns if len(text.split()) > 4}


def test_every_dialogue_has_an_id_and_times_that_do_not_go_back(marked: list[MarkedDialogue]) -> None:
    assert len({dialogue.id for dialogue in marked}) == len(marked)
    for dialogue in marked:
        times = dialogue.times or ()
        assert all(start <= end for start, end in times), dialogue.id
        assert all(before[0] <= after[0] for before, after in pairwise(times)), dialogue.id
        assert dialogue.transcript().turns, dialogue.id


def test_classes_exist_and_belong_to_the_channel(marked: list[MarkedDialogue], classes: dict[str, ErrorClass]) -> None:
    for dialogue in marked:
        for one in (*dialogue.errors, *dialogue.near_misses):
            assert dialogue.channel in classes[one.error_class].opportunity.channels, (dialogue.id, one.error_class)


def test_errors_are_the_agents(marked: list[MarkedDialogue]) -> None:
    for dialogue in marked:
        for one in dialogue.errors:
            roles = {dialogue.turns[turn - 1][0] for turn, _ in one.at}
            assert one.error_class == "left_without_answer" or roles == {Role.AGENT}, (dialogue.id, one.error_class)


def test_counts_and_spread(marked: list[MarkedDialogue]) -> None:
    channels = Counter(dialogue.channel for dialogue in marked)
    assert len(marked) >= 160
    assert 0.3 <= sum(dialogue.lang == "en" for dialogue in marked) / len(marked) <= 0.4
    assert channels[Channel.CALL] / len(marked) >= 0.4
    assert channels[Channel.CHAT] / len(marked) >= 0.3
    assert channels[Channel.EMAIL] / len(marked) >= 0.15
    assert 0.25 <= sum(not dialogue.errors for dialogue in marked) / len(marked) <= 0.4


def test_each_class_occurs_and_has_near_misses(first: list[MarkedDialogue], classes: dict[str, ErrorClass]) -> None:
    found = Counter(name for dialogue in first for name in dialogue.classes)
    near = Counter(name for dialogue in first for name in {one.error_class for one in dialogue.near_misses})
    for name in classes.keys() - {"template_of_past_chats"}:
        assert found[name] >= 5, name
        assert near[name] >= 5, name


def test_the_words_are_not_those_of_class_files_or_of_training(marked: list[MarkedDialogue]) -> None:
    own = set().union(*(runs(dialogue.turns) for dialogue in marked))
    for name in (*written.TRAINING, "heldout.jsonl"):
        for other in written.read(WRITTEN / name):
            assert own.isdisjoint(runs(other.turns)), other.id
    files = "\n".join(path.read_text("utf-8").casefold() for path in Path("prompts/classes").rglob("*.yaml"))
    assert [line for line in lines(marked) if line in files] == []
