"""A second set of held-out dialogues for error classes, by another hand than the detectors: in form, counted, nobody else's words.

Who wrote it had read the definitions of the classes, and neither detectors, lexicons nor (but for two rows) the first set. Labelled
where a class leaves room: `survey_not_offered` only where a machine says that the line asks for a rating; `recording_not_announced` only
where the agent is the caller; `thanks_missing` only where the customer tells of a fault without asking for help with it; `slow_reply` from
twenty minutes in a chat and two days by e-mail; beside `hung_up` no `closed_without_asking`; a name in capitals is `name_not_adapted` and
no shouting; `stop_words` are the three of the class file and their English; `template_of_past_chats` where the text itself or the customer
shows that it goes to everybody.
"""

from __future__ import annotations

import re
from collections import Counter

from auricle_contracts import Channel
from auricle_criteria import ErrorClass
from auricle_samples.dialogues.written.errors import MarkedDialogue
from unit.samples_dialogues.test_classes_heldout import lines, runs


def test_ids_and_lengths(second: list[MarkedDialogue], first: list[MarkedDialogue]) -> None:
    assert {dialogue.id for dialogue in second}.isdisjoint(dialogue.id for dialogue in first)
    for dialogue in second:
        assert 4 <= len(dialogue.turns) <= 30, dialogue.id


def test_a_third_is_without_errors_and_a_third_of_the_calls_without_punctuation(second: list[MarkedDialogue]) -> None:
    calls = [dialogue for dialogue in second if dialogue.channel is Channel.CALL]
    unpunctuated = [one for one in calls if not re.search(r"[.,?!]", " ".join(text for _, text in one.turns))]
    assert 0.3 <= sum(not dialogue.errors for dialogue in second) / len(second) <= 0.4
    assert 0.3 <= len(unpunctuated) / len(calls) <= 0.4


def test_each_class_that_a_rule_could_find_occurs_and_has_near_misses(
    second: list[MarkedDialogue], classes: dict[str, ErrorClass]
) -> None:
    found = Counter(name for dialogue in second for name in dialogue.classes)
    near = Counter(name for dialogue in second for name in {one.error_class for one in dialogue.near_misses})
    for name, one in classes.items():
        if one.found_by != "prompt":
            assert found[name] >= 8, name
            assert near[name] >= 8, name


def test_the_words_are_not_those_of_the_first_set(second: list[MarkedDialogue], first: list[MarkedDialogue]) -> None:
    own = set().union(*(runs(dialogue.turns) for dialogue in second))
    for one in first:
        assert own.isdisjoint(runs(one.turns)), one.id
    assert lines(second).isdisjoint(lines(first))
