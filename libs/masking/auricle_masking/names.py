"""Names of people, in lower case too: by the dictionary's grammemes and by the words around.

a likely first name or patronymic            a name ("сергеевна")
a surname with initials                      a name ("Кузнецов П.И.", "А.С. Попов")
a surname behind a noun for a person         a name ("клиент Иванов", "гражданин Мороз")
a few words that answer "ваше имя?"          a name
a likely surname                             a name beside another, after a phrase, or where no noun stands before it
a word that is a name among other things     a name only after a phrase, or beside a likely one ("вера", "роман", "лев")
any noun after "меня зовут", "фамилия"       a name ("заяц", "мороз")
The agent's own name, in the agent's own self-introduction, is kept for the whole conversation; so is the company.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from auricle_contracts import Role
from auricle_contracts.masking import PersonalKind

from auricle_masking import answers, initials, introductions, name_evidence, name_exclusions, name_extent
from auricle_masking.hits import Hit, LineSpan, Taken
from auricle_masking.name_context import (
    Around,
    can_be_anything,
    is_between,
    is_capital,
    is_coordinated,
    is_inside,
    is_introduced_behind,
    is_labelled,
    is_of_role,
    is_quoted,
    is_signed,
    is_title,
    is_told_of_role,
)
from auricle_masking.tokenization import Line, Token


@dataclass(frozen=True, slots=True)
class Candidate:
    """Tokens `first` to `last` of a line that are a name; `own`: said of oneself."""

    line: Line
    first: int
    last: int
    own: bool

    @property
    def lemmas(self) -> tuple[str, ...]:
        return tuple(token.facts.name or token.facts.lemma for token in self.tokens)

    @property
    def tokens(self) -> Sequence[Token]:
        return self.line.tokens[self.first : self.last + 1]


def find(
    lines: Sequence[Line], around: Sequence[Around], taken: Taken, kept: Iterable[str] = ()
) -> tuple[list[Hit], tuple[str, ...]]:
    """Names to hide, and the lemmas of names to keep."""
    found = [
        candidate
        for line, phrases in zip(lines, around, strict=True)
        for candidate in _candidates(line, phrases, lines)
        if not taken.overlaps(line.number, candidate.tokens[0].start, candidate.tokens[-1].end)
    ]
    agents = {lemma for one in found if one.own and one.line.role is Role.AGENT for lemma in one.lemmas} | set(kept)
    customers = {lemma for one in found if one.own and one.line.role is not Role.AGENT for lemma in one.lemmas}
    staying = agents - customers
    return [_hit(one) for one in found if not set(one.lemmas) <= staying], tuple(sorted(staying))


def _hit(one: Candidate) -> Hit:
    place = LineSpan(one.line.number, one.tokens[0].start, one.tokens[-1].end)
    return Hit(PersonalKind.NAME, " ".join(one.lemmas), (place,))


def _candidates(line: Line, around: Around, lines: Sequence[Line]) -> Iterator[Candidate]:
    place, ended = 0, -1
    if answer := answers.find(line, around, lines):
        yield Candidate(line, *answer, own=True)
        place = answer[1] + 1
    written = {found.first: found for found in initials.find(line, around.not_after)}
    while place < len(line.tokens):
        found = written.get(place)
        if found:
            yield Candidate(line, found.first, found.last, own=False)
            place, ended = found.last + 1, found.last
            continue
        if together := around.collocations.at(line, place):
            place += together
            continue
        last = _last(line, place, around, ended)
        if last is None:
            named = line.tokens[place].facts.perhaps and name_exclusions.is_thing(line, place, around)
            place = 1 + (name_extent.extended(line, place, around, told=False) if named else place)
            continue
        first = name_extent.with_surname(line, place, last, around)
        yield Candidate(line, first, last, introductions.is_own(line, place, last, around))
        place, ended = last + 1, last


def _last(line: Line, place: int, around: Around, ended: int) -> int | None:
    """The last token of a name that begins here; None where none does. `ended` is the last of the name before."""
    facts = line.tokens[place].facts
    if facts.plain and not facts.perhaps:
        return None
    told, of_role = _is_told(line, place, around), is_of_role(line, place)
    if not told and not of_role and not facts.perhaps and not is_capital(line, place, around):
        return None
    if name_exclusions.is_barred(line, place, around, told=told or of_role):
        return None
    last = name_extent.extended(line, place, around, told=told)
    known = is_coordinated(line, place, ended, around) or name_evidence.is_name(line, place, last, around)
    alone = last == place and is_quoted(line, place)
    return last if told or of_role or (known and not alone) else None


def _is_told(line: Line, place: int, around: Around) -> bool:
    """Whether the words around say that a name stands here, whatever the word is."""
    facts = line.tokens[place].facts
    named = place > 0 and line.forms[place - 1] in around.labels
    apart = set(line.gap(place)) & set("!?" if named else "!?.")
    nameable = can_be_anything(facts) or (facts.perhaps and is_inside(line, place))
    likely = bool(facts.perhaps) or is_title(line, place) or not set(line.gap(place)) & set(",)]")
    if nameable and likely and not apart and facts.norm not in around.labels and around.before.before(line, place):
        return True
    return (
        is_between(line, place, around)
        or is_labelled(line, place, around)
        or is_signed(line, place, around)
        or is_introduced_behind(line, place, around)
        or is_told_of_role(line, place, around)
    )
