"""Names of people, in lower case too: by the dictionary's grammemes and by the words around.

a likely first name or patronymic            a name ("сергеевна")
a likely surname                             a name beside another, after a phrase, or where no noun stands before it
a word that is a name among other things     a name only after a phrase, or beside a likely one ("вера", "роман", "лев")
any noun after "меня зовут", "фамилия"       a name ("заяц", "мороз")
The agent's own name, in the agent's own self-introduction, is kept for the whole conversation; so is the company.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from auricle_contracts import Role
from auricle_contracts.masking import PersonalKind

from auricle_masking.hits import Hit, Place, Taken
from auricle_masking.lexicon import STRONG, Facts
from auricle_masking.packs import Pack
from auricle_masking.phrases import Phrases
from auricle_masking.reading import Line, Token

LONGEST_NAME = 3


@dataclass(frozen=True)
class Around:
    """The phrases of one language, made ready."""

    before: Phrases
    before_weak: Phrases
    after: Phrases
    intros: Phrases
    collocations: Phrases
    between: frozenset[tuple[str, str]]
    follow: frozenset[str]
    intro_follow: frozenset[str]
    greetings: frozenset[str]
    not_after: frozenset[str]
    listed: bool

    @classmethod
    def of(cls, pack: Pack) -> "Around":
        """From the pack's lists."""
        words = pack.names
        return cls(
            Phrases(words.before),
            Phrases(words.before_weak),
            Phrases(words.after),
            Phrases(words.intros),
            Phrases(words.collocations),
            frozenset(words.between),
            frozenset(words.follow),
            frozenset(words.intro_follow),
            frozenset(words.greetings),
            frozenset(words.not_after),
            pack.morphology == "none",
        )


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
        for candidate in _in_line(line, phrases)
        if not taken.overlaps(line.number, candidate.tokens[0].start, candidate.tokens[-1].end)
    ]
    agents = {lemma for one in found if one.own and one.line.role is Role.AGENT for lemma in one.lemmas} | set(kept)
    customers = {lemma for one in found if one.own and one.line.role is not Role.AGENT for lemma in one.lemmas}
    staying = agents - customers
    return [_hit(one) for one in found if not set(one.lemmas) <= staying], tuple(sorted(staying))


def _hit(one: Candidate) -> Hit:
    place = Place(one.line.number, one.tokens[0].start, one.tokens[-1].end)
    return Hit(PersonalKind.NAME, " ".join(one.lemmas), (place,))


def _in_line(line: Line, around: Around) -> Iterator[Candidate]:
    place = 0
    while place < len(line.tokens):
        last = _last(line, place, around)
        if last is None:
            place += 1
            continue
        yield Candidate(line, place, last, _is_own(line, place, last, around))
        place = last + 1


def _last(line: Line, place: int, around: Around) -> int | None:
    """The last token of a name that begins here; None where none does."""
    facts = line.tokens[place].facts
    told = bool(around.before.before(line, place)) and _can_be_anything(facts)
    told = told or _is_between(line, place, around)
    if not told and not facts.perhaps and not _is_capital(line, place, around):
        return None
    if around.collocations.at(line, place) or _is_barred(line, place, around, told=told):
        return None
    last = _extended(line, place, around, told=told)
    return last if told or _is_name(line, place, last, around) else None


def _can_be_anything(facts: Facts) -> bool:
    return not facts.plain and not facts.is_number and not facts.cue and not facts.at


def _is_between(line: Line, place: int, around: Around) -> bool:
    """So: "меня лена зовут"; without a dictionary also two words: "this is chidi okafor calling"."""
    if not around.between or not place or not _can_be_anything(line.tokens[place].facts):
        return False
    ends = range(place + 1, min(place + 2 + around.listed, len(line.forms)))
    end = next((one for one in ends if (line.forms[place - 1], line.forms[one]) in around.between), None)
    return end is not None and all(_can_be_anything(token.facts) for token in line.tokens[place:end])


