"""What the words around a place say about a name there: phrases, labels, signatures, nouns for people, capitals."""

from collections.abc import Iterable
from dataclasses import dataclass

from auricle_masking.lexicon import STRONG, Facts
from auricle_masking.packs import Pack
from auricle_masking.phrase_set import PhraseSet
from auricle_masking.tokenization import Line, Token

LONGEST_SIGNATURE = 3  # words
LONGEST_QUOTE = 120  # characters
LONGEST_TITLE = 4  # letters that a dot may stand behind: "Dr.", "Prof."
SHORTEST_FORMED = 3  # letters, and one more, of what a surname's ending tells
COPULAS = frozenset(("is", "was"))
_ENDS = frozenset(".!?…\n:—-")


@dataclass(frozen=True)
class Around:
    """The phrases of one language, made ready."""

    before: PhraseSet
    before_weak: PhraseSet
    after: PhraseSet
    intros: PhraseSet
    collocations: PhraseSet
    between: frozenset[tuple[str, str]]
    follow: frozenset[str]
    intro_follow: frozenset[str]
    greetings: frozenset[str]
    not_after: frozenset[str]
    asks: PhraseSet
    places: frozenset[str]
    brands: frozenset[str]
    honoured: frozenset[str]
    slight: frozenset[str]
    closings: PhraseSet
    vocative: frozenset[str]
    labels: frozenset[str]
    callings: frozenset[str]
    links: frozenset[str]
    particles: frozenset[str]
    listed: bool

    @classmethod
    def of(cls, pack: Pack, others: Iterable[Pack] = ()) -> "Around":
        """From the pack's lists; questions and names of things are those of the other languages too."""
        words = pack.names
        asks = [phrase for one in (pack, *others) for phrase in one.names.asks]
        collocations = [phrase for one in (pack, *others) for phrase in one.names.collocations]
        return cls(
            PhraseSet(words.before),
            PhraseSet(words.before_weak),
            PhraseSet(words.after),
            PhraseSet(words.intros),
            PhraseSet(collocations),
            frozenset(words.between),
            frozenset(words.follow),
            frozenset(words.intro_follow),
            frozenset(words.greetings),
            frozenset(words.not_after),
            PhraseSet(asks),
            frozenset(words.places),
            frozenset(words.brands),
            frozenset(words.honoured),
            frozenset(words.slight),
            PhraseSet(words.closings),
            frozenset(words.vocative),
            frozenset(words.labels),
            frozenset(words.callings),
            frozenset(words.links),
            frozenset(words.particles),
            pack.morphology == "none",
        )


def can_be_anything(facts: Facts) -> bool:
    """Whether a word could be a name where the words around say that one stands there."""
    number = facts.is_number and not facts.animate  # "сорока" is a bird too
    return (not facts.plain or bool(facts.surname)) and not number and not facts.cue and not facts.at and not facts.role


def is_introduced_behind(line: Line, place: int, around: Around) -> bool:
    """So: "зоригто меня зовут", and nothing more; "компания вектор меня зовут дмитрий" names the company first."""
    width = around.before.at(line, place + 1) if can_be_anything(line.tokens[place].facts) else 0
    end = place + 1 + width
    if width < 2 or line.gap(place + 1).strip():
        return False
    return end >= len(line.tokens) or bool(line.gap(end).strip())


def is_labelled(line: Line, place: int, around: Around) -> bool:
    """Behind a label and a colon: "Name: Ada Okonkwo", "Клиент: Зоригто"."""
    if not place or ":" not in line.gap(place) or not can_be_anything(line.tokens[place].facts):
        return False
    if around.listed and not line.tokens[place].text[0].isupper() and line.tokens[place].facts.usual:
        return False
    return line.tokens[place - 1].facts.role or line.forms[place - 1] in around.labels


def is_signed(line: Line, place: int, around: Around) -> bool:
    """Capitals alone on a line behind a closing, or on the last line of a text: "Regards, / Ada Okonkwo / Office Manager"."""
    end, words = place, 0
    while end < len(line.tokens) and (end == place or "\n" not in line.gap(end)):
        words += end == place or line.gap(end) not in ("-", "'", "’")
        if words > LONGEST_SIGNATURE or not _is_name_like(line.tokens[end]):
            return False
        end += 1
    closed = around.closings.before(line, place) and bool(set(line.gap(place)) & set(",\n.!-—"))
    return bool(closed) or (place > 0 and "\n" in line.gap(place) and around.listed and end == len(line.tokens))


def is_called(line: Line, place: int, around: Around) -> bool:
    """What may be a name, at the beginning of a sentence or behind a greeting, with a comma behind: "Роман, благодарим", "Hi Will!"."""
    facts = line.tokens[place].facts
    if not facts.first or facts.is_number or facts.filler or facts.norm in around.greetings:
        return False
    greeted = place > 0 and (line.forms[place - 1] in around.greetings or bool(around.before_weak.before(line, place)))
    if line.text.islower():
        return _is_called_aloud(line, place, around, greeted=greeted)
    if not is_title(line, place):
        return False
    following = line.tokens[place + 1] if place + 1 < len(line.tokens) else None
    sign = line.gap(place + 1).strip()[:1] if following else line.text[line.tokens[place].end :].strip()[:1]
    if greeted and (not following or sign in (",", "!", ".")):
        return True
    begins = place == 0 or bool(set(line.gap(place)) & _ENDS)
    if not begins or sign != "," or not following or following.is_digits or following.facts.is_number:
        return False
    things = following.facts.noun and not following.facts.perhaps and "nomn" in following.facts.noun_cases
    listed = things and place + 2 < len(line.tokens) and line.gap(place + 2).strip() == ","
    return not listed


