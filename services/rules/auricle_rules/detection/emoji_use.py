"""Emoji in an agent's messages, as characters and as :shortcodes:, judged by a table and by the tone of the message."""

import re
from collections.abc import Callable, Iterator

import emoji
from auricle_contracts import Role
from auricle_criteria.detectors import Detector

from auricle_rules.detection.marks import Dialogue, Marks, turns_of
from auricle_rules.detection.patterns import Place
from auricle_rules.detection.verdict import NO_OPPORTUNITY, Verdict, found

_CODE = re.compile(r"(?<![\w:]):[a-z][a-z0-9_+-]{2,40}:(?![\w:])")

_CHEERS = re.compile(
    r"(?:^|[.!?\n])\s*(?:зато|but|instead|the good news)\b[^.!?\n]*$", re.IGNORECASE
)  # a sentence that consoles


def places(text: str) -> Iterator[Place]:
    """Every emoji and every :shortcode:, in order."""
    drawn = [(one["match_start"], one["match_end"]) for one in emoji.emoji_list(text)]
    yield from sorted([*drawn, *(match.span() for match in _CODE.finditer(text))])


def named(sign: str) -> str:
    """The sign's short name without colons: "pensive" for both of its spellings."""
    drawn = emoji.emojize(sign, language="alias") if sign.startswith(":") else sign
    return emoji.demojize(drawn, language="alias").strip(":")


def in_bad_news(_: Detector, marks: Marks, dialogue: Dialogue) -> Verdict:
    """Any sign in a message that refuses, regrets or apologises."""
    return _judged(dialogue, marks, lambda _: True, bad_news=True)


def unfit(detector: Detector, marks: Marks, dialogue: Dialogue) -> Verdict:
    """A sign of `words.unfit`, in a message without bad news."""
    names = frozenset(detector.words.get("unfit", ()))
    return _judged(dialogue, marks, lambda sign: named(sign) in names, bad_news=False)


def _judged(dialogue: Dialogue, marks: Marks, is_fault: Callable[[str], bool], *, bad_news: bool) -> Verdict:
    own = {turn: [*places(dialogue.turns[turn].turn.text)] for turn in dialogue.of(Role.AGENT)}
    if not any(own.values()):
        return NO_OPPORTUNITY
    bad = turns_of(marks["bad_news"], dialogue)
    return found(
        dialogue.quote(turn, place)
        for turn, signs in own.items()
        if (turn in bad) == bad_news
        for place in signs
        for sign in [dialogue.turns[turn].turn.text[slice(*place)]]
        if is_fault(sign)
        and not _is_echo(dialogue, turn, sign)
        and not (bad_news and _CHEERS.search(dialogue.turns[turn].turn.text, 0, place[0]))
    )


def _is_echo(dialogue: Dialogue, turn: int, sign: str) -> bool:
    """Whether the customer used or named the sign before."""
    return any(sign in dialogue.turns[other].turn.text for other in dialogue.of(Role.CUSTOMER) if other < turn)
