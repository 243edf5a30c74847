"""Slips of spelling, each with what the word may have been: by dictionary, by usual confusions, by words that are written together.

word ─► known, a name, a term? nothing ─► one slip away from a usual word? that one ─► two usual words together? apart
phrase ─► "в течении дня", "может оплатится", "кто то": words that exist, in a place where they cannot stand
"""

import re
from collections.abc import Container, Iterator, Sequence
from functools import lru_cache
from itertools import pairwise
from typing import NamedTuple

from auricle_languages.dictionary import frequency, is_finite, is_word, language_of
from auricle_languages.morphology import CACHED_WORDS, analyzer
from auricle_languages.words import Token

FEWEST_LETTERS, LONGEST = 3, 30
FEWEST_OF_A_CAPITAL = 6  # letters from which a rare suggestion is made for what may be a name
LEAST_USED = 2e-7  # of all words: rarer ones are not suggested where a usual one fits
PLAIN_SLIP, LONG_WORD, EVERYDAY = 0.8, 7, 2e-5  # cost, letters, share of all words
USUAL = 3e-6  # of all words: parts that a run-together word may have
_LETTERS = {"ru": "абвгдежзийклмнопрстуфхцчшщъыьэюя", "en": "abcdefghijklmnopqrstuvwxyz"}
_CONFUSED = (
    ("о", "а"), ("е", "и"), ("и", "ы"), ("е", "э"), ("я", "и"), ("я", "е"), ("т", "д"), ("с", "з"), ("п", "б"), ("к", "г"), ("в", "ф"),
    ("ж", "ш"), ("ш", "щ"), ("ч", "щ"), ("ц", "с"), ("у", "ю"), ("а", "я"), ("ы", "о"), ("ь", "ъ"), ("й", "и"),
)  # fmt: skip
_CONFUSIONS = frozenset(_CONFUSED) | {(other, one) for one, other in _CONFUSED}
_JOINED_PARTS = frozenset(
    "в во на не ни по за с со к ко о об от до из у бы же ли как то что кто так все общем это и а но раз для под над при без".split()
)
_PHRASES = tuple(
    (re.compile(rf"(?<![\w-])(?:{wrong})(?![\w-])", re.IGNORECASE), right)
    for wrong, right in (
        (r"в течении(?=\s+(?:\d|дня|недел|час|месяц|год|сут|минут|рабоч|календарн|всего|этого|пары|нескольк))", "в течение"),
        (r"в течении(?=\s+(?:одного|двух|тр[её]х|четыр|пяти|шести|семи|десяти))", "в течение"),
        (r"в продолжении(?=\s+(?:\d|дня|недел|час|месяц|год))", "в продолжение"),
        (r"в следстви[ие]", "вследствие"), (r"не смотря(?=\s+на\s)", "несмотря"), (r"тоже самое", "то же самое"), (r"за ранее", "заранее"),
        (r"из за", "из-за"), (r"из под(?=\s)", "из-под"), (r"во первых", "во-первых"), (r"во вторых", "во-вторых"),
        (r"в третьих", "в-третьих"),
        (r"вс[её] таки", "всё-таки"), (r"по русски", "по-русски"), (r"по английски", "по-английски"), (r"по прежнему", "по-прежнему"),
        (r"по другому", "по-другому"), (r"по моему(?=[,.]|$)", "по-моему"), (r"как нибудь", "как-нибудь"), (r"что нибудь", "что-нибудь"),
        (r"кто нибудь", "кто-нибудь"), (r"когда нибудь", "когда-нибудь"), (r"где нибудь", "где-нибудь"), (r"какой нибудь", "какой-нибудь"),
        (r"какая нибудь", "какая-нибудь"), (r"какие нибудь", "какие-нибудь"), (r"что либо", "что-либо"), (r"кто либо", "кто-либо"),
        (r"какой то", "какой-то"), (r"какая то", "какая-то"), (r"какие то", "какие-то"), (r"какое то", "какое-то"),
        (r"почему то", "почему-то"),
        (r"кое что", "кое-что"), (r"кое кто", "кое-кто"), (r"вообщем", "в общем"), (r"вкратции", "вкратце"),
        (r"по подробнее", "поподробнее"),
        (r"на сколько(?=\s+(?:я|мы|мне|это|знаю|известно|понимаю))", "насколько"),
        (r"что бы(?=\s+(?:вы|мы|он|она|они|я|не|это|было)\b)", "чтобы"),
        (r"alot", "a lot"), (r"(?:could|would|should) of", "could have"), (r"your welcome", "you're welcome"),
        (r"(?<=thank you for )you're", "your"), (r"loose(?=\s+(?:your|the|my|money|data))", "lose"),
    )
)  # fmt: skip
_COLLOQUIAL = {
    "ваще": "вообще", "вобще": "вообще", "воще": "вообще", "вообщето": "вообще-то", "тока": "только", "токо": "только", "щас": "сейчас",
    "щаз": "сейчас", "седня": "сегодня", "сёдня": "сегодня", "сегодне": "сегодня", "канешна": "конечно", "канешно": "конечно",
    "конешно": "конечно", "фсе": "все", "фсё": "всё", "фсегда": "всегда", "патамушта": "потому что", "потомучто": "потому что",
    "потомушто": "потому что", "нащет": "насчет", "счас": "сейчас", "чтоли": "что ли", "помоему": "по-моему", "никада": "никогда",
    "када": "когда", "мона": "можно", "нуна": "нужно", "нада": "надо", "шо": "что", "чо": "что", "низя": "нельзя",
    "незнаю": "не знаю", "немогу": "не могу", "неможем": "не можем", "спс": "спасибо",
    "пож": "пожалуйста", "пожалуста": "пожалуйста", "пожалйста": "пожалуйста", "здраствуйте": "здравствуйте",
    "извените": "извините", "извеняюсь": "извиняюсь", "сдесь": "здесь", "зделать": "сделать",
    "зделаем": "сделаем", "будующий": "будущий", "следущий": "следующий", "вкурсе": "в курсе", "вобщем": "в общем", "вообщем": "в общем",
    "всвязи": "в связи", "вслучае": "в случае", "втечение": "в течение", "втечении": "в течение", "наврядли": "навряд ли",
    "врядли": "вряд ли", "тоесть": "то есть", "изза": "из-за", "изпод": "из-под", "какбы": "как бы",
}  # fmt: skip
_TAKEN_FOR_WORDS = {"вообщем": "в общем", "придти": "прийти", "вобщем": "в общем"}  # which dictionaries have
_INDEFINITE = re.compile(
    r"(кто|кого|кому|кем|что|чего|чему|чем|как|где|куда|откуда|когда|почему|зачем|как(?:ой|ая|ое|ие|ого|ую|им|их|ими|ом))(то|нибудь|либо)"
)
_STRETCHED = re.compile(r"(.)\1{2,}")
# Beside a word: it is a part of an address, a code or a title.
_ADDRESS = re.compile(r"[@/\\_#]|\.\w|\w\.\||[«\"“\[{]\|")
_MODALS = frozenset(
    "может могут можете можно нельзя нужно надо хочет хотите хотят хотел хотела должен должна должны готов готова готовы сможет сможете "
    "смогут начнет начнут стал стала стали будет будут будем будете можешь смогу могу хочу пора стоит "
    "следует придется просьба прошу просим".split()
)


