"""What in an e-mail is not its sender's words now: the quoted tail and the signature below its mark.

"> …" lines, the line that introduces them, everything below "Исходное сообщение" or a block of headers; "-- " and below,
"Sent from my …". What would leave nothing stays whole.
"""

import re
from collections.abc import Sequence
from itertools import groupby
from typing import Literal

from auricle_languages.offset_text import Char, OffsetText

Kind = Literal["quoted", "signature"]
LONGEST_HEADER = 300
FEWEST_HEADERS = 3
LONGEST_INTRODUCTION = 5  # lines, empty ones too
_QUOTE = re.compile(r"[ \t]*>")
_INTRODUCTION = re.compile(
    r"\s*(?:On\b.{5,}\bwrote:|.*\d.*<[^<>\s]+@[^<>\s]+>\s*:|.*\d.*\b(?:писал|написал|пишет)(?:\(а\)|а|и)?\s*:"
    r"|(?:писал|написал|пишет).{0,80}:)\s*",
    re.IGNORECASE,
)
_ORIGINAL = re.compile(
    r"[\s\-_=*]*(?:исходное сообщение|пересылаемое сообщение|пересланное сообщение|переадресованное сообщение"
    r"|начало переадресованного сообщения|конец переадресованного сообщения|original message|forwarded message"
    r"|begin forwarded message)\b.{0,60}",
    re.IGNORECASE,
)
_RULE = re.compile(r"[\s_\-=]{5,}")
_ORIGINAL_MARK = re.compile(r"[\-_=*]{2,}|begin|начало", re.IGNORECASE)
_FROM = re.compile(r"[\s*]*(?:от|from|от кого)\s*\*?:\s*\S", re.IGNORECASE)
_HEADER = re.compile(
    r"[\s*]*(?:от|от кого|from|кому|to|отправлено|sent|дата|date|тема|subject|копия|cc|важность|importance|reply-to)\s*\*?:",
    re.IGNORECASE,
)
_SIGNATURE = re.compile(r"-- ?")
_MACHINE = re.compile(
    r"\s*(?:отправлено (?:с|из) .{1,60}|sent from (?:my |outlook|mail|yahoo|samsung).{0,60}|get outlook for .{1,30})\s*",
    re.IGNORECASE,
)
_MAYBE = re.compile(
    r"^[ \t]*>|wrote:|писал|пишет|сообщение|message|^[\s*]*(?:от|from)|^-- ?$|отправлено|sent from|get outlook|>:",
    re.IGNORECASE | re.MULTILINE,
)


def may_hold(text: str) -> bool:
    """Whether any mark of a quoted tail or a signature is in the text."""
    return _MAYBE.search(text) is not None


def split(text: OffsetText, *, by_lines: bool) -> tuple[list[Char], list[tuple[Kind, list[Char]]]]:
    """The sender's words without white space around, and the stretches that are none, in order. `by_lines`: the marks of plain mails."""
    lines = [text.chars[start:end] for start, end in text.lines()]
    kinds = (
        _kinds(["".join(char.text for char in line).rstrip("\n") for line in lines])
        if by_lines
        else [None] * len(lines)
    )
    kinds = [kind or ("quoted" if _is_quoted(line) else None) for kind, line in zip(kinds, lines, strict=True)]
    kept = _trimmed([char for line, kind in zip(lines, kinds, strict=True) if kind is None for char in line])
    if not any(not char.text.isspace() for char in kept) or not any(kinds):
        return _trimmed(text.chars), []
    apart = []
    for kind, group in groupby(zip(kinds, lines, strict=True), key=lambda one: one[0]):
        chars = _trimmed([char for _, line in group for char in line])
        if kind is not None and chars:
            apart.append((kind, chars))
    return kept, apart


def _is_quoted(line: Sequence[Char]) -> bool:
    seen = [char for char in line if not char.text.isspace()]
    return bool(seen) and all(char.quoted for char in seen)


def _trimmed(chars: Sequence[Char]) -> list[Char]:
    start, end = 0, len(chars)
    while start < end and chars[start].text.isspace():
        start += 1
    while end > start and chars[end - 1].text.isspace():
        end -= 1
    return list(chars[start:end])


def _kinds(lines: Sequence[str]) -> list[Kind | None]:
    kinds: list[Kind | None] = [None] * len(lines)
    for place, line in enumerate(lines):
        if _begins_original(lines, place):
            kinds[place:] = ["quoted"] * (len(lines) - place)
            break
        if _QUOTE.match(line):
            kinds[place] = "quoted"
        elif width := _introduction(lines, place):
            kinds[place : place + width] = ["quoted"] * width
        elif kinds[place] is None and _SIGNATURE.fullmatch(line):
            end = next((n for n in range(place, len(lines)) if _ends_signature(lines, n)), len(lines))
            kinds[place:end] = ["signature"] * (end - place)
        elif kinds[place] is None and _MACHINE.fullmatch(line):
            kinds[place] = "signature"
    return kinds


def _ends_signature(lines: Sequence[str], place: int) -> bool:
    return _QUOTE.match(lines[place]) is not None or _begins_original(lines, place)


def _begins_original(lines: Sequence[str], place: int) -> bool:
    line = lines[place]
    if _RULE.fullmatch(line) and place + 1 < len(lines) and not _RULE.fullmatch(lines[place + 1]):
        return _begins_original(lines, place + 1)
    if len(line) <= LONGEST_HEADER and _ORIGINAL.fullmatch(line) and _ORIGINAL_MARK.search(line):
        return True
    if not _FROM.match(line):
        return False
    return sum(_HEADER.match(one) is not None for one in lines[place : place + 2 * FEWEST_HEADERS]) >= FEWEST_HEADERS


def _introduction(lines: Sequence[str], place: int) -> int:
    """How many lines from this one on say who wrote what is quoted behind them: one, or two where it was wrapped; else 0."""
    if not lines[place].strip() or len(lines[place]) > LONGEST_HEADER:
        return 0
    near = range(place + 1, min(len(lines), place + LONGEST_INTRODUCTION))
    quoted = next((number for number in near if _QUOTE.match(lines[number])), None)
    if quoted is None:
        return 0
    said = "\n".join(lines[place:quoted]).rstrip().split("\n")
    if len(said) > 1 and (len(said) > 2 or not said[1].strip() or _INTRODUCTION.fullmatch(said[1]) is not None):
        return 0
    return quoted - place if _INTRODUCTION.fullmatch(" ".join(said)) else 0
