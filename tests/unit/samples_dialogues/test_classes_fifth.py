"""A fifth set of held-out dialogues, for the classes of the fourth and three that only a prompt finds (`BY_PROMPT`); others have no label.

Written by a hand that had read the classes' definitions, channels, examples, and five dialogues and the test of the fourth set, and no
detector, list of words or other dialogue. Many dialogues show several classes at once. At least fourteen with the error and six near
misses a class; 4 to 12 turns. Calls have times that follow from the number of words; pauses and overlaps that matter were set by hand.

Labelled where a class leaves room as in the fourth set, with these differences. `emoji_in_refusal` has no gloomy faces, and an emoji in
a neutral message is `negative_emoji`. `name_not_used` also where the name was a field left empty. `template_of_past_chats` and
`left_without_answer` beside `repeated_template` where the repeated words say nothing of the case and the last question stays open. A
company that is named only by the customer is `company_missing`. `hold_too_long` from seven minutes, `dead_air` from 29 seconds,
`slow_reply` from fifty minutes in a chat and four days by e-mail. `refusal_without_alternative` for a bare no to a request, nearly
always without a cause. `blame` is the agent's reproach, a cause said neutrally is not. `excess_data_asked` is what the question asked
did not need.
A share of the English chats and calls follows the scene of a Russian one in words of its own; the English e-mails do not.
"""

from __future__ import annotations

from collections import Counter
from itertools import pairwise
from pathlib import Path

from auricle_contracts import Channel, Role
from auricle_criteria import ErrorClass
from auricle_samples.dialogues import written
from auricle_samples.dialogues.written.errors import MarkedDialogue, read_marked
from unit.samples_dialogues.conftest import WRITTEN
from unit.samples_dialogues.test_classes_fourth import of_rules
from unit.samples_dialogues.test_classes_heldout import lines, runs

BY_PROMPT = {"blame", "excess_data_asked", "refusal_without_alternative"}
FEWEST = 14
"""Dialogues with the error that each class has."""
FEWEST_NEAR = 6
"""Dialogues with a near miss that each class has."""


def labelled(classes: dict[str, ErrorClass]) -> set[str]:
    """The classes that the set is labelled for."""
    return of_rules(classes) | BY_PROMPT


def test_ids_are_its_own_and_dialogues_have_four_to_twenty_five_turns(
    fifth: list[MarkedDialogue],
    first: list[MarkedDialogue],
    second: list[MarkedDialogue],
    third: list[MarkedDialogue],
    fourth: list[MarkedDialogue],
) -> None:
    ids = [dialogue.id for dialogue in fifth]
    assert len(set(ids)) == len(ids)
    assert set(ids).isdisjoint(dialogue.id for dialogue in (*first, *second, *third, *fourth))
    for dialogue in fifth:
        assert 4 <= len(dialogue.turns) <= 25, dialogue.id


def test_times_do_not_go_back(fifth: list[MarkedDialogue]) -> None:
    for dialogue in fifth:
        times = dialogue.times or ()
        assert all(start <= end for start, end in times), dialogue.id
        assert all(before[0] <= after[0] for before, after in pairwise(times)), dialogue.id


def test_labels_name_classes_of_the_set_and_of_the_channel_and_words_of_the_agent(
    fifth: list[MarkedDialogue], classes: dict[str, ErrorClass]
) -> None:
    for dialogue in fifth:
        for one in (*dialogue.errors, *dialogue.near_misses):
            assert one.error_class in labelled(classes), (dialogue.id, one.error_class)
            assert dialogue.channel in classes[one.error_class].opportunity.channels, (dialogue.id, one.error_class)
        for one in dialogue.errors:
            roles = {dialogue.turns[turn - 1][0] for turn, _ in one.at}
            assert one.error_class == "left_without_answer" or roles == {Role.AGENT}, (dialogue.id, one.error_class)


def test_no_class_is_an_error_and_a_near_miss_of_one_dialogue(fifth: list[MarkedDialogue]) -> None:
    for dialogue in fifth:
        assert dialogue.classes.isdisjoint(one.error_class for one in dialogue.near_misses), dialogue.id


def test_each_class_occurs_and_has_near_misses(fifth: list[MarkedDialogue], classes: dict[str, ErrorClass]) -> None:
    found = Counter(name for dialogue in fifth for name in dialogue.classes)
    near = Counter(name for dialogue in fifth for name in {one.error_class for one in dialogue.near_misses})
    for name in labelled(classes):
        assert found[name] >= FEWEST, name
        assert near[name] >= FEWEST_NEAR, name


def test_what_is_said_of_silences_holds(fifth: list[MarkedDialogue]) -> None:
    for dialogue in fifth:
        if dialogue.classes & {"hold_too_long", "dead_air", "interrupting"}:
            gaps = [after[0] - before[1] for before, after in pairwise(dialogue.times or ())]
            assert "hold_too_long" not in dialogue.classes or max(gaps) >= 7 * 60, dialogue.id
            assert "dead_air" not in dialogue.classes or any(29 <= gap < 60 for gap in gaps), dialogue.id
            assert "interrupting" not in dialogue.classes or min(gaps) < 0, dialogue.id


def test_counts_and_spread(fifth: list[MarkedDialogue]) -> None:
    channels = Counter(dialogue.channel for dialogue in fifth)
    assert len(fifth) >= 650
    assert 0.2 <= sum(dialogue.lang == "en" for dialogue in fifth) / len(fifth) <= 0.3
    assert channels[Channel.CALL] / len(fifth) >= 0.35
    assert channels[Channel.CHAT] / len(fifth) >= 0.4
    assert channels[Channel.EMAIL] / len(fifth) >= 0.15


def test_no_two_dialogues_say_the_same(fifth: list[MarkedDialogue]) -> None:
    said = Counter(text.casefold() for dialogue in fifth for _, text in dialogue.turns if len(text.split()) > 7)
    assert [text for text, times in said.items() if times > 2] == []


def test_the_words_are_not_those_of_the_other_sets_of_training_or_of_class_files(fifth: list[MarkedDialogue]) -> None:
    own = set().union(*(runs(dialogue.turns) for dialogue in fifth))
    for name in ("classes_heldout.jsonl", "classes_second.jsonl", "classes_third.jsonl", "classes_fourth.jsonl"):
        marked = list(read_marked(WRITTEN / name))
        for one in marked:
            assert own.isdisjoint(runs(one.turns)), one.id
        assert lines(fifth).isdisjoint(lines(marked)), name
    for name in (*written.TRAINING, "heldout.jsonl"):
        for other in written.read(WRITTEN / name):
            assert own.isdisjoint(runs(other.turns)), other.id
    files = "\n".join(path.read_text("utf-8").casefold() for path in Path("prompts/classes").rglob("*.yaml"))
    assert [line for line in lines(fifth) if line in files] == []