_PERSONS = ("он", "она", "оно", "они", "это")


class Slip(NamedTuple):
    """Characters [start, end) of a text, and what they may have been."""

    start: int
    end: int
    suggestion: str


def slips(text: str, tokens: Sequence[Token], allowed: Container[str] = ()) -> list[Slip]:
    """Every slip, in order. `allowed` are names, brands and terms in lower case, in any form in which they may stand."""
    found = [*_in_phrases(text), *_in_verbs(tokens), *_in_words(text, tokens, allowed)]
    kept: list[Slip] = []
    for slip in sorted(found, key=lambda one: one.start):
        if not kept or slip.start >= kept[-1].end:
            kept.append(slip)
    return kept


def _in_words(text: str, tokens: Sequence[Token], allowed: Container[str]) -> Iterator[Slip]:
    for number, token in enumerate(tokens):
        word = text[token.start : token.end].lower().replace("ё", "е").replace("\N{RIGHT SINGLE QUOTATION MARK}", "'")
        if not _is_doubtful(text, token, word, allowed):
            continue
        suggestion = correction(word)
        opens = number == 0 or text[tokens[number - 1].end : token.start].strip(" ") != ""
        named = text[token.start].isupper()
        usual = suggestion is not None and (len(word) >= FEWEST_OF_A_CAPITAL or frequency(suggestion) >= LEAST_USED)
        if suggestion and (not named or (opens and usual)):
            yield Slip(token.start, token.end, suggestion.capitalize() if named else suggestion)


