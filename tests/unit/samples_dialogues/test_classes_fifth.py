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

from auricle_contracts import Channel
from auricle_criteria import ErrorClass
from auricle_samples.dialogues.written.errors import MarkedDialogue
from unit.samples_dialogues.test_classes_of_rules import BY_PROMPT, of_rules

FEWEST = 14
"""Dialogues with the error that each class has."""
FEWEST_NEAR = 6
"""Dialogues with a near miss that each class has."""


def test_each_class_occurs_and_has_near_misses(fifth: list[MarkedDialogue], classes: dict[str, ErrorClass]) -> None:
    found = Counter(name for dialogue in fifth for name in dialogue.classes)
    near = Counter(name for dialogue in fifth for name in {one.error_class for one in dialogue.near_misses})
    for name in of_rules(classes) | BY_PROMPT:
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
