"""Where a name begins and ends: the surname in front, first name, patronymic and surname side by side, halves and initials."""

from auricle_masking.lexicon import STRONG
from auricle_masking.name_context import Around, is_capital, is_title
from auricle_masking.tokenization import Line

LONGEST_NAME = 5  # words, the halves of a hyphenated one apart
_ENDS = frozenset(".!?…\n:")


def with_surname(line: Line, first: int, last: int, around: Around) -> int:
    """Where the name begins: at the first half of "Сухово-Кобылин", at the surname before a first name ("заяц пётр", "Ван-Дейк Анна")."""
    before = first - 1
    if before < 0 or last - first >= LONGEST_NAME - 1:
        return first
    if line.gap(first) == "-":
        same = line.tokens[before].text.istitle() == line.tokens[first].text.istitle()
        return before if same and (not line.tokens[before].facts.plain or _is_particle(line, before, around)) else first
    if line.gap(first).strip() or not _may_be_surname(line, before, around):
        return first
    if not (_is_foreign(line, first, around) or _is_in_front(line, before, last, around)):
        return first
    halved = (
        before > 0 and line.gap(before) == "-" and line.tokens[before - 1].text.istitle() and is_title(line, before)
    )
    return before - halved


def _is_foreign(line: Line, first: int, around: Around) -> bool:
    """Two Latin words with capitals in another language's sentence: "O'Connor Sinead"."""
    both = line.tokens[first].facts.norm.isascii() and line.tokens[first - 1].facts.norm.isascii()
    return both and not around.listed and line.tokens[first - 1].text[0].isupper()


def _is_in_front(line: Line, before: int, last: int, around: Around) -> bool:
    """Whether a surname stands before a first name: by a capital inside a sentence, or a living being or an unknown word at a beginning."""
    facts, name = line.tokens[before].facts, line.tokens[before + 1].facts
    cased = line.tokens[before].text.istitle()
    if around.listed or cased != is_title(line, before + 1) or name.first != STRONG:
        return False
    opens = before == 0 or bool(set(line.gap(before)) & _ENDS)
    patronymic = any(token.facts.patronymic == STRONG for token in line.tokens[before + 1 : last + 1])
    if cased and (not opens or patronymic):
        return bool(facts.noun_cases & name.cases) or facts.attributive or facts.unknown
    if "nomn" not in name.cases:
        return False
    earlier = None if before == 0 or line.gap(before).strip() else line.tokens[before - 1].facts
    begins = earlier is None or earlier.plain or earlier.filler or earlier.role or earlier.verb
    return begins and bool(facts.surname or facts.animate or facts.unknown)


def extended(line: Line, place: int, around: Around, *, told: bool) -> int:
    """First name, patronymic and surname that stand side by side; initials with them ("Петров И. И.")."""
    last = place
    while (
        last + 1 < len(line.tokens)
        and last - place + 1 < LONGEST_NAME
        and "\n" not in line.gap(last + 1)  # below a name in a signature stands the company
        and line.gap(last + 1).strip() in ("", ".", "-")
    ):
        following = line.tokens[last + 1]
        initial = (
            len(following.text) == 1
            and following.text.isupper()
            and line.text[following.end : following.end + 1] == "."
        )
        behind_initial = around.listed and len(line.tokens[last].text) == 1 and is_title(line, last + 1)
        capitals = around.listed and _are_capitals(line, place, last + 1)
        hyphenated = (
            line.gap(last + 1) == "-"
            and is_title(line, last) == is_title(line, last + 1)
            and (not following.facts.plain or is_title(line, last + 1))
            and min(len(following.text), len(line.tokens[last].text)) > 1
        )
        if (
            not initial
            and not hyphenated
            and not behind_initial
            and not capitals
            and (line.gap(last + 1).strip() or not _joins(line, last + 1, around, told=told))
        ):
            break
        last += 1
    return last


def _are_capitals(line: Line, first: int, last: int) -> bool:
    """Words in capitals alone among others, as cards have them: "Cardholder: MARIA D SANTOS"."""
    words = [token.text for token in line.tokens[first : last + 1]]
    return len(words[0]) > 1 and all(word.isupper() for word in words) and not line.text.isupper()


def _joins(line: Line, place: int, around: Around, *, told: bool) -> bool:
    """Whether the word goes on with the name before it."""
    token, before = line.tokens[place], line.tokens[place - 1]
    if token.facts.norm in around.follow or around.after.at(line, place) or not _may_be_surname(line, place, around):
        return False
    if around.listed:
        return _joins_listed(line, place, around, told=told)
    if token.facts.norm.isascii():
        return before.facts.norm.isascii() and bool(before.facts.first or token.facts.first) and token.text[0].isupper()
    if is_title(line, place):
        return bool(token.facts.perhaps) or told or STRONG in (before.facts.first, before.facts.patronymic)
    likely = (
        token.facts.strong or token.facts.surname == STRONG or (bool(token.facts.perhaps) and before.text.islower())
    )
    return likely or (before.text.islower() and _is_said_behind(line, place, around, told=told))


def _joins_listed(line: Line, place: int, around: Around, *, told: bool) -> bool:
    facts, before = line.tokens[place].facts, line.tokens[place - 1]
    cased = is_title(line, place) or not before.text[:1].isupper()
    paired = bool(before.facts.first) and is_title(line, place - 1) and is_title(line, place)
    named = told or before.facts.strong or paired or is_capital(line, place - 1, around)
    addressed = bool(before.facts.first) and around.before_weak.before(line, place - 1) > 0
    spoken = facts.rare and line.text.islower()
    return cased and (named or addressed or spoken) and facts.norm not in around.brands


def _is_said_behind(line: Line, place: int, around: Around, *, told: bool) -> bool:
    """A surname that is a word too, in speech: "дарья сорока", "это пётр белый", "юлия борисовна мельник"; not "анна сергеевна адрес"."""
    facts, before = line.tokens[place].facts, line.tokens[place - 1].facts
    if STRONG not in (before.first, before.patronymic):
        return False
    following = line.tokens[place + 1] if place + 1 < len(line.tokens) and not line.gap(place + 1).strip() else None
    closes = following is None or following.facts.norm in around.follow or following.facts.norm in around.callings
    if facts.animate or facts.unknown or (facts.ended and closes):
        return True
    if facts.attributive:
        return following is None or not (following.facts.noun or following.facts.attributive)
    return facts.noun and closes and (told or before.patronymic == STRONG)


def _may_be_surname(line: Line, place: int, around: Around) -> bool:
    """Whether a word beside a first name can be its surname at all."""
    token = line.tokens[place]
    facts = token.facts
    if token.is_digits or facts.filler or len(token.text) < 2:
        return False
    told = (
        place > 0 and is_title(line, place) and bool(line.tokens[place - 1].facts.first) and is_title(line, place - 1)
    )
    if not told and (facts.role or facts.cue or facts.street or facts.unit):
        return False
    if facts.norm in around.greetings or facts.norm in around.callings or facts.norm in around.not_after:
        return False
    if facts.is_number:
        return facts.animate
    return not facts.plain or (bool(facts.perhaps) and is_title(line, place)) or _is_particle(line, place, around)


def _is_particle(line: Line, place: int, around: Around) -> bool:
    """So: "Ван-Дейк", "де Сент"."""
    return line.forms[place] in around.particles and line.tokens[place].text[0].isupper()
