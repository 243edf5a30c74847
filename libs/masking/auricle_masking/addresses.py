"""Postal addresses: a kind of street with a name and a house number, and the building and flat behind it.

A street without a house number is a landmark, not somebody's home. Numbers may be words: "улица ленина дом пять квартира двенадцать".
Without a kind of street, an adjective that cannot belong to "дом" is its name: "на садовой дом пять", "тверская двенадцать корпус два".
"""

from collections.abc import Iterator, Mapping

from auricle_contracts.masking import PersonalKind

from auricle_masking.dictation import Atom, Run
from auricle_masking.hits import Hit, Place
from auricle_masking.packs import Pack
from auricle_masking.reading import Line

LONGEST_NAME = 3
MOST_PARTS = 5
_GLUE = ("", ".", ",", "-", "/", "№", ".,")


def find(line: Line, runs: list[Run], pack: Pack) -> Iterator[Hit]:
    """Every address of the line; `runs` are the numbers of the conversation."""
    streets = [place for place, token in enumerate(line.tokens) if token.facts.street or token.facts.street_like]
    if not streets:
        return
    atoms = {atom.first: atom for run in runs for atom in run.atoms if atom.line == line.number}
    ends = -1
    for street in streets:
        if street <= ends:
            continue
        found = _address(line, street, atoms, pack)
        if found:
            first, ends = found
            start, end = line.tokens[first].start, line.tokens[ends].end
            value = " ".join(
                token.facts.lemma if not token.is_digits else token.text for token in line.tokens[first : ends + 1]
            )
            yield Hit(PersonalKind.ADDRESS, value, (Place(line.number, start, end),))


def _address(line: Line, street: int, atoms: Mapping[int, Atom], pack: Pack) -> tuple[int, int] | None:
    if not line.tokens[street].facts.street:
        return _adjective_first(line, street, atoms, pack)
    return (_number_first if pack.address.number_first else _street_first)(line, street, atoms, pack)


def _adjective_first(line: Line, street: int, atoms: Mapping[int, Atom], pack: Pack) -> tuple[int, int] | None:
    """So: "малая садовая дом пять", "тверская двенадцать корпус два": a word for house before the number, or one for a part behind."""
    place = street + 1
    if (
        place < len(line.tokens)
        and line.tokens[place].facts.noun
        and line.tokens[place].facts.norm not in pack.address.house
    ):
        place += 1
    house = _house(line, place, atoms, pack)
    if house is None:
        return None
    last = _tail(line, house + 1, atoms, pack)
    said = line.tokens[place].facts.norm in pack.address.house
    return (_first_adjective(line, street), last) if said or (last > house and place == street + 1) else None


def _street_first(line: Line, street: int, atoms: Mapping[int, Atom], pack: Pack) -> tuple[int, int] | None:
    """So: "улица ленина дом пять", "ленинский проспект дом тридцать два", "проспект мира сто двадцать"."""
    place = street + 1
    for _ in range(LONGEST_NAME + 1):
        if (house := _house(line, place, atoms, pack)) is not None:
            return _begin(line, street, place), _tail(line, house + 1, atoms, pack)
        if place >= len(line.tokens) or line.tokens[place].facts.plain:
            return None
        place += 1
    return None


def _house(line: Line, place: int, atoms: Mapping[int, Atom], pack: Pack) -> int | None:
    """The last token of a house number that begins here, with or without the word for house."""
    words = pack.address.house
    if place < len(line.tokens) and line.tokens[place].facts.norm in words:
        place += 1
    atom = atoms.get(place)
    return (
        atom.last if atom and not (atom.last + 1 < len(line.tokens) and line.tokens[atom.last + 1].facts.unit) else None
    )


def _begin(line: Line, street: int, number: int) -> int:
    """The street's own adjectives before its kind ("большая садовая улица"), where nothing but the house stands behind."""
    first = _first_adjective(line, street)
    if first == street and number == street + 1 and street > 0 and not line.tokens[street - 1].facts.plain:
        first -= 1
    return first


def _first_adjective(line: Line, street: int) -> int:
    first = street
    while (
        first > 0 and street - first < 2 and line.tokens[first - 1].facts.attributive and line.gap(first).strip() == ""
    ):
        first -= 1
    return first


def _tail(line: Line, place: int, atoms: Mapping[int, Atom], pack: Pack) -> int:
    """The last token of building, flat and the like that follow; "12-34" and "12 а" too."""
    last = place - 1
    for _ in range(MOST_PARTS):
        if place >= len(line.tokens):
            break
        gap = line.gap(place).strip()
        word = line.tokens[place].facts.norm
        if word in pack.address.parts and place + 1 in atoms:
            last = atoms[place + 1].last
        elif place in atoms and gap in ("-", "/"):
            last = atoms[place].last
        elif len(word) == 1 and gap == "" and not line.tokens[place].is_digits and line.gap(place) == "":
            last = place
        else:
            break
        place = last + 1
    return last


def _number_first(line: Line, street: int, atoms: Mapping[int, Atom], pack: Pack) -> tuple[int, int] | None:
    """So: "221b baker street apartment five": a number, one to three words, the kind of street."""
    for first in range(street - 1, max(-1, street - LONGEST_NAME - 4), -1):
        token = line.tokens[first]
        atom = atoms.get(first)
        if (
            atom is not None
            and first < street - 1
            and street - atom.last <= LONGEST_NAME + 2
            and atom.last < street - 1
        ):
            return first, _tail(line, street + 1, atoms, pack)
        if token.facts.plain and not token.is_digits:
            return None
    return None
