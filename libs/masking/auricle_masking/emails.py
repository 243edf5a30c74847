"""E-mail addresses, written and dictated: "иван точка петров собака яндекс точка ру", "john dot smith at gmail dot com".

The sign in the middle is found first; the domain is read forward from it up to a known ending, the name backward over its joiners.
"""

import re
from collections.abc import Iterator

from auricle_contracts.masking import PersonalKind

from auricle_masking.hits import Hit, LineSpan
from auricle_masking.packs import EmailWords
from auricle_masking.tokenization import Line

_WRITTEN = re.compile(
    r"[\w.+-]{1,64}\s?@\s?[\w-]{1,63}(?:(?:\.|\s\.\s?|\.\s(?=(?:ru|com|org|net|рф)\b))[\w-]{2,63}){1,4}"
)
LONGEST_NAME = 5  # words before the sign that nothing joins
_GLUED = re.compile(r"[._+\-]?")
LONGEST_DOMAIN = 4


def find(line: Line, words: EmailWords) -> Iterator[Hit]:
    """Every address of the line."""
    ends = 0
    for match in _WRITTEN.finditer(line.text) if "@" in line.text else ():
        if match.group().partition("@")[0].strip().lower() not in words.mailboxes:
            yield _hit(line, match.start(), match.end())
        ends = match.end()
    for place, token in enumerate(line.tokens):
        if token.start >= ends and _is_at(line, place) and (last := _domain(line, place + 1, words)) is not None:
            first = _local(line, place, words)
            if first is not None:
                yield _hit(line, line.tokens[first].start, line.tokens[last].end)
                ends = line.tokens[last].end


def _hit(line: Line, start: int, end: int) -> Hit:
    words = line.text[start:end].lower()
    return Hit(PersonalKind.EMAIL, re.sub(r"\s", "", words), (LineSpan(line.number, start, end),))


def _is_at(line: Line, place: int) -> bool:
    return line.tokens[place].facts.at and 0 < place < len(line.tokens) - 1


def _domain(line: Line, place: int, words: EmailWords) -> int | None:
    """The last token of a domain that begins here: labels with dots between, a known ending; None where there is none."""
    last = None
    if line.tokens[place].facts.plain and not line.tokens[place].is_digits:
        return None
    known = line.tokens[place].facts.norm in words.domains
    for _ in range(LONGEST_DOMAIN):
        following = place + 1
        if following >= len(line.tokens):
            return last
        sign = line.tokens[following].facts.norm
        if sign in words.dots or words.joiners.get(sign) == "-":
            following += 1
        elif line.gap(following).strip() != "." and not (known and line.tokens[following].facts.norm in words.top):
            return last
        if following >= len(line.tokens):
            return last
        place = following
        if line.tokens[place].facts.norm in words.top:
            last = place
    return last


def _local(line: Line, at: int, words: EmailWords) -> int | None:
    """The first token of the name before the sign; None where nothing can be one."""
    place = at - 1
    while place > 0 and line.forms[place] in words.asides:
        place -= 1
    if line.tokens[place].facts.norm in words.joiners:
        return None
    while place > 0 and (width := _reach(line, place, words)):
        place -= width
    return _unjoined(line, place, words)


def _opening(line: Line, first: int, words: EmailWords) -> int | None:
    """The place behind "моя почта" or "это", where nothing but words that may be a name stand between; None where none is near."""
    for place in range(first - 1, max(-1, first - 2 - LONGEST_NAME), -1):
        facts = line.tokens[place].facts
        if line.gap(place + 1).strip() not in ("", ":", "-") or facts.at:
            return None
        if (facts.norm in words.openings or facts.lemma in words.openings) and len(facts.norm) > 1:
            return place + 1
        if facts.plain and len(facts.norm) > 1:
            return None
    return None


def _unjoined(line: Line, first: int, words: EmailWords) -> int:
    """Words before the name that nothing joins to it: "вася пупкин собака", up to what cannot be said of a name."""
    opening = _opening(line, first, words)
    if opening is not None:
        return opening
    for place in range(first - 1, max(-1, first - 1 - LONGEST_NAME), -1):
        facts = line.tokens[place].facts
        letter = len(facts.norm) == 1 or (facts.norm in words.letters and not facts.plain)
        named = letter or facts.is_number or facts.perhaps or line.tokens[place].is_digits or facts.norm.isascii()
        if line.gap(place + 1).strip() or facts.cue or facts.at or not named or facts.norm in words.openings:
            return place + 1
    return max(0, first - LONGEST_NAME)


def _reach(line: Line, place: int, words: EmailWords) -> int:
    """How many tokens before this one belong to the name: over a joiner, a glue, or from letter to letter."""
    before = line.tokens[place - 1]
    if before.facts.norm in words.asides and place > 1:
        return 2 if line.tokens[place - 2].facts.letter or line.tokens[place - 2].is_digits else 1
    if before.facts.norm in words.joiners:
        opening = place > 2 and line.tokens[place - 2].facts.norm in words.joiner_openings
        return min(place, 3 if opening else 2)
    if line.gap(place) and _GLUED.fullmatch(line.gap(place)):
        return 1
    here = line.tokens[place]
    number = here.is_digits or here.facts.is_number
    letters = before.facts.norm in words.letters and not before.facts.is_number
    return (
        1
        if (number and (before.is_digits or before.facts.is_number or not before.facts.plain))
        or (letters and _spelt(line, place, words))
        else 0
    )


def _spelt(line: Line, place: int, words: EmailWords) -> bool:
    """Whether the letter before is spelt out, and not a preposition: "зет икс си", "j smith", but "пишите на к марина"."""
    before = line.tokens[place - 1].facts
    here = line.tokens[place].facts.norm
    return here in words.letters or not before.plain
