"""The four classes about the customer's name, over all messages of an agent."""

import re
from collections.abc import Iterator, Sequence

from auricle_contracts import Channel, Quote, Role

from auricle_rules.detection.addressing.address import Address, Fault, addresses
from auricle_rules.detection.addressing.namebook import NameBook
from auricle_rules.detection.addressing.record import WORD, CustomerName, parse_name
from auricle_rules.detection.marks import CompiledMark, Dialogue
from auricle_rules.detection.verdict import NO_OPPORTUNITY, NOT_FOUND, Verdict, found

NAME_KEY = "customer_name"  # of the metadata
_SELF = re.compile(
    r"(?:меня зовут|моё имя|мое имя|зовите меня|можно просто|(?<!\w)я(?:,)?|(?<!\w)это|с уважением,?|my name is|my name's|name's|this is"
    r"|i'm|i am|call me|regards,?|thanks,|cheers,)\s+((?:[^\W\d_]+[ -]?){1,3})",
    re.IGNORECASE,
)
_HERE = re.compile(r"(?:^|[.!?,]\s*)(?:hi|hello|hey)?,?\s*([A-Z][a-z]+) here\b")
_LAST = re.compile(r"(?:^|[.!?]\s+)([^\W\d_]+(?: [^\W\d_]+)?)\.?\s*$")
_FIRST = re.compile(r"^([А-ЯЁA-Z][а-яёa-z]+), [^!?]{1,40}\.?$")
_RECORD = re.compile(
    r"(?:здравствуйте|добрый (?:день|вечер)|доброе утро|привет|уважаем\w+(?:\(ая\))?|hello|hi|dear)[,!]?\s+((?:[^\W\d_]+[ ,]*){2,4})",
    re.IGNORECASE,
)
_GREETED = re.compile(
    r"здравствуй|добр(?:ый|ое|ого)|привет|hello|good (?:morning|afternoon|evening)|\bhi\b", re.IGNORECASE
)
MOST_SOURCES = 20


def customer_name(dialogue: Dialogue, book: NameBook) -> CustomerName:
    """By the metadata and by what the customer says of himself."""
    told = dialogue.context.metadata.get(NAME_KEY)
    names = [parse_name(str(told), book)] if told else []
    names += [_own(words, book) for words in _self_named(dialogue)]
    return CustomerName(
        frozenset().union(*(one.given for one in names)),
        frozenset().union(*(one.patronymics for one in names)),
        frozenset().union(*(one.surnames for one in names)),
        tuple(note for one in names for note in one.notes),
        bool(told) and names[0].is_small,
    )


def _self_named(dialogue: Dialogue) -> Iterator[str]:
    for place in dialogue.of(Role.CUSTOMER)[:MOST_SOURCES]:
        text = dialogue.turns[place].turn.text
        for pattern in (_SELF, _HERE, _FIRST):
            yield from (match.group(1) for match in pattern.finditer(text))
        if dialogue.context.channel is Channel.EMAIL:
            yield from (match.group(1) for match in _LAST.finditer(text))


def _own(words: str, book: NameBook) -> CustomerName:
    """The words from the first given name on, while they are capitalised or names."""
    kept: list[str] = []
    for word in WORD.findall(words):
        if not (word[0].isupper() or book.is_given(word.lower())):
            break
        kept.append(word)
    if not any(book.is_given(word.lower().replace("ё", "е")) for word in kept):
        return CustomerName(frozenset(), frozenset(), frozenset())
    return parse_name(" ".join(kept), book)


class Naming:
    """All addresses of a conversation; `clears` are the customer's words that ask for no name."""

    def __init__(self, book: NameBook, fault: Fault | None, clears: Sequence[CompiledMark]) -> None:
        self._book, self._fault, self._clears = book, fault, clears

    def __call__(self, dialogue: Dialogue) -> Verdict:
        name = customer_name(dialogue, self._book) or (
            self._pasted(dialogue) if self._fault is Fault.NOT_ADAPTED else None
        )
        if not name:
            return NO_OPPORTUNITY
        if any(True for mark in self._clears for _ in mark.quotes(dialogue)):
            return NOT_FOUND
        seen = [(turn, one) for turn in dialogue.of(Role.AGENT) for one in self._addresses(dialogue, turn, name)]
        if self._fault is None:
            return NOT_FOUND if seen else found([dialogue.whole(dialogue.of(Role.AGENT)[0], 12)])
        if not seen:
            return NO_OPPORTUNITY
        return found(_quote(dialogue, turn, one) for turn, one in seen if one.fault is self._fault)

    def _pasted(self, dialogue: Dialogue) -> CustomerName | None:
        """The name of an unknown record, where an address is plainly one: a surname and a given name, or all in capitals."""
        for turn in dialogue.of(Role.AGENT):
            for match in _RECORD.finditer(dialogue.turns[turn].turn.text):
                name = _own(match.group(1), self._book)
                if name.given and name.surnames:
                    return name
        return None

    def _addresses(self, dialogue: Dialogue, turn: int, name: CustomerName) -> list[Address]:
        channel = dialogue.context.channel
        found_there = list(
            addresses(
                dialogue.turns[turn].turn.text,
                name,
                self._book,
                spoken=channel is Channel.CALL,
                formal=channel is Channel.EMAIL,
            )
        )
        introducing = (
            channel is not Channel.EMAIL and turn == dialogue.of(Role.AGENT)[0] and not _answers_name(dialogue, turn)
        )
        return [one for one in found_there if not (introducing and one.fault is Fault.WRONG_NAME)]


def _answers_name(dialogue: Dialogue, turn: int) -> bool:
    """Whether the customer has just said something: an agent's own name stands in what he says first of all."""
    return dialogue.near(turn, Role.CUSTOMER, -1) is not None and not _GREETED.search(dialogue.turns[turn].turn.text)


def _quote(dialogue: Dialogue, turn: int, one: Address) -> Quote:
    return dialogue.quote(turn, (one.start, one.end))