def _is_doubtful(text: str, token: Token, word: str, allowed: Container[str]) -> bool:
    if (
        not FEWEST_LETTERS <= len(word) <= LONGEST
        or language_of(word) is None
        or word in allowed
        or (is_known(word) and word not in _TAKEN_FOR_WORDS)
    ):
        return False
    written = text[token.start : token.end]
    if not (written.islower() or (written[0].isupper() and written[1:].islower())):
        return False
    return (
        _ADDRESS.search(text[max(0, token.start - 2) : token.start] + "|") is None
        and _ADDRESS.match(text, token.end) is None
    )


@lru_cache(CACHED_WORDS)
def is_known(word: str) -> bool:
    """Whether the word, or each part of a hyphenated one, is in a dictionary."""
    if is_word(word) or word.replace("'", "") in _CONTRACTIONS or _is_variant(word):
        return True
    if "'" in word:
        return all(is_word(part) or len(part) <= 2 for part in word.split("'"))
    return "-" in word and all(not part or is_word(part) or len(part) <= 2 for part in word.split("-"))


def _is_variant(word: str) -> bool:
    """Whether the dictionary has the word in American spelling, or without a prefix that any noun and verb takes."""
    if word.isascii():
        again = any(word.startswith(prefix) and _is_whole(word[len(prefix) :]) for prefix in ("re", "un", "pre", "non"))
        return again or any(
            british in word and is_word(word.replace(british, american)) for british, american in _BRITISH
        )
    return any(word.startswith(prefix) and _is_whole(word[len(prefix) :]) for prefix in _PREFIXES)


def _is_whole(rest: str) -> bool:
    """Whether a word without its prefix is one by itself."""
    return len(rest) > 3 and is_word(rest)


_BRITISH = (
    ("is", "iz"), ("ys", "yz"), ("our", "or"), ("ogramme", "ogram"), ("lled", "led"), ("lling", "ling"), ("tre", "ter"), ("ence", "ense"),
    ("aly", "ali"), ("ll", "l"), ("oe", "e"), ("ae", "e"), ("ogue", "og"), ("que", "ck"), ("yre", "ire"), ("grey", "gray"),
)  # fmt: skip
_PREFIXES = (
    "авто", "мини", "спец", "супер", "пере", "гипер", "фото", "видео", "электро", "теле", "интернет", "микро", "макро", "мульти", "само",
    "онлайн", "веб", "смарт", "техно", "эко", "био", "аудио", "радио", "евро", "медиа", "нано", "пост", "пред", "анти", "контр", "псевдо",
    "вице",
)  # fmt: skip
_CONTRACTIONS = frozenset("lol btw fyi asap omg thx pls plz hiya okay ".split()) | frozenset(
    "dont cant wont im ive ill youre theyre weve thats its lets didnt doesnt isnt arent wasnt couldnt wouldnt shouldnt".split()
)


@lru_cache(CACHED_WORDS)
def correction(word: str) -> str | None:
    """The likeliest word that this one was meant to be; None where nothing is near enough."""
    language = language_of(word)
    if language is None or "-" in word:
        return None
    return (_plainly(word) if language == "ru" else None) or _nearest(word, language) or _apart(word)


def _plainly(word: str) -> str | None:
    """What needs no search: a colloquial spelling, an indefinite pronoun, "не" with a verb, a letter drawn out."""
    if word in _COLLOQUIAL:
        return _COLLOQUIAL[word]
    if word in _TAKEN_FOR_WORDS:
        return _TAKEN_FOR_WORDS[word]
    if indefinite := _INDEFINITE.fullmatch(word):
        return "-".join(indefinite.groups())
    short = _STRETCHED.sub(r"\1", word)
    if short != word:
        return short if is_word(short) else None
    rest = word[2:]
    return (
        f"не {rest}"
        if word.startswith("не") and len(rest) > 2 and frequency(rest) >= USUAL and is_finite(rest)
        else None
    )


