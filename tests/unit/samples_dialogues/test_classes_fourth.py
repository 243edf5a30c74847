"""A fourth set of held-out dialogues, for the error classes that a rule is to find, alone or beside a prompt; other classes have no label.

Written by a hand that had read the classes' definitions, channels and what is and is not the error, and no detector, list of words or
dialogue of another set but five that showed the form. At least fourteen dialogues with the error and fourteen near misses a class;
4 to 25 turns. `company`, `customer_name` and `times` are given as a workspace would have them.

Labelled where a class leaves room. As in the third set: `recording_not_announced` only where the agent is the caller;
`survey_not_offered` only where a machine says that the line asks for a rating; `thanks_missing` only where the customer tells of a
fault without asking for help with it; `farewell_missing` only where the agent has the last word, and beside `hung_up` too where no
farewell was said, but no `closed_without_asking` there; `left_without_answer` only where nothing at all is said to the last question.

Of this set: `slow_reply` from three quarters of an hour in a chat and four days by e-mail; `hold_too_long` from seven minutes by the
clock or the customer's words; `dead_air` from 28 seconds without a word before them, and no hold; silence after an order to wait is a
hold. Greeting, introduction and company belong to the conversation: a second agent need not repeat them. A name said wrong or as it
stands in the record is no `name_not_used`; capitals and a record's order are `name_not_adapted` and no shouting. A gloomy sign in bad
news would be both of `emoji_in_refusal` and `negative_emoji`, so none is there. `identity_not_checked` is a stranger's or a bare
caller's question answered with balance, address, contents or diagnosis; in a chat of one's own account and from the address in the
record the sign-in is the check, and an animal's results are nobody's data. A card's PIN, password, code of a text message and recovery
words are secrets, birth dates, coupons and codes of issue are not. A word corrected at once (`wrong_company_or_product`) is an error
still. A warm word for a stranger ("darling") is `familiar_address`, small forms of things are `diminutives`. `stop_words` are those
that the class names and their like in English: the list itself was not read. An impersonal "it will be mended by ten" is no promise
of the agent's beyond control where it is a schedule that was announced.
"""

from __future__ import annotations

from collections import Counter
from itertools import pairwise
from pathlib import Path

from auricle_contracts import Channel, Role
from auricle_criteria import ErrorClass
from auricle_criteria.classes import FoundBy
from auricle_samples.dialogues import written
from auricle_samples.dialogues.written.errors import MarkedDialogue, read_marked
from unit.samples_dialogues.conftest import WRITTEN
from unit.samples_dialogues.test_classes_heldout import lines, runs

FEWEST = 14
"""Dialogues with the error, and with a near miss, that each class has."""


def of_rules(classes: dict[str, ErrorClass]) -> set[str]:
    """The classes that the set is labelled for."""
    return {name for name, error_class in classes.items() if error_class.found_by is not FoundBy.PROMPT}


def test_ids_are_its_own_and_dialogues_have_four_to_twenty_five_turns(
    fourth: list[MarkedDialogue], first: list[MarkedDialogue], second: list[MarkedDialogue], third: list[MarkedDialogue]
) -> None:
    ids = [dialogue.id for dialogue in fourth]
    assert len(set(ids)) == len(ids)
    assert set(ids).isdisjoint(dialogue.id for dialogue in (*first, *second, *third))
    for dialogue in fourth:
        assert 4 <= len(dialogue.turns) <= 25, dialogue.id


def test_times_do_not_go_back(fourth: list[MarkedDialogue]) -> None:
    for dialogue in fourth:
        times = dialogue.times or ()
        assert all(start <= end for start, end in times), dialogue.id
        assert all(before[0] <= after[0] for before, after in pairwise(times)), dialogue.id


def test_labels_name_classes_of_rules_of_the_channel_and_words_of_the_agent(
    fourth: list[MarkedDialogue], classes: dict[str, ErrorClass]
) -> None:
    for dialogue in fourth:
        for one in (*dialogue.errors, *dialogue.near_misses):
            assert one.error_class in of_rules(classes), (dialogue.id, one.error_class)
            assert dialogue.channel in classes[one.error_class].opportunity.channels, (dialogue.id, one.error_class)
        for one in dialogue.errors:
            roles = {dialogue.turns[turn - 1][0] for turn, _ in one.at}
            assert one.error_class == "left_without_answer" or roles == {Role.AGENT}, (dialogue.id, one.error_class)


def test_no_class_is_an_error_and_a_near_miss_of_one_dialogue(fourth: list[MarkedDialogue]) -> None:
    for dialogue in fourth:
        assert dialogue.classes.isdisjoint(one.error_class for one in dialogue.near_misses), dialogue.id


def test_each_class_occurs_and_has_near_misses(fourth: list[MarkedDialogue], classes: dict[str, ErrorClass]) -> None:
    found = Counter(name for dialogue in fourth for name in dialogue.classes)
    near = Counter(name for dialogue in fourth for name in {one.error_class for one in dialogue.near_misses})
    for name in of_rules(classes):
        assert found[name] >= FEWEST, name
        assert near[name] >= FEWEST, name


def test_counts_and_spread(fourth: list[MarkedDialogue]) -> None:
    channels = Counter(dialogue.channel for dialogue in fourth)
    assert len(fourth) >= 900
    assert 0.3 <= sum(dialogue.lang == "en" for dialogue in fourth) / len(fourth) <= 0.4
    assert 0.35 <= channels[Channel.CALL] / len(fourth) <= 0.45
    assert 0.35 <= channels[Channel.CHAT] / len(fourth) <= 0.45
    assert channels[Channel.EMAIL] / len(fourth) >= 0.15


def test_no_two_dialogues_say_the_same(fourth: list[MarkedDialogue]) -> None:
    said = Counter(text.casefold() for dialogue in fourth for _, text in dialogue.turns if len(text.split()) > 7)
    assert [text for text, times in said.items() if times > 2] == []


def test_the_words_are_not_those_of_the_other_sets_of_training_or_of_class_files(
    fourth: list[MarkedDialogue],
) -> None:
    own = set().union(*(runs(dialogue.turns) for dialogue in fourth))
    for name in ("classes_heldout.jsonl", "classes_second.jsonl", "classes_third.jsonl"):
        marked = list(read_marked(WRITTEN / name))
        for one in marked:
            assert own.isdisjoint(runs(one.turns)), one.id
        assert lines(fourth).isdisjoint(lines(marked)), name
    for name in (*written.TRAINING, "heldout.jsonl"):
        for other in written.read(WRITTEN / name):
            assert own.isdisjoint(runs(other.turns)), other.id
    files = "\n".join(path.read_text("utf-8").casefold() for path in Path("prompts/classes").rglob("*.yaml"))
    assert [line for line in lines(fourth) if line in files] == []
