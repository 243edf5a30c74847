"""A third set of held-out dialogues for error classes, written by a hand that had read the classes' definitions and channels only.

Labelled where a class leaves room: `recording_not_announced` only where the agent is the caller; `survey_not_offered` only where a
machine says that the line asks for a rating; `thanks_missing` only where the customer tells of a fault without asking for help with it;
`slow_reply` from half an hour in a chat and three days by e-mail; `farewell_missing` only where the agent has the last word, and beside
`hung_up` too where no farewell was said; beside `hung_up`, `gave_up_early` and `callback_not_arranged` no `closed_without_asking`;
silence without a word is `dead_air` and no hold; a name in capitals is `name_not_adapted` and no shouting; `no_next_step` only where a
matter stays open and goes on, not beside a refusal, an apology or a "don't know"; a dodged price is `price_hidden` and no question
misread; an order not repeated is `order_not_summed_up`, and `agreement_not_recorded` only where what was agreed stays open;
`left_without_answer` where nothing at all is said to the last question, not where it was misread or half answered;
`identity_not_checked` where address, contents, balance or diagnosis are told, not where an order is; `wrong_fact`,
`outdated_information` and `wrong_company_or_product` only where the dialogue or its company shows what is right.
"""

from __future__ import annotations

from collections import Counter

from auricle_contracts import Channel, Role
from auricle_criteria import ErrorClass
from auricle_samples.dialogues import written
from auricle_samples.dialogues.written.errors import MarkedDialogue
from unit.samples_dialogues.conftest import WRITTEN
from unit.samples_dialogues.test_classes_heldout import lines, runs


def test_ids_are_its_own_and_dialogues_short(
    third: list[MarkedDialogue], first: list[MarkedDialogue], second: list[MarkedDialogue]
) -> None:
    ids = [dialogue.id for dialogue in third]
    assert len(set(ids)) == len(ids)
    assert set(ids).isdisjoint(dialogue.id for dialogue in (*first, *second))
    for dialogue in third:
        assert 4 <= len(dialogue.turns) <= 14, dialogue.id


def test_labels_name_known_classes_of_the_channel_and_words_of_the_agent(
    third: list[MarkedDialogue], classes: dict[str, ErrorClass]
) -> None:
    for dialogue in third:
        for one in (*dialogue.errors, *dialogue.near_misses):
            assert dialogue.channel in classes[one.error_class].opportunity.channels, (dialogue.id, one.error_class)
        for one in dialogue.errors:
            roles = {dialogue.turns[turn - 1][0] for turn, _ in one.at}
            assert one.error_class == "left_without_answer" or roles == {Role.AGENT}, (dialogue.id, one.error_class)


def test_each_class_occurs_and_has_near_misses(third: list[MarkedDialogue], classes: dict[str, ErrorClass]) -> None:
    found = Counter(name for dialogue in third for name in dialogue.classes)
    near = Counter(name for dialogue in third for name in {one.error_class for one in dialogue.near_misses})
    for name in classes:
        assert found[name] >= 6, name
        assert near[name] >= 6, name


def test_counts_and_spread(third: list[MarkedDialogue]) -> None:
    channels = Counter(dialogue.channel for dialogue in third)
    assert len(third) >= 900
    assert 0.18 <= sum(dialogue.lang == "en" for dialogue in third) / len(third) <= 0.22
    assert 0.35 <= channels[Channel.CALL] / len(third) <= 0.45
    assert channels[Channel.EMAIL] / len(third) >= 0.15


def test_no_two_dialogues_say_the_same(third: list[MarkedDialogue]) -> None:
    said = Counter(text.casefold() for dialogue in third for _, text in dialogue.turns if len(text.split()) > 7)
    assert [text for text, times in said.items() if times > 2] == []


def test_the_words_are_not_those_of_the_other_sets_or_of_training(
    third: list[MarkedDialogue], first: list[MarkedDialogue], second: list[MarkedDialogue]
) -> None:
    own = set().union(*(runs(dialogue.turns) for dialogue in third))
    for one in (*first, *second):
        assert own.isdisjoint(runs(one.turns)), one.id
    for name in (*written.TRAINING, "heldout.jsonl"):
        for other in written.read(WRITTEN / name):
            assert own.isdisjoint(runs(other.turns)), other.id
    assert lines(third).isdisjoint(lines(first) | lines(second))