def _is_called_aloud(line: Line, place: int, around: Around, *, greeted: bool) -> bool:
    """In speech without signs: "алло роза здравствуйте", "hello grace"."""
    following = line.forms[place + 1] if place + 1 < len(line.forms) else ""
    if greeted:
        return not following or following in around.callings
    begins = all(token.facts.plain or token.facts.filler for token in line.tokens[:place]) and place < 3
    return begins and following in around.callings


def is_coordinated(line: Line, place: int, ended: int, around: Around) -> bool:
    """What may be a given name right behind another one: "Ольга и Игорь", "Tom and Ellen", "Ellen, Tom"."""
    if ended < 0 or not line.tokens[place].facts.first or is_title(line, place) != is_title(line, ended):
        return False
    if place == ended + 1:
        return line.gap(place).strip() == "," and is_title(line, place)
    return place == ended + 2 and line.forms[ended + 1] in around.links and not line.gap(place).strip()


def is_quoted(line: Line, place: int) -> bool:
    """Whether quotation marks are open before it: the name of a thing."""
    start = line.tokens[place].start
    before = line.text[max(0, start - LONGEST_QUOTE) : start]
    return before.rfind("«") > before.rfind("»") or before.rfind("“") > before.rfind("”") or before.count('"') % 2 == 1


def _is_name_like(token: Token) -> bool:
    return token.text[:1].isupper() and not token.is_digits and can_be_anything(token.facts)


def is_between(line: Line, place: int, around: Around) -> bool:
    """So: "меня лена зовут"; without a dictionary also two words: "this is chidi okafor calling"."""
    if not around.between or not place or not can_be_anything(line.tokens[place].facts):
        return False
    ends = range(place + 1, min(place + 2 + around.listed, len(line.forms)))
    end = next((one for one in ends if (line.forms[place - 1], line.forms[one]) in around.between), None)
    return end is not None and all(can_be_anything(token.facts) for token in line.tokens[place:end])


def is_capital(line: Line, place: int, around: Around) -> bool:
    """A capital inside a sentence, in a language without a dictionary of names."""
    token = line.tokens[place]
    inside = place > 0 and not set(line.gap(place)) & set(".!?")
    return (
        around.listed
        and inside
        and token.text.istitle()
        and len(token.text) > 1
        and not (token.facts.plain or token.facts.usual)
    )


def is_of_role(line: Line, place: int) -> bool:
    """A surname behind a noun for a person: "клиент Иванов", "гражданин Мороз", "Dr. Patel"; not "клиент банка", "Customer Service"."""
    if not place or not line.tokens[place - 1].facts.role:
        return False
    token, gap = line.tokens[place], line.gap(place).strip()
    titled = gap == "." and len(line.tokens[place - 1].text) <= LONGEST_TITLE
    if (gap and not titled) or token.facts.usual:
        return False
    facts = token.facts
    plain = facts.plain and not (facts.surname and token.text.istitle())  # "голубев" is a participle too
    if plain or facts.is_number or facts.cue or facts.filler or facts.role or (facts.geo and not facts.surname):
        return False
    capital = len(token.text) > 1 and (token.text.istitle() or (token.text.isupper() and facts.norm.isascii()))
    noun = (
        capital
        and (
            facts.noun
            or token.text.isupper()
            or facts.norm.isascii() == line.tokens[place - 1].facts.norm.isascii() is True
        )
        and not facts.complement
    )
    # The dictionary knows "зыков" and "мясников" as plurals of things and people only.
    formed = facts.ended and token.text.istitle() and len(facts.norm) > SHORTEST_FORMED
    spoken = facts.rare and line.text.islower() and facts.norm.isalpha()  # "dr patel" as a speech engine writes it
    return bool(facts.surname or facts.first or facts.patronymic) or noun or formed or spoken


def is_told_of_role(line: Line, place: int, around: Around) -> bool:
    """In a language without a dictionary of names: "my mother, Agnieszka, will come", "the passenger is Tanaka Hiroshi"."""
    token = line.tokens[place]
    if (
        not around.listed
        or place < 1
        or not token.text.istitle()
        or not can_be_anything(token.facts)
        or token.facts.usual
    ):
        return False
    before, gap = line.tokens[place - 1].facts, line.gap(place).strip()
    if place > 1 and not gap and before.norm in COPULAS:
        return line.tokens[place - 2].facts.role and not line.gap(place - 1).strip()
    behind = line.gap(place + 1) if place + 1 < len(line.tokens) else line.text[token.end :]
    return before.role and gap == "," and behind[:1] == ","


def is_title(line: Line, place: int) -> bool:
    """Whether the word has a capital and small letters behind it; capitals alone, where it may be a name."""
    token = line.tokens[place]
    sure = token.facts.strong or token.facts.surname == STRONG
    return token.text.istitle() or token.text[:2] == "Mc" or (sure and token.text.isupper() and len(token.text) > 2)


def is_inside(line: Line, place: int) -> bool:
    """A capital inside a sentence that is not all capitals."""
    return place > 0 and is_title(line, place) and not set(line.gap(place)) & _ENDS


def is_attribute(line: Line, place: int) -> bool:
    """A noun for a thing before: "роман достоевского" names a book, not a customer; "к терапевту Ивановой" a person."""
    if not place or line.gap(place).strip():
        return False
    before = line.tokens[place - 1].facts
    return before.noun and not before.perhaps and not before.living
