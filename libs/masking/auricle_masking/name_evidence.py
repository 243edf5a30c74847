"""Whether words are a name by themselves, by their capitals, or by a phrase near them."""

from collections.abc import Sequence

from auricle_masking.lexicon import STRONG, WEAK, Facts
from auricle_masking.name_context import Around, is_attribute, is_called, is_capital, is_inside, is_title
from auricle_masking.tokenization import Line

_QUOTES = frozenset("\"'“”«»(/")


def is_name(line: Line, first: int, last: int, around: Around) -> bool:
    """Whether the words suffice by themselves, or the words around say the rest."""
    parts = [token.facts for token in line.tokens[first : last + 1]]
    addressed = _is_addressed(line, first, last, around)
    if any(part.strong for part in parts):
        known = len(parts) > 1 or not around.listed or is_inside(line, first) or line.text.islower()
        return known or addressed or is_called(line, first, around)
    if addressed:
        cased = not around.listed or is_title(line, first) or line.text.islower()
        return (cased and any(part.perhaps for part in parts)) or is_capital(line, first, around)
    return _is_alone(line, first, around) if len(parts) == 1 else _are_together(line, first, parts, around)


def _are_together(line: Line, first: int, parts: Sequence[Facts], around: Around) -> bool:
    """Several words, none of which is a likely first name."""
    if any(part.surname == STRONG for part in parts) and _agree(parts):
        return True
    if around.listed and parts[0].first and all(is_title(line, first + number) for number in range(len(parts))):
        return True
    return len(parts) == 2 and _is_written_pair(line, first, around)


def _is_alone(line: Line, place: int, around: Around) -> bool:
    """One word that is no likely first name: called, with a telling capital, or a likely surname."""
    surname = line.tokens[place].facts.surname == STRONG and not is_attribute(line, place)
    return surname or is_called(line, place, around) or _is_written(line, place, around)


def _is_written_pair(line: Line, first: int, around: Around) -> bool:
    """Two capitals, of which one is a name among other things and the other a surname that is a noun: "Лев Мороз"."""
    one, other = line.tokens[first].facts, line.tokens[first + 1].facts
    capitals = is_title(line, first) and is_title(line, first + 1)
    living = bool(other.surname or other.animate) and "nomn" in (other.noun_cases | other.cases)
    things = one.norm in around.brands or other.norm in around.brands
    return capitals and bool(one.first) and "nomn" in one.cases and living and not things and not other.role


def _is_written(line: Line, place: int, around: Around) -> bool:
    """What a capital tells of a word that is also a common one: "напишите Петровой", "сказала Вера", "Света, спасибо"."""
    facts = line.tokens[place].facts
    if facts.foreign:
        return (
            is_inside(line, place) and not set(line.gap(place)) & _QUOTES and line.forms[place - 1] not in around.places
        )
    if facts.geo or facts.norm in around.brands or facts.norm.isascii() or not is_title(line, place):
        return False
    following = line.tokens[place + 1] if place + 1 < len(line.tokens) else None
    if facts.first and not facts.unknown:
        called = (
            following is not None and line.gap(place + 1).strip() == "," and following.facts.norm in around.vocative
        )
        return called or (is_inside(line, place) and not is_attribute(line, place))
    told = following is not None and following.facts.verb and not line.gap(place + 1).strip()
    surname = facts.surname and facts.ended and not facts.attributive
    return bool(surname and not is_attribute(line, place) and (is_inside(line, place) or told))


def _agree(parts: Sequence[Facts]) -> bool:
    """In the same case, or with initials: "роман достоевского" is a book."""
    book = parts[0].first == WEAK and parts[0].norm == parts[0].name and "nomn" not in parts[1].cases
    return bool(parts[0].cases & parts[1].cases and not book) or len(parts[1].norm) == 1


def _is_addressed(line: Line, first: int, last: int, around: Around) -> bool:
    """A weak phrase before with an end or a telling word behind, or a telling phrase behind."""
    if around.after.at(line, last + 1):
        return True
    if not around.before_weak.before(line, first) or set(line.gap(first)) & set("(/"):
        return False
    if around.listed or (last + 1 < len(line.tokens) and line.tokens[last + 1].facts.norm in around.follow):
        return True
    ends = last + 1 >= len(line.tokens) or bool(line.gap(last + 1).strip())
    parts = [token.facts for token in line.tokens[first : last + 1]]
    sure = any(STRONG in (one.first, one.patronymic, one.surname) for one in parts) or is_inside(line, first)
    return ends and (sure or line.forms[first - 1] not in around.slight)
