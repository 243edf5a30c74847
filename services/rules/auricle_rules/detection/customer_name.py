"""The four classes about the customer's name, over all messages of an agent."""

import re
from collections.abc import Iterator, Sequence

from auricle_contracts import Channel, Quote, Role
from auricle_languages.dictionary import frequency, is_proper, is_word

from auricle_rules.detection.addressing.address import RARE, SIGNATURE, Address, Fault, addresses
from auricle_rules.detection.addressing.namebook import NameBook, folded_name, is_case_form, is_role
from auricle_rules.detection.addressing.record import WORD, CustomerName, parse_name
from auricle_rules.detection.marks import CompiledMark, Dialogue
from auricle_rules.detection.verdict import NO_OPPORTUNITY, NOT_FOUND, Verdict, found

NAME_KEY = "customer_name"  # of the metadata
COMPANY_KEY = "company"
_WORDS = r"((?:[^\W\d_]+(?:[-'][^\W\d_]+)?[ ]?){1,3})"
_PLAIN = re.compile(
    r"(?:меня зовут|моё имя|мое имя|зовите меня|зовут меня|можно просто|можно звать|my name is|my name's|the name's|the name is|name's"
    r"|call me"
    r"|it's|this is|i'm called)\s+" + _WORDS,
    re.IGNORECASE,
)
_SELF = re.compile(
    r"(?:(?<!\w)я(?:,| —| -)?|(?<!\w)это|вас беспокоит|беспокоит|вам пишет|пишет|звонит|с уважением,?|на имя"
    r"|(?:бронь|запись|заказ|договор) на|имя:?"
    r"|i'm|i am|regards,?|thanks,|cheers,|best(?: wishes)?,|sincerely,|faithfully,|yours,|booked under|under the name(?: of)?|under)\s+"
    + _WORDS,
    re.IGNORECASE,
)
_BEHIND = re.compile(
    r"([^\W\d_]+(?: [^\W\d_]+)?) (?:меня зовут|зовут меня|моё имя|беспокоит|here\b|speaking\b)", re.IGNORECASE
)
_GREETS = (
    r"(?:здравствуйте|здрасьте|здрасте|здравствуй|добрый(?: день| вечер)?|доброе(?: утро)?|доброй ночи|привет|приветствую"
    r"|hello|hi|hey|good (?:morning|afternoon|evening)|morning|afternoon|evening)"
)
_AFTER_GREETING = re.compile(
    rf"^\W*(?:(?:алло|да|yes|oh)\W+)?{_GREETS}(?: there)?[,!.]?\s+((?:[^\W\d_]+ ?){{1,2}})(?=[.,!?\n]|$)", re.IGNORECASE
)
_BEFORE_GREETING = re.compile(rf"^((?:[^\W\d_]+ ?){{1,2}})[.,!] {_GREETS}", re.IGNORECASE)
_LAST = re.compile(r"(?:^|[.!?]\s+)([^\W\d_]+(?: [^\W\d_]+){0,2})\.?\s*$")
_FIRST = re.compile(r"^([А-ЯЁA-Z][а-яёa-z]+(?: [А-ЯЁA-Z][а-яёa-z]+)?), [^!?]{1,40}\.?$")
_OPENING = re.compile(r"^(?:\W*(?:да|так|ну|yes|sure|oh|it's|это|я)\b)*\W*((?:[^\W\d_]+ ?){1,3})", re.IGNORECASE)
_ASKS_NAME = re.compile(
    r"как (?:я )?(?:могу )?(?:к )?вам (?:можно )?обращаться|вас зовут|ваш[аеу]? (?:имя|фамили)|(?:имя|фамилию|фио)\b[^.?!]*\?|представьтесь"
    r"|your (?:full |first |last |sur)?name|who am i (?:speaking|talking|chatting)|who's (?:this|calling)|what should i call you",
    re.IGNORECASE,
)
_RECORD = re.compile(
    r"(?:здравствуйте|добрый (?:день|вечер)|доброе утро|привет|уважаем\w+(?:\(ая\))?|hello|hi|dear)[,!]? +((?:[^\W\d_]+[ ,]*){2,4})",
    re.IGNORECASE,
)
_GREETED = re.compile(
    r"здравствуй|добр(?:ый|ое|ого)|привет|hello|good (?:morning|afternoon|evening)|\bhi\b", re.IGNORECASE
)
_GREETING_BEFORE = re.compile(_GREETS + r"(?: there)?,?\s+$", re.IGNORECASE)
_GREETING_BEHIND = re.compile(r",\s+" + _GREETS, re.IGNORECASE)
_ENDS = re.compile(r"\s*(?:[!.,](?!\s*[«\"])|$)")
_IS_FROM = re.compile(
    r" *,? *(?:[«\"]|(?:from|speaking|here|in|at|of|with|из|на связи|слушаю|слушает|на линии)\b)", re.IGNORECASE
)
MOST_SOURCES = 20
_IN_ADDRESSES = frozenset({"at", "dot", "собака", "собачка"})  # an e-mail address read out
_DOCTORS = frozenset({"доктор", "врач", "мастер", "хирург", "терапевт", "doctor"})


