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

from auricle_contracts import Channel
from auricle_criteria import ErrorClass
from auricle_samples.dialogues.written.errors import MarkedDialogue
from unit.samples_dialogues.test_classes_of_rules import of_rules

FEWEST = 14
"""Dialogues with the error, and with a near miss, that each class has."""


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
