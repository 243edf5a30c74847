"""What a word cannot be a name for, whatever the dictionary says: a town, a street, a brand, half of a word, an abbreviation."""

from auricle_masking.name_context import Around, is_title
from auricle_masking.tokenization import Line

LONGEST_ABBREVIATION = 4  # letters
_TIMES_OF_DAY = frozenset(("день", "утро", "вечер", "ночь"))  # "добрый день Ольга"


def is_barred(line: Line, place: int, around: Around, *, told: bool) -> bool:
    honoured = line.tokens[place].facts.norm in around.honoured and not told
    if not told and line.text[: line.tokens[place].start][-1:] in ("«", "“", '"'):  # the name of a thing
        return True
    if not told and (_is_half(line, place) or _is_abbreviation(line, place)):
        return True
    if place == 0:
        return honoured and not _is_followed_by_name(line, place)
    before, facts = line.tokens[place - 1].facts, line.tokens[place].facts
    if told:
        return False
    town = facts.geo and before.norm in around.places and not _is_followed_by_name(line, place)
    tailed = line.gap(place) == "-" and before.plain  # "Ростов-на-Дону"
    following = line.tokens[place + 1].facts if place + 1 < len(line.tokens) else None
    thing = following is not None and (following.street or (around.listed and following.norm in around.brands))
    if tailed or thing or (honoured and not before.first and not _is_followed_by_name(line, place)):
        return True
    return town or _is_another_town(line, place, around) or is_thing(line, place, around) or _is_branded(line, place)


def _is_another_town(line: Line, place: int, around: Around) -> bool:
    """What may be a name too, beside a place: "в Ростов и Владимир"."""
    linked = place > 1 and line.forms[place - 1] in around.links and line.tokens[place - 2].facts.geo
    return linked and line.tokens[place].facts.geo and not _is_followed_by_name(line, place)


def is_thing(line: Line, place: int, around: Around) -> bool:
    """Behind a word for what has a name of its own: "теплоход Михаил Шолохов", "улица Анны Ахматовой"."""
    if not place or line.gap(place).strip(' «“".') or around.before_weak.before(line, place) > 1:  # "от имени Анны"
        return False
    before = line.tokens[place - 1].facts
    return before.norm in around.not_after or before.lemma in around.not_after


def _is_branded(line: Line, place: int) -> bool:
    """A first name alone right behind a noun for a thing, both in the nominative: "диван Виктория", "пицца Маргарита"."""
    token, before = line.tokens[place], line.tokens[place - 1]
    facts, noun = token.facts, before.facts
    if not token.text.istitle() or line.gap(place).strip() or not facts.first or _is_followed_by_name(line, place):
        return False
    if noun.animate or noun.perhaps or noun.role or noun.cue or noun.unit or noun.filler or before.text.isupper():
        return False
    return noun.noun and "nomn" in noun.noun_cases and "nomn" in facts.cases and noun.norm not in _TIMES_OF_DAY


def _is_half(line: Line, place: int) -> bool:
    """Half of a common word: "Гоголь-моголь"."""
    following = line.tokens[place + 1] if place + 1 < len(line.tokens) else None
    half = following is not None and line.gap(place + 1) == "-" and following.text.islower()
    return half and following is not None and not following.facts.plain and is_title(line, place)


def _is_abbreviation(line: Line, place: int) -> bool:
    """A few capitals among words without: "в АИС"; a name among capitals has them too."""
    text = line.tokens[place].text
    if not 1 < len(text) <= LONGEST_ABBREVIATION or not text.isupper():
        return False
    return not any(line.tokens[near].text.isupper() for near in (place - 1, place + 1) if 0 <= near < len(line.tokens))


def _is_followed_by_name(line: Line, place: int) -> bool:
    following = line.tokens[place + 1].facts if place + 1 < len(line.tokens) else None
    return (
        following is not None
        and bool(following.first or following.patronymic or following.surname)
        and not line.gap(place + 1).strip()
    )