def customer_name(dialogue: Dialogue, book: NameBook) -> CustomerName:
    """By the metadata and by what the customer says of himself; reckoned once a conversation."""
    if NAME_KEY not in dialogue.known:
        dialogue.known[NAME_KEY] = _customer_name(dialogue, book)
    name: CustomerName = dialogue.known[NAME_KEY]
    return name


def _customer_name(dialogue: Dialogue, book: NameBook) -> CustomerName:
    told = dialogue.context.metadata.get(NAME_KEY)
    names = [parse_name(str(told), book)] if told else []
    names += [one for one in _self_named(dialogue, book) if one]
    return CustomerName(
        frozenset().union(*(one.given for one in names)),
        frozenset().union(*(one.patronymics for one in names)),
        frozenset().union(*(one.surnames for one in names)),
        tuple(note for one in names for note in one.notes),
        bool(told) and names[0].is_small,
    )


def _self_named(dialogue: Dialogue, book: NameBook) -> Iterator[CustomerName]:
    """What the customer says of himself; a word that the other side said before is the other side's."""
    told: set[str] = set()
    asked = False
    turns = dialogue.of(Role.CUSTOMER)[:MOST_SOURCES]
    for place, read in enumerate(dialogue.turns):
        text = read.turn.text
        if read.turn.role is not Role.CUSTOMER:
            told |= set(map(folded_name, WORD.findall(text)))
            asked = bool(_ASKS_NAME.search(text))
        elif place in turns:
            yield from _named_in(text, book, told, asked=asked, written=dialogue.context.channel is not Channel.CALL)
            asked = False


def _named_in(text: str, book: NameBook, told: set[str], *, asked: bool, written: bool) -> Iterator[CustomerName]:
    for match in _PLAIN.finditer(text):
        yield _own(match.group(1), book, sure=not match.group().lower().startswith(("it's", "this is")))
    for pattern in (_SELF, _BEHIND, _FIRST):
        yield from (_own(match.group(1), book) for match in pattern.finditer(text))
    loose = [_AFTER_GREETING, _BEFORE_GREETING, *([_OPENING] if asked else [])]
    for match in (match for pattern in loose for match in pattern.finditer(text)):
        words = WORD.findall(match.group(1))
        if asked or told.isdisjoint(map(folded_name, words)):
            yield _own(match.group(1), book)
    signed = _LAST.search(text) if written else None
    if signed and (asked or told.isdisjoint(map(folded_name, WORD.findall(signed.group(1))))):
        yield _signed(signed.group(1), book, alone=signed.start() > 0)


def _own(words: str, book: NameBook, *, sure: bool = False) -> CustomerName:
    """The words from the first on, while they are capitalised or names. `sure`: the first is a name whatever it is."""
    kept: list[str] = []
    own = WORD.findall(words)
    if len(own) > 1 and own[1].lower() in _IN_ADDRESSES:
        return CustomerName(frozenset(), frozenset(), frozenset())
    if len(own) > 1 and words.islower() and _is_given(own[1], book) and not is_word(folded_name(own[0])):
        kept, own = own[:2], own[2:]
    for word in own:
        if not (word[0].isupper() or _is_given(word, book)):
            break
        kept.append(word)
    if sure and kept and kept[0][0].isupper():
        return parse_name(" ".join(kept), book)
    if not any(_is_given(word, book) for word in kept):
        return CustomerName(frozenset(), frozenset(), frozenset())
    return parse_name(" ".join(kept), book)


def _signed(words: str, book: NameBook, *, alone: bool) -> CustomerName:
    """The last sentence where all of it is a name; a capitalised word that nobody knows is one where it stands `alone` behind others."""
    own = WORD.findall(words)
    if len(own) > 1 and not all(word[0].isupper() or _is_given(word, book) for word in own):
        return CustomerName(frozenset(), frozenset(), frozenset())
    strange = alone and all(word[0].isupper() and _is_strange(folded_name(word)) for word in own)
    return _own(words, book, sure=strange)


def _is_strange(norm: str) -> bool:
    return frequency(norm) < RARE if norm.isascii() else not is_word(norm) or is_proper(norm)


