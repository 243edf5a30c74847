"""Text as everybody behind the door reads it, with the way back to what came.

what came ─► markup (chats, e-mails) ─► characters by their Unicode class, NFC ─► quoted tails and signatures set apart (e-mails)
A text that is already so comes back as it is, without a map.
"""

import re
import unicodedata
from collections.abc import Callable
from typing import Literal

from auricle_contracts import Channel, SetApart, SourceText, Span

from auricle_languages import mail_parts, markup
from auricle_languages.offset_text import Char, OffsetText, pieces

Plain = tuple[str, SourceText | None]
_LINE_BREAKS = frozenset("\n\r\v\f\x1c\x1d\x1e\x85\u2028\u2029")
_DASHES = frozenset("\u2013\u2014\u2015")  # punctuation, not hyphens
_JOINERS = frozenset("\u200c\u200d")  # part of an emoji, or of a word in scripts that join letters
_KEYCAPS = frozenset("\ufe0f\u20e3")
_FULL_WIDTH = range(0xFF01, 0xFF5F)
_TO_ASCII = 0xFEE0
_MINUS = "\u2212"
# Characters that no class below changes: the fast way for nearly every turn.
_CLEAN = re.compile(
    r"[\n\t -~\u00a1-\u00ac\u00ae-\u02ff\u0400-\u0482\u048a-\u058f\u2013-\u2014\u2018-\u201f\u2026\u20a0-\u20bf\u2116]*"
)


def normalized(text: str, channel: Channel) -> Plain:
    """The text to read, and what came where that is something else. Markup and mail parts only where the channel has them."""
    written = channel is not Channel.CALL
    marked = written and markup.is_marked_up(text)
    mailed = channel is Channel.EMAIL and mail_parts.may_hold(text)
    if not marked and not mailed and _CLEAN.fullmatch(text):
        return text, None
    characters = OffsetText(_characters(markup.plain(text) if marked else OffsetText.of(text)))
    kept, apart = mail_parts.split(characters, by_lines=channel is Channel.EMAIL)
    normal = "".join(char.text for char in kept)
    if normal == text:
        return text, None
    return normal, SourceText(
        text=text, pieces=pieces(kept), apart=tuple(_set_apart(kind, found) for kind, found in apart)
    )


def _set_apart(kind: Literal["quoted", "signature"], chars: list[Char]) -> SetApart:
    return SetApart(kind=kind, span=Span(start=chars[0].start, end=chars[-1].end))


def _characters(text: OffsetText) -> list[Char]:
    """Each character by its class, then composed."""
    changed: list[Char] = []
    for place, char in enumerate(text.chars):
        following = text.chars[place + 1].text if place + 1 < len(text.chars) else ""
        said = _normal(char.text, changed[-1].text if changed else "", following)
        if said:
            changed.append(char._replace(text=said))
    return changed if unicodedata.is_normalized("NFC", "".join(char.text for char in changed)) else _composed(changed)


def _normal(char: str, before: str, following: str) -> str:
    """What stands for this character; "" for one that nobody sees."""
    if " " <= char <= "~" or char in {"\n", "\t"}:
        return char
    if char in _LINE_BREAKS:
        return "" if char == "\r" and following == "\n" else "\n"
    category = unicodedata.category(char)
    if _is_unseen(char, category, before):
        return ""
    return _PLAIN[category](char) if category in _PLAIN else char


def _is_unseen(char: str, category: str, before: str) -> bool:
    if char in _KEYCAPS:
        return before.isdigit() or before in ("#", "*")
    return category == "Cc" or (category == "Cf" and not (char in _JOINERS and _joins(before)))


def _plain_space(_: str) -> str:
    return " "


def _plain_digit(char: str) -> str:
    return str(unicodedata.digit(char))


def _plain_hyphen(char: str) -> str:
    return char if char in _DASHES else "-"


def _plain_letter(char: str) -> str:
    return chr(ord(char) - _TO_ASCII) if ord(char) in _FULL_WIDTH else char


def _plain_symbol(char: str) -> str:
    return "-" if char == _MINUS else _plain_letter(char)


_PLAIN: dict[str, Callable[[str], str]] = {
    "Zs": _plain_space,
    "Nd": _plain_digit,
    "Pd": _plain_hyphen,
    "Sm": _plain_symbol,
    **dict.fromkeys(("Lu", "Ll", "Po", "Ps", "Pe", "Pc", "Sk", "Sc"), _plain_letter),
}


def _joins(before: str) -> bool:
    return bool(before) and not before.isascii() and not "\u0400" <= before <= "\u052f" and not before.isspace()


def _composed(chars: list[Char]) -> list[Char]:
    """NFC: a letter with its marks becomes one character where there is one."""
    found: list[Char] = []
    cluster: list[Char] = []
    for char in [*chars, Char("", 0, 0)]:
        if cluster and char.text and (unicodedata.category(char.text)[0] == "M" or "\u1160" <= char.text <= "\u11ff"):
            cluster.append(char)
            continue
        if cluster:
            found += _compose(cluster)
        cluster = [char]
    return found


def _compose(cluster: list[Char]) -> list[Char]:
    text = "".join(char.text for char in cluster)
    normal = unicodedata.normalize("NFC", text)
    if normal == text:
        return cluster
    return [Char(one, cluster[0].start, cluster[-1].end, cluster[0].quoted) for one in normal]