def _nearest(word: str, language: str) -> str | None:
    near = {other: _cost(word, other) for other in one_slip_away(word, _LETTERS[language]) if is_word(other)}
    if language == "ru":
        near |= {other: 1.6 for other in _two_confusions_away(word) if other not in near and is_word(other)}
    used = {other: cost for other, cost in near.items() if frequency(other) >= LEAST_USED}
    best = min((used or near).items(), key=lambda one: (one[1] - _weight(one[0]), one[0]), default=None)
    return best[0] if best and (best[1] < PLAIN_SLIP or _is_meant(word, best[0])) else None


def _is_meant(word: str, other: str) -> bool:
    """Whether a letter that no ear confuses is a slip: in a long word, or in one that people say all the time; else it is another word."""
    share = frequency(other)
    if len(word) > LONG_WORD + 1:
        return True
    return (len(word) >= LONG_WORD and share >= LEAST_USED) or (len(word) > FEWEST_LETTERS + 1 and share >= EVERYDAY)


def _weight(word: str) -> float:
    """How much a usual word may cost more than a rare one."""
    share = frequency(word)
    return 0.0 if share < LEAST_USED else 0.1 * min(10, len(str(int(share / LEAST_USED))) * 2)


def _cost(word: str, other: str) -> float:
    """Less for slips that the ear makes: confused letters, doubled ones, soft signs."""
    if len(word) == len(other):
        differing = [(one, two) for one, two in zip(word, other, strict=True) if one != two]
        if len(differing) == 1:
            return 0.4 if differing[0] in _CONFUSIONS else 1.0
        return 0.6  # neighbours changed places
    longer, shorter = (word, other) if len(word) > len(other) else (other, word)
    place = next((n for n, letter in enumerate(shorter) if longer[n] != letter), len(shorter))
    letter = longer[place]
    doubled = (place and longer[place - 1] == letter) or longer[place + 1 : place + 2] == letter
    return 0.4 if doubled or letter in "ьъйт" else 0.8


def one_slip_away(word: str, letters: str) -> Iterator[str]:
    """What a dropped, added, changed or exchanged letter makes of the word."""
    for place in range(len(word) + 1):
        head, tail = word[:place], word[place:]
        if tail:
            yield head + tail[1:]
            yield from (head + letter + tail[1:] for letter in letters)
        if len(tail) > 1:
            yield head + tail[1] + tail[0] + tail[2:]
        yield from (head + letter + tail for letter in letters)


def _two_confusions_away(word: str) -> Iterator[str]:
    first = [*_confused(word)]
    yield from (other for one in first for other in _confused(one))


def _confused(word: str) -> Iterator[str]:
    for place, letter in enumerate(word):
        yield from (word[:place] + other + word[place + 1 :] for one, other in _CONFUSIONS if one == letter)
        if word[place : place + 1] == word[place + 1 : place + 2]:
            yield word[:place] + word[place + 1 :]


def _apart(word: str) -> str | None:
    """Two usual words that were written as one: "вобщем", "ктобы"."""
    parts = (
        (word[:place], word[place:])
        for place in range(1, len(word))
        if word[:place] in _JOINED_PARTS or word[place:] in _JOINED_PARTS
    )
    usual = [(one, other) for one, other in parts if min(frequency(one), frequency(other)) >= USUAL]
    return " ".join(max(usual, key=lambda pair: min(map(frequency, pair)))) if usual else None


def _in_phrases(text: str) -> Iterator[Slip]:
    for pattern, right in _PHRASES:
        for match in pattern.finditer(text):
            yield Slip(match.start(), match.end(), right)


def _in_verbs(tokens: Sequence[Token]) -> Iterator[Slip]:
    """A finite verb on -тся where a word before it wants the infinitive, and an infinitive behind a person."""
    for one, other in pairwise(tokens):
        if other.norm.endswith("тся") and one.norm in _MODALS and _is_infinitive(other.norm[:-2]):
            yield Slip(other.start, other.end, other.text[:-2] + "ься")
        elif other.norm.endswith("ться") and one.norm in _PERSONS and _is_verb(other.norm[:-3] + "ся"):
            yield Slip(other.start, other.end, other.text[:-3] + "ся")


def _is_infinitive(stem: str) -> bool:
    return is_word(f"{stem}ь") or is_word(f"{stem}ься")


def _is_verb(word: str) -> bool:
    return is_word(word) and any(parse.tag.POS == "VERB" for parse in analyzer().parse(word))