def _is_given(word: str, book: NameBook) -> bool:
    return book.is_given(folded_name(word))


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
            said = seen or any(self._is_said(dialogue.turns[turn].turn.text, name) for turn in dialogue.of(Role.AGENT))
            return NOT_FOUND if said else found([dialogue.whole(dialogue.of(Role.AGENT)[0], 12)])
        if not seen:
            return NO_OPPORTUNITY
        return found(
            _quote(dialogue, turn, one)
            for turn, one in seen
            if one.fault is self._fault
            and not (self._fault is Fault.MISSPELT and _is_own_spelling(dialogue, turn, one))
        )

    def _is_said(self, text: str, name: CustomerName) -> bool:
        """Whether a word of the text is one of the customer's given names or surnames, in any form."""
        return any(
            word == one
            or is_case_form(word, one)
            or (one in name.given and self._book.is_given(word) and self._book.is_same_person(word, one))
            for word in map(folded_name, WORD.findall(text))
            for one in (*name.given, *name.surnames)
        )

    def _pasted(self, dialogue: Dialogue) -> CustomerName | None:
        """The name of an unknown record, where an address is plainly one: a surname and a given name, or all in capitals."""
        for turn in dialogue.of(Role.AGENT):
            for match in _RECORD.finditer(dialogue.turns[turn].turn.text):
                name = _own(match.group(1), self._book)
                company = set(map(folded_name, WORD.findall(str(dialogue.context.metadata.get(COMPANY_KEY) or ""))))
                if name.given and name.surnames - company and not any(map(is_role, name.surnames)):
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
        text = dialogue.turns[turn].turn.text
        return [
            one
            for one in found_there
            if one.fault is not Fault.WRONG_NAME
            or not (
                (introducing and (not _is_greeted(text, one, channel) or _is_second(one, found_there)))
                or _is_somebody_else(dialogue, turn, text[one.start : one.end])
            )
        ]


def _is_greeted(text: str, one: Address, channel: Channel) -> bool:
    """Whether the address stands in a written greeting, before or behind it, and neither a company nor a place of work follows."""
    if channel is not Channel.CHAT:
        return False
    first = not text[: one.start].strip() and _GREETING_BEHIND.match(text, one.end)
    return bool(first or (_GREETING_BEFORE.search(text[: one.start]) and _ENDS.match(text[one.end :])))


def _is_somebody_else(dialogue: Dialogue, turn: int, words: str) -> bool:
    """Whether the name is the agent's own or a third person's: signed with, said by the customer, or spoken of just before."""
    norms = set(map(folded_name, WORD.findall(words)))
    text = dialogue.turns[turn].turn.text
    behind = text[text.index(words) + len(words) :]
    if _IS_FROM.match(behind) or folded_name(words.split(maxsplit=1)[0]) in _DOCTORS or _signs(dialogue, text, words):
        return True
    for place, read in enumerate(dialogue.turns):
        said = list(map(folded_name, WORD.findall(read.turn.text)))
        if read.turn.role is Role.AGENT:
            signature = SIGNATURE.search(read.turn.text)
            if signature and not norms.isdisjoint(map(folded_name, WORD.findall(read.turn.text[signature.end() :]))):
                return True
            if place < turn and any(is_case_form(word, norm) or word == norm for word in said for norm in norms):
                return True
        elif place < turn and not norms.isdisjoint(said):
            return True
    return False


def _is_second(one: Address, others: Sequence[Address]) -> bool:
    """Whether the customer is called rightly before: the other name is the agent's."""
    return any(other.fault is None and other.start < one.start for other in others)


def _is_own_spelling(dialogue: Dialogue, turn: int, one: Address) -> bool:
    """Whether the customer writes the name so too."""
    written = dialogue.turns[turn].turn.text[one.start : one.end]
    own = re.compile(rf"(?<!не )(?<!not )(?<!\w){re.escape(written)}(?!\w)")
    return any(own.search(dialogue.turns[other].turn.text) for other in dialogue.of(Role.CUSTOMER))


def _signs(dialogue: Dialogue, text: str, words: str) -> bool:
    """Whether the name ends a letter on a line of its own."""
    place = text.rindex(words)
    alone = text[:place].rstrip(" ").endswith("\n") and not text[place + len(words) :].strip(" .,\n")
    return dialogue.context.channel is Channel.EMAIL and alone


def _answers_name(dialogue: Dialogue, turn: int) -> bool:
    """Whether the customer has just said something: an agent's own name stands in what he says first of all."""
    return dialogue.near(turn, Role.CUSTOMER, -1) is not None and not _GREETED.search(dialogue.turns[turn].turn.text)


def _quote(dialogue: Dialogue, turn: int, one: Address) -> Quote:
    return dialogue.quote(turn, (one.start, one.end))
