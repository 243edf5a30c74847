"""Postal addresses: a kind of street with a name and a house number, the building and flat behind it, the town before it.

street   "улица ленина дом пять квартира двенадцать", "ленинский пр-т, 32", "деревня ивановка дом 7"; a house number is needed
adjective before a house or a part          "на садовой дом пять", "тверская двенадцать корпус два"
name, number and a part or a second number  "баумана 15, кв. 4", "садовую 5-12"
house and flat without a street             "дом 14 квартира 88"
A street without a house number is a landmark, not somebody's home. Numbers may be words.
"""

from collections.abc import Iterator, Mapping

from auricle_contracts import Role
from auricle_contracts.masking import PersonalKind

from auricle_masking.dictation import Atom
from auricle_masking.hits import Hit, LineSpan
from auricle_masking.packs import Pack
from auricle_masking.tokenization import Line

LONGEST_NAME, LONGEST_STREET = 3, 5  # words, with a number alone and with a word for house behind
MOST_PARTS = 7
MOST_TOWNS = 4
INDEX_DIGITS = 6
LONGEST_HOUSE = 4  # digits
CUE_REACH = 4  # tokens before an address
Found = tuple[int, int]
_NEAR = ("", ",", ".", ".,")


class Addresses:
    """The addresses of one line; places are numbers of tokens, both ends inclusive."""

    def __init__(self, line: Line, atoms: Mapping[int, Atom], pack: Pack) -> None:
        self._line, self._atoms, self._pack, self._words = line, atoms, pack, pack.address

    def all(self) -> Iterator[Hit]:
        ends = -1
        for place in range(len(self._line.tokens)):
            found = self._at(place) if place > ends else None
            if found:
                first = self._with_town(max(found[0], ends + 1))
                ends = self._town_behind(self._street_behind(found[1]))
                if not self._is_public(first):
                    yield self._hit(first, ends)

    def _hit(self, first: int, last: int) -> Hit:
        tokens = self._line.tokens[first : last + 1]
        value = " ".join(token.facts.lemma if not token.is_digits else token.text for token in tokens)
        return Hit(PersonalKind.ADDRESS, value, (LineSpan(self._line.number, tokens[0].start, tokens[-1].end),))

    def _at(self, place: int) -> Found | None:
        if width := self._street(place):
            return self._street_first(place, width)
        facts = self._line.tokens[place].facts
        found = self._adjective_first(place) if facts.street_like and not facts.cue else None
        return found or self._named(place) or self._flat_only(place) or self._house_first(place)

    def _street(self, place: int) -> int:
        """How many tokens are a kind of street here: two for "пр-т"."""
        token = self._line.tokens[place]
        if (
            self._norm(place + 1)
            and self._line.gap(place + 1) == "-"
            and f"{token.facts.norm}-{self._norm(place + 1)}" in self._words.streets
        ):
            return 2
        return int(token.facts.street)

    def _norm(self, place: int) -> str:
        return self._line.tokens[place].facts.norm if 0 <= place < len(self._line.tokens) else ""

    def _is_word(self, place: int, words: tuple[str, ...]) -> bool:
        if not 0 <= place < len(self._line.tokens):
            return False
        facts = self._line.tokens[place].facts
        return facts.norm in words or (facts.lemma in words and facts.norm not in self._words.counted)

    def _adjective_first(self, street: int) -> Found | None:
        """So: "малая садовая дом пять", "тверская двенадцать корпус два": a word for house before the number, or one for a part behind."""
        place = street + 1
        tokens = self._line.tokens
        if place < len(tokens) and tokens[place].facts.noun and not self._is_word(place, self._words.house):
            place += 1
        house = self._house(place)
        if house is None:
            return None
        last = self._tail(house + 1)
        said = self._is_word(place, self._words.house)
        return (self._first_adjective(street), last) if said or (last > house and place == street + 1) else None

    def _street_first(self, street: int, width: int) -> Found | None:
        """So: "улица ленина дом пять", "ленинский проспект дом тридцать два", "проспект мира сто двадцать"."""
        place = street + width
        if self._is_numbered(place):
            place += 2
        for number in range(LONGEST_STREET + 1):
            told = self._is_word(place, self._words.house)
            if (told or number <= LONGEST_NAME) and (house := self._house(place)) is not None:
                return self._begin(street, place - width + 1), self._tail(house + 1)
            if place >= len(self._line.tokens) or self._line.tokens[place].facts.plain:
                return None
            if number and self._line.gap(place).strip() == "," and not self._is_word(place, self._words.parts):
                return None  # "площадь Ленина, выход 3"
            place += 1
        return None

    def _is_numbered(self, place: int) -> bool:
        """Whether a street's own number stands here: "ул. 15 лет Октября", "улица 8 марта", "2-й Лесной"."""
        if place not in self._atoms or place + 1 >= len(self._line.tokens):
            return False
        following = self._line.tokens[place + 1]
        return following.facts.month or following.facts.norm in self._words.numbered

    def _named(self, place: int) -> Found | None:
        """So: "баумана 15, кв. 4", "садовую 5-12": a name, a number, and a part or a second number behind."""
        likely = self._line.tokens[place].facts
        housed = bool((likely.surname and not likely.attributive) or likely.street_like) and self._is_word(
            place + 1, self._words.house
        )
        token, atom = self._line.tokens[place], self._atoms.get(self._number(place + 2) if housed else place + 1)
        facts = token.facts
        named = (
            facts.surname
            or facts.attributive
            or facts.geo
            or (token.text.istitle() and place > 0 and len(facts.norm) > 3)
        )
        if (
            atom is None
            or not named
            or facts.cue
            or facts.unit
            or facts.is_number
            or facts.norm.isascii()
            or len(atom.readings[0]) > LONGEST_HOUSE
        ):
            return None
        if self._line.gap(place + 1).strip() not in _NEAR:
            return None
        last = self._tail(atom.last + 1)
        if last <= atom.last:
            asked = ((facts.surname or facts.street_like) and self._is_asked(place)) or self._is_led_to(place)
            asked = asked and not self._is_counted(atom)
            return (self._first_adjective(place), last) if housed or asked else None
        parted = any(self._is_word(one, self._words.parts) for one in range(atom.last + 1, last + 1))
        street = facts.surname or (facts.street_like and not facts.geo)
        return (
            (self._first_adjective(place), last)
            if parted
            or housed
            or (street and last in self._atoms)
            or (token.text.istitle() and self._is_asked(place) and (last in self._atoms or last == atom.last + 1))
            else None
        )

    def _is_led_to(self, place: int) -> bool:
        """Whether a street by its look stands behind its town or "на": "с. Ивановское, Центральная 12", "курьера на Пушкинскую 40"."""
        token = self._line.tokens[place]
        if not token.facts.street_like or not token.text.istitle() or place == 0:
            return False
        return self._norm(place - 1) in self._words.along or self._with_town(place) < place

    def _flat_only(self, place: int) -> Found | None:
        """So: "дом 14 квартира 88", "квартира 88 дом 14"."""
        house = self._is_word(place, self._words.house)
        if not house and not self._is_word(place, self._words.flats):
            return None
        atom = self._atoms.get(self._number(place + 1))
        if atom is None or self._is_counted(atom):
            return None
        last = self._tail(atom.last + 1)
        other = self._words.flats if house else self._words.house
        return (place, last) if any(self._is_word(one, other) for one in range(atom.last + 1, last)) else None

    def _house_first(self, place: int) -> Found | None:
        """So: "дом восемь по улице садовой квартира три", "кв. 15, д. 3, ул. Гоголя"."""
        if not self._is_word(place, (*self._words.house, *self._words.flats)):
            return None
        atom = self._atoms.get(self._number(place + 1))
        last = None if atom is None else self._tail(atom.last + 1)
        return None if last is None or self._street_behind(last) == last else (place, last)

    def _street_behind(self, last: int) -> int:
        """The last token of a street that stands behind the house: "…, ул. Гоголя", "… по улице садовой квартира три"."""
        kind = last + 1 + (self._norm(last + 1) in self._words.along)
        name = kind + 1
        if name >= len(self._line.tokens) or not self._street(kind) or self._line.tokens[name].facts.plain:
            return last
        return last if name in self._atoms or self._line.gap(name).strip() not in ("", ".") else self._tail(name + 1)

    def _is_public(self, first: int) -> bool:
        """Whether it is said to be a company's: "наш магазин на Ленина, 5"; by an agent also "приезжайте к нам на …"."""
        hosts = self._words.hosts if self._line.role is Role.AGENT else ()
        near = range(max(0, first - CUE_REACH - len(hosts[:2])), first)
        return any(self._is_word(place, (*self._words.public, *hosts)) for place in near)

    def _is_asked(self, place: int) -> bool:
        """Whether a word before says that somebody's address follows."""
        return any(self._is_word(one, self._words.cues) for one in range(max(0, place - CUE_REACH), place))

    def _number(self, place: int) -> int:
        """The place behind "номер", where it stands here."""
        return place + self._is_word(place, self._words.number)

    def _house(self, place: int) -> int | None:
        """The last token of a house number that begins here, with or without the word for house."""
        if self._is_word(place, self._words.house):
            place = self._number(place + 1)
        atom = self._atoms.get(place)
        return None if atom is None or self._is_counted(atom) else atom.last

    def _is_counted(self, atom: Atom) -> bool:
        following = atom.last + 1
        if following >= len(self._line.tokens) or self._is_word(following, self._words.parts):
            return False
        return self._line.tokens[following].facts.unit

    def _begin(self, street: int, number: int) -> int:
        """The street's own adjectives before its kind ("большая садовая улица"), where nothing but the house stands behind."""
        first = self._first_adjective(street)
        if first == street and number == street + 1 and street > 0 and not self._line.tokens[street - 1].facts.plain:
            first -= 1
        return first

    def _first_adjective(self, street: int) -> int:
        first, tokens = street, self._line.tokens
        while (
            first > 0
            and street - first < 2
            and tokens[first - 1].facts.attributive
            and self._line.gap(first).strip() == ""
        ):
            first -= 1
        if first > 1 and tokens[first - 2].is_digits and self._line.gap(first - 1) == "-":  # "1-я Парковая"
            first -= 2
        return first

    def _tail(self, place: int) -> int:
        """The last token of building, flat and the like that follow; "12-34" and "12 а" too."""
        last = place - 1
        for _ in range(MOST_PARTS):
            if place >= len(self._line.tokens):
                break
            gap = self._line.gap(place).strip()
            number = self._number(place + 1)
            if self._is_word(place, (*self._words.parts, *self._words.house)) and number in self._atoms:
                last = self._atoms[number].last
            elif self._is_named_part(place):
                last = place + 1
            elif self._norm(place) in self._words.strokes and place + 1 in self._atoms:
                last = self._atoms[place + 1].last
            elif place in self._atoms and gap in ("-", "/"):
                last = self._atoms[place].last
            elif self._is_letter(place):
                last = place
            else:
                break
            place = last + 1
        return last

    def _is_letter(self, place: int) -> bool:
        """A house's letter: "6а"; said apart ("шесть а") it ends the line or has a part of the house behind it."""
        if len(self._norm(place)) != 1 or self._line.tokens[place].is_digits:
            return False
        if self._line.gap(place) == "":
            return True
        behind = place + 1
        ends = behind >= len(self._line.tokens) or self._is_word(behind, self._words.parts)
        return ends and self._line.gap(place) == " " and not self._is_word(place, self._words.parts)

    def _is_named_part(self, place: int) -> bool:
        """So: "второй подъезд", "лит. А", "корпус бэ"."""
        if place + 1 >= len(self._line.tokens):
            return False
        here, following = self._line.tokens[place].facts, self._line.tokens[place + 1].facts
        lettered = self._is_word(place, self._words.parts) and following.letter
        return lettered or (here.attributive and self._is_word(place + 1, self._words.parts))

    def _with_town(self, first: int) -> int:
        """Where the address begins with its town, region and index: "420111, г. Казань, ул. …"."""
        for _ in range(MOST_TOWNS):
            before = first - 1
            if before < 0 or self._line.gap(first).strip() not in _NEAR:
                break
            token = self._line.tokens[before]
            if self._is_word(before, self._words.towns):
                first = before - (before > 0 and self._is_region(before - 1) and self._line.gap(before).strip() == "")
            elif (
                before > 0
                and self._is_word(before - 1, self._words.towns)
                and "," not in self._line.gap(before)
                and not token.facts.plain
                and not token.is_digits
            ) or (token.facts.geo and before > 1 and self._line.gap(before) == "-"):
                first = before - 1
            elif token.facts.geo or (token.is_digits and len(token.text) == INDEX_DIGITS):
                first = before
            else:
                break
            while first > 0 and self._line.gap(first) == "-":  # "Ростов-на-Дону"
                first -= 1
        return first

    def _town_behind(self, last: int) -> int:
        """As in "Пушкина, дом 93, город Омск"."""
        kind, name = last + 1, last + 2
        if (
            name >= len(self._line.tokens)
            or not self._is_word(kind, self._words.towns)
            or self._line.gap(kind).strip() != ","
        ):
            return last
        return last if self._line.tokens[name].facts.plain or self._line.gap(name).strip() not in ("", ".") else name

    def _is_region(self, place: int) -> bool:
        facts = self._line.tokens[place].facts
        return facts.attributive or facts.geo
