"""Where a message addresses somebody, and whether that is how this customer is called."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum

from auricle_languages.dictionary import frequency, is_person, is_surname, is_word

from auricle_rules.detection.addressing.namebook import (
    NameBook,
    folded_name,
    is_case_form,
    is_misspelt,
    is_patronymic,
    is_surname_in_case,
)
from auricle_rules.detection.addressing.record import SONS, WORD, CustomerName

SIGNATURE = re.compile(
    r"(?:с\s+уважением|искренне\s+ваш|(?:kind|best|warm)?\s*regards|sincerely|best wishes|yours faithfully)",
    re.IGNORECASE,
)
_QUOTED = re.compile(r"«[^»\n]*»|\"[^\"\n]*\"|“[^”\n]*”")
_EITHER_SEX = re.compile(r"(?<=уважаемый)\s*(?:\((?:ая|ые)\)|/\s*-?ая)|(?<=mr)\s*/\s*m(?:r)?s\b", re.IGNORECASE)
_DEAR = frozenset("уважаемый уважаемая уважаемые дорогой дорогая дорогие dear".split())
_LEADS = _DEAR | frozenset(
    (
        "здравствуйте здравствуй привет приветствую день вечер утро дня вечера утра спасибо благодарю hi hello hey "
        "morning afternoon evening thanks you thank да нет хорошо ладно конечно ок окей ну так вот слышно понятно понял "
        "поняла извините простите okay ok so well right yes no sure thing sorry oh great lovely ага угу слушайте "
        "смотрите пока свидания доброго хорошего удачи вечера bye goodbye cheers ta hiya welcome care luck"
    ).split()
)
_INTRODUCING = frozenset(
    (
        "зовут звать это я name is this i'm am мастер курьер коллега менеджер оператор специалист агент говорит имя my "
        "colleague for on"
    ).split()
)
_ROLES = frozenset(
    (
        "поддержка служба оператор менеджер специалист консультант администратор мастер из на ваш ваша от центр студия "
        "салон школа support team your with at customer"
    ).split()
)
_YOURS = frozenset({"ваш", "ваша", "your"})
_ENGLISH_POSTS = frozenset(
    "adviser advisor agent assistant manager consultant operator representative specialist host guide driver engineer technician".split()
)
_INTRODUCED = frozenset(
    ("здесь speaking here связи слушаю слушает from компания сервис магазин банк клиника отдел").split()
)
_FORMS = frozenset({"ип", "ооо", "доктор"})
_JOINERS = frozenset({"и", "and"})
_LEFT, _RIGHT = re.compile(r"[.!?,;:…\n()—–-]"), re.compile(r"[.!?,;:…\n()\[—–]")


FARTHEST_ADDRESS = 7  # words before another's name that is an address and no signature
RARE = 2e-6  # of all words: what an English dictionary has beside words that people use


class Form(StrEnum):
    """What a word of an address is beside the customer's name."""

    GIVEN = "given"
    PATRONYMIC = "patronymic"
    SURNAME = "surname"
    CASE = "case"
    SLIP = "slip"
    OTHER = "other"
    TITLE = "title"
    LEGAL = "legal"
    INITIAL = "initial"
    AND = "and"


class Fault(StrEnum):
    """What is wrong with an address; named like the verdicts of the checklist's classes."""

    MISSPELT = "misspelt"
    NOT_ADAPTED = "not_adapted"
    WRONG_NAME = "wrong_name"


@dataclass(frozen=True)
class Address:
    """Words [start, end) that address somebody; `fault` None: rightly."""

    start: int
    end: int
    fault: Fault | None = None


@dataclass(frozen=True)
class _Word:
    text: str
    start: int
    end: int
    before: str
    after: str
    previous: str
    following: str
    second: str

    @property
    def norm(self) -> str:
        return folded_name(self.text)


def addresses(text: str, name: CustomerName, book: NameBook, *, spoken: bool, formal: bool) -> Iterator[Address]:
    """Every address of the message, in order. `spoken`: no capitals and marks to rest on; `formal`: a letter."""
    own = _own_words(text)
    words = _words(own)
    place = 0
    while place < len(words):
        run = _run(words, place, name, book, spoken=spoken)
        if run:
            yield _judged(
                text, [word for word, _ in run], [form for _, form in run], name, spoken=spoken, formal=formal
            )
        place += max(1, len(run))


def _own_words(text: str) -> str:
    """The text with quotations and all from the signature on blanked out."""
    signature = SIGNATURE.search(text)
    own = text[: signature.start()] if signature else text
    for apart in (_QUOTED, _EITHER_SEX):
        own = apart.sub(lambda found: " " * len(found.group()), own)
    return own