def _is_capital(line: Line, place: int, around: Around) -> bool:
    """A capital inside a sentence, in a language without a dictionary of names."""
    token = line.tokens[place]
    inside = place > 0 and not set(line.gap(place)) & set(".!?")
    return around.listed and inside and token.text.istitle() and len(token.text) > 1 and not token.facts.plain


def _is_barred(line: Line, place: int, around: Around, *, told: bool) -> bool:
    if place == 0:
        return False
    before = line.tokens[place - 1].facts
    return not told and (before.norm in around.not_after or before.lemma in around.not_after)


def _extended(line: Line, place: int, around: Around, *, told: bool) -> int:
    """First name, patronymic and surname that stand side by side; initials with them ("Петров И. И.")."""
    last = place
    while last + 1 < len(line.tokens) and last - place + 1 < LONGEST_NAME and line.gap(last + 1).strip() in ("", "."):
        following = line.tokens[last + 1]
        initial = (
            len(following.text) == 1
            and following.text.isupper()
            and line.text[following.end : following.end + 1] == "."
        )
        if not initial and (line.gap(last + 1).strip() or not _joins(line, last + 1, around, told=told)):
            break
        last += 1
    return last


def _joins(line: Line, place: int, around: Around, *, told: bool) -> bool:
    facts = line.tokens[place].facts
    if facts.plain or facts.norm in around.follow or around.after.at(line, place):
        return False
    if around.listed:
        return (
            (told or line.tokens[place - 1].facts.strong) and not facts.is_number and not facts.cue and not facts.filler
        )
    return facts.perhaps or (facts.noun and (_is_title(line, place) if told else _closes(line, place)))


def _closes(line: Line, place: int) -> bool:
    """After a name with patronymic, at the end of what is said: "юлия борисовна мельник"."""
    ends = place + 1 >= len(line.tokens) or bool(line.gap(place + 1).strip())
    return ends and line.tokens[place - 1].facts.patronymic == STRONG


def _is_title(line: Line, place: int) -> bool:
    return line.tokens[place].text.istitle()


def _is_name(line: Line, first: int, last: int, around: Around) -> bool:
    """Whether the words suffice by themselves, or the words around say the rest."""
    parts = [token.facts for token in line.tokens[first : last + 1]]
    if any(part.strong for part in parts):
        return len(parts) > 1 or not around.listed or _is_addressed(line, first, last, around)
    if len(parts) > 1 and any(part.surname == STRONG for part in parts) and _agree(parts):
        return True
    if _is_addressed(line, first, last, around):
        return any(part.perhaps for part in parts) or _is_capital(line, first, around)
    return len(parts) == 1 and parts[0].surname == STRONG and not _is_attribute(line, first)


def _agree(parts: Sequence[Facts]) -> bool:
    """In the same case, or with initials: "роман достоевского" is a book."""
    return bool(parts[0].cases & parts[1].cases) or len(parts[1].norm) == 1


def _is_addressed(line: Line, first: int, last: int, around: Around) -> bool:
    """A weak phrase before with an end or a telling word behind, or a telling phrase behind."""
    if around.after.at(line, last + 1):
        return True
    before = around.before_weak.before(line, first)
    if not before:
        return False
    ends = last + 1 >= len(line.tokens) or bool(line.gap(last + 1).strip())
    return ends or around.listed or line.tokens[last + 1].facts.norm in around.follow


def _is_attribute(line: Line, place: int) -> bool:
    """A noun before: "роман достоевского" names a book, not a customer."""
    return place > 0 and line.tokens[place - 1].facts.noun and not line.tokens[place - 1].facts.perhaps


def _is_own(line: Line, first: int, last: int, around: Around) -> bool:
    """Said of oneself: "меня зовут", "это сергей из банка", "окна плюс наталья здравствуйте"."""
    following = line.tokens[last + 1].facts.norm if last + 1 < len(line.tokens) else ""
    if width := around.intros.before(line, first):
        weak = width == 1 and around.before_weak.before(line, first) == 1
        return not weak or following in around.intro_follow or line.role is not Role.AGENT
    if _is_between(line, first, around) or around.after.at(line, last + 1) >= 2:
        return True
    return line.role is Role.AGENT and first > 0 and following in around.greetings
