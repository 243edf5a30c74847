"""A customer's name as a record or the customer gives it: people, each with given names, patronymic and surnames."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from auricle_languages.dictionary import language_of

from auricle_rules.detection.addressing.namebook import NameBook, folded_name, is_patronymic

WORD = re.compile(r"[^\W\d_]+(?:['\N{RIGHT SINGLE QUOTATION MARK}-][^\W\d_]+)*")
_NOTES = re.compile(r"\([^)]*\)|\[[^\]]*\]")
_PEOPLE = re.compile(r"\s*;\s*|\s+(?:и|and|&)\s+", re.IGNORECASE)
_CONTACT = re.compile(r".*(?:контакт|contact)\s*:?\s*", re.IGNORECASE)
_FORMS = frozenset({"ип", "ооо", "зао", "ао", "доктор", "дети", "семья", "клиент", "llc", "ltd", "family"})
SONS = frozenset({"оглы", "кызы", "оглу"})


@dataclass(frozen=True)
class CustomerName:
    """All forms folded. `notes` are what a record has beside the name, such as "(не звонить)"; `is_small`: it has no capitals."""

    given: frozenset[str]
    patronymics: frozenset[str]
    surnames: frozenset[str]
    notes: tuple[str, ...] = ()
    is_small: bool = False

    def __bool__(self) -> bool:
        return bool(self.given or self.surnames)


def parse_name(record: str, book: NameBook) -> CustomerName:
    """What the record's words are. Of two unknown words the first is the given name, after a comma the second."""
    notes = tuple(_NOTES.findall(record))
    plain = _CONTACT.sub("", _NOTES.sub(" ", record)).strip(" ,")
    given: set[str] = set()
    patronymics: set[str] = set()
    surnames: set[str] = set()
    for person in _PEOPLE.split(plain):
        inverted = "," in person
        words = [folded_name(word) for word in WORD.findall(person)]
        titled = any(word in book.titles or (len(word) == 1 and word != "я") for word in words)
        parts = [word for word in words if (word not in book.titles | _FORMS and len(word) > 1) or word == "я"]
        _sort(
            parts,
            book,
            (given, patronymics, surnames),
            surname_first=inverted,
            only_surname=titled and len(parts) == 1 and not book.is_given(parts[0]),
        )
    return CustomerName(frozenset(given), frozenset(patronymics), frozenset(surnames), notes, plain.islower())


def _sort(
    words: Sequence[str],
    book: NameBook,
    into: tuple[set[str], set[str], set[str]],
    *,
    surname_first: bool,
    only_surname: bool,
) -> None:
    given, patronymics, surnames = into
    rest = list(words)
    if only_surname:
        surnames.update(rest)
        return
    for son in [word for word in rest if word in SONS]:
        place = rest.index(son)
        patronymics.update(rest[max(0, place - 1) : place + 1])
        del rest[max(0, place - 1) : place + 1]
    named = [
        word
        for place, word in enumerate(rest)
        if is_patronymic(word) and (place > 0 or len(rest) == 1) and len(rest) > 1
    ]
    if named:
        patronymic = named[-1]
        place = len(rest) - 1 - rest[::-1].index(patronymic)
        patronymics.add(patronymic)
        given.add(rest[place - 1])
        rest = [word for at, word in enumerate(rest) if at not in (place, place - 1)]
        for word in rest:
            (given if book.is_given(word) and not _is_surname(word) else surnames).add(word)
        return
    chosen = set(_given_of(rest, book, surname_first=surname_first))
    given.update(chosen)
    surnames.update(word for word in rest if word not in chosen)


def _is_surname(word: str) -> bool:
    return word.endswith(("ов", "ова", "ев", "ева", "ин", "ина", "ский", "ская", "ко", "ук", "юк"))


def _given_of(words: Sequence[str], book: NameBook, *, surname_first: bool) -> Iterator[str]:
    if len(words) == 1:
        yield words[0]
        return
    if not surname_first and (words[0] in book.family_first or words[0][:3] in ("нгу", "ngu")):
        yield from words
        return
    known = [word for word in words if all(book.is_given(part) for part in word.split("-"))]
    if surname_first and len(words) > 1:
        yield words[1]
    elif words[0] in known and language_of(words[0]) == "en":
        yield words[0]
    elif known and len(known) < len(words):
        yield from known
    elif len(words) == 2 and language_of(words[0]) == "en":
        yield words[0]
    elif words:  # an order that this code does not know
        yield from [word for word in words if not _is_surname(word) or book.is_given(word)] or words[:1]