def _words(text: str) -> list[_Word]:
    found = list(WORD.finditer(text))
    words = []
    for number, match in enumerate(found):
        previous = found[number - 1] if number else None
        following = found[number + 1] if number + 1 < len(found) else None
        words.append(
            _Word(
                match.group(),
                match.start(),
                match.end(),
                text[previous.end() if previous else 0 : match.start()],
                text[match.end() : following.start() if following else len(text)],
                folded_name(previous.group()) if previous else "",
                folded_name(following.group()) if following else "",
                folded_name(found[number + 2].group()) if number + 2 < len(found) else "",
            )
        )
    return words


def _run(
    words: Sequence[_Word], place: int, name: CustomerName, book: NameBook, *, spoken: bool
) -> list[tuple[_Word, Form]]:
    """The words from `place` on that address somebody; empty where nobody is addressed."""
    first = words[place]
    if not _opens(first, spoken=spoken) or first.norm in _JOINERS:
        return []
    torn = _torn(words, place, name)
    if torn:
        return torn
    run: list[tuple[_Word, Form]] = []
    for word in words[place : place + 6]:
        if run and not _continues(run[-1]):
            break
        form = _form(word, name, book, spoken=spoken, titled=bool(run) and run[-1][1] is Form.TITLE)
        if form is None:
            break
        run.append((word, form))
    while run and run[-1][1] in (Form.TITLE, Form.LEGAL, Form.INITIAL, Form.AND) and not _is_surname_with_initial(run):
        run.pop()
    if (
        not run
        or not _closes(run, spoken=spoken)
        or (Form.OTHER in [form for _, form in run] and (place > FARTHEST_ADDRESS or not _is_set_apart(first)))
    ):
        return []
    return run


def _continues(last: tuple[_Word, Form]) -> bool:
    """Whether the next word can belong to the same address: a full stop ends it but behind a title or an initial."""
    word, form = last
    gap = word.after.strip()
    return gap in ("", "-") or (gap == "." and (form in (Form.TITLE, Form.INITIAL) or len(word.text) <= 2))


def _is_surname_with_initial(run: Sequence[tuple[_Word, Form]]) -> bool:
    return run[-1][1] is Form.INITIAL and run[0][1] is Form.SURNAME


def _opens(word: _Word, *, spoken: bool) -> bool:
    if word.previous in _INTRODUCING and not _LEFT.search(word.before):
        return False
    return not word.previous or word.previous in _LEADS or bool(_LEFT.search(word.before)) or spoken


def _is_set_apart(word: _Word) -> bool:
    """Whether nothing before the word can make it a third person's name."""
    return not word.previous or word.previous in _LEADS or bool(_LEFT.search(word.before))


def _closes(run: Sequence[tuple[_Word, Form]], *, spoken: bool) -> bool:
    last = run[-1][0]
    role = last.following in _ROLES and not (last.following in _YOURS and not _is_post(last.second))
    strange = Form.OTHER in [form for _, form in run] and role and run[0][0].previous not in _DEAR
    if (strange or last.following in _INTRODUCED) and (run[0][0].previous or last.after.isspace()):
        return False
    if spoken:
        return True
    return (
        not last.following
        or bool(_RIGHT.search(last.after))
        or run[0][0].previous in _DEAR
        or run[0][0].previous in ("hi", "hello", "hey")
    )


def _is_post(word: str) -> bool:
    """Whether the word says what somebody is: "ваш менеджер", and no thing that is the customer's, "ваша куртка"."""
    return word in _ROLES or is_person(word) or (word.isascii() and word in _ENGLISH_POSTS)


def _torn(words: Sequence[_Word], place: int, name: CustomerName) -> list[tuple[_Word, Form]]:
    """A name with a space inside: "Ната лья"."""
    pair = words[place : place + 2]
    if len(pair) == 2 and pair[0].after == " " and pair[0].norm + pair[1].norm in name.given:
        return [(word, Form.SLIP) for word in pair]
    return []


def _form(word: _Word, name: CustomerName, book: NameBook, *, spoken: bool, titled: bool) -> Form | None:
    norm = word.norm
    beside = _beside_name(word, name, book)
    if beside:
        return beside
    exact = _exact(norm, name, book)
    if exact:
        small = spoken or norm in SONS or _is_own_letter(word)
        return exact if small or word.text[0].isupper() else None
    if not (word.text[0].isupper() or spoken):
        return None
    return _inexact(word, name, book, spoken=spoken, titled=titled)


def _beside_name(word: _Word, name: CustomerName, book: NameBook) -> Form | None:
    """What an address has beside the name."""
    if word.norm in book.titles and word.norm not in name.given:
        return Form.TITLE
    if word.norm in _FORMS:
        return Form.LEGAL
    if word.norm in _JOINERS and word.previous:
        return Form.AND
    is_initial = len(word.text) == 1 and word.text.isupper() and word.after.startswith(".")
    return Form.INITIAL if is_initial else None


def _is_own_letter(word: _Word) -> bool:
    """Whether a small letter can only be the record's: the word is set apart, or stands behind a greeting."""
    return (not word.previous or word.previous in _LEADS) and bool(_RIGHT.search(word.after))


def _exact(norm: str, name: CustomerName, book: NameBook) -> Form | None:
    parts = norm.split("-")
    if norm in name.given or any(set(parts) <= set(one.split("-")) for one in name.given):
        return Form.GIVEN
    if norm in name.patronymics:
        return Form.PATRONYMIC
    if norm in name.surnames:
        return Form.SURNAME
    return Form.GIVEN if any(book.is_same_person(norm, one) for one in name.given) else None


def _of_record(word: _Word, name: CustomerName) -> Form | None:
    """A name in another case, or a surname that only the record has beside the given name."""
    if any(is_case_form(word.norm, one) for one in (*name.given, *name.patronymics)):
        return Form.CASE
    if any(is_surname_in_case(word.norm, one) for one in name.surnames):
        return Form.CASE
    beside = {word.previous, word.following} & {*name.given, *name.patronymics}
    return Form.SURNAME if not name.surnames and beside and is_surname(word.norm) else None


def _inexact(word: _Word, name: CustomerName, book: NameBook, *, spoken: bool, titled: bool) -> Form | None:
    norm = word.norm
    recorded = None if spoken else _of_record(word, name)
    if recorded:
        return recorded
    known = book.is_given(norm)
    if known:
        rare = not book.is_usual(norm) and any(
            is_misspelt(norm, one) and norm[0] == one[0] and norm[-1] == one[-1] for one in name.given
        )
        respelt = not spoken and (rare or any(book.is_respelt(norm, one) for one in name.given))
        return Form.SLIP if respelt else Form.OTHER
    greeted = (
        word.previous in _LEADS and word.text[0].isupper() and len(norm) > 4 and bool(_RIGHT.match(word.after.lstrip()))
    )
    everyday = (
        is_word(norm)
        and not is_patronymic(norm)
        and not (norm.isascii() and frequency(norm) < RARE)
        and not (greeted and not norm.isascii())
    )
    if name.patronymics and is_patronymic(norm) and not any(norm[-2:] == one[-2:] for one in name.patronymics):
        return Form.OTHER
    near = any(is_misspelt(norm, one) for one in (*name.given, *name.patronymics, *name.surnames))
    if near and not everyday and not spoken:
        return Form.SLIP
    if (name.patronymics and is_patronymic(norm)) or (titled and name.surnames):
        return Form.OTHER
    return None


def _judged(
    text: str, words: Sequence[_Word], forms: Sequence[Form], name: CustomerName, *, spoken: bool, formal: bool
) -> Address:
    fault = _fault(text, words, forms, name, spoken=spoken, formal=formal)
    return Address(words[0].start, words[-1].end, fault)


def _fault(
    text: str, words: Sequence[_Word], forms: Sequence[Form], name: CustomerName, *, spoken: bool, formal: bool
) -> Fault | None:
    if Form.OTHER in forms:
        return Fault.WRONG_NAME
    if Form.SLIP in forms:
        return Fault.MISSPELT
    if spoken:
        return None
    return Fault.NOT_ADAPTED if _is_pasted(text, words, forms, name, formal=formal) else None


def _is_pasted(text: str, words: Sequence[_Word], forms: Sequence[Form], name: CustomerName, *, formal: bool) -> bool:
    """Whether the words stand as a record has them: capitals, small letters, surname, case, notes."""
    if Form.CASE in forms or Form.LEGAL in forms or any(note in text for note in name.notes):
        return True
    named = [
        word for word, form in zip(words, forms, strict=True) if form in (Form.GIVEN, Form.PATRONYMIC, Form.SURNAME)
    ]
    if any(
        (word.text.isupper() and len(word.text) > 1) or (name.is_small and word.text[0].islower()) for word in named
    ) or _EITHER_SEX.search(text):
        return True
    if Form.SURNAME not in forms:
        return False
    titled = forms[0] is Form.TITLE
    return Form.GIVEN in forms if titled else not formal or forms[0] is Form.SURNAME or Form.PATRONYMIC in forms
