"""How an agent writes and speaks: shouting, text without marks, words made small, words that fill, slips of spelling."""

import re
from collections.abc import Iterator, Sequence

from auricle_contracts import Quote, Role
from auricle_criteria.detectors import Detector
from auricle_languages import AnalysedTurn, tokenize
from auricle_languages.dictionary import (
    frequency,
    is_abbreviation,
    is_baby_talk,
    is_diminutive,
    is_familiar,
    is_finite,
    is_noun,
    is_proper,
    is_usual,
    is_word,
    lemmas,
)
from auricle_languages.spelling import LEAST_USED, slips

from auricle_rules.detection.addressing.address import SIGNATURE
from auricle_rules.detection.addressing.namebook import NameBook, folded_name, is_misspelt
from auricle_rules.detection.customer_name import COMPANY_KEY, customer_name
from auricle_rules.detection.marks import Dialogue, Marks, is_within, quoted, quotes_of
from auricle_rules.detection.placeholders import placeholders
from auricle_rules.detection.verdict import NOT_FOUND, Verdict, found

_SHOUTED = re.compile(r"(?<![\w-])(?:[А-ЯЁ]{2,}|[A-Z]{2,})(?![\w-])")
_CAPITALS = re.compile(r"(?<![\w-])(?:[А-ЯЁ]{2,}|[A-Z]{2,})(?: (?:[А-ЯЁ]{2,}|[A-Z]{2,}))*(?![\w-])")
_RUSSIAN = re.compile("[а-яё]", re.IGNORECASE)  # Latin capitals beside it are brands
_ROW = re.compile(r"[!?]*!{2,}[!?]*")
_BRACKETED = re.compile(r"[\[{<(%#][^\[\]{}<>()%#\n]{0,40}[\]}>)%#]")
_CODE = re.compile(
    r"(?:промокод\w*|купон\w*|код\w*|слово|кнопк\w*|пункт\w*|раздел\w*|вкладк\w*|меню|поле|строк\w*|надпис\w*|команд\w*|марк\w*|модел\w*|артикул\w*|тариф\w*"
    r"|code|coupon|voucher|word|button|press|click|tap|tab|menu|field|labelled|marked|says|type|enter|text|reply|model|plan)[ :—-]{1,3}$",
    re.IGNORECASE,
)
_STRETCH = re.compile(r"[^.!?;:,\n()«»\"—–…]+")
_ANY_WORD = re.compile(r"[^\W\d_]+")
_PRESENT = re.compile(r"[^\W\d_]+(?=,? (?:на связи|здесь|тут|слушаю|here\b|speaking\b))")
_WORD_BEFORE = re.compile(r"[^\W\d_]+(?=[\s,]*$)")
_DETERMINERS = frozenset("a an the your his her my our their this that some any no of".split())
_GREETS = frozenset("hi hello hey hiya thanks ta cheers morning yes sorry".split())
_OTHER_SENSES = frozenset("love dear pet baby champ friend".split())
_POSTS = frozenset({"шеф", "начальник", "командир"})
_AMBIGUOUS = frozenset("sugar duck lad flower boss chief hen girl doll pet honey champ sunshine chuck".split())
_CHUMMY = ("юха", "уха", "еха", "ян", "он", "ян", "ек", "га", "шка", "ька", "ка")
_JOINING = frozenset({"и", "или", "но", "а", "что", "чтобы", "как", "когда", "если", "пока"})
LEAST_UNMARKED_WORDS, LONGEST_UNMARKED = 7, 21
LEAST_VERBS = 3  # of a stretch that must be more than one sentence
MOST_TOLD = 10


def caps(detector: Detector, _: Marks, names: NameBook, dialogue: Dialogue) -> Verdict:
    """Words in capitals that are no abbreviations, names, fields, codes or words of the customer, and rows of exclamation marks."""
    name = customer_name(dialogue, names)
    told = [str(value) for value in dialogue.context.metadata.values()]
    said = [dialogue.turns[turn].turn.text for turn in dialogue.of(Role.CUSTOMER)]
    known = frozenset(detector.words.get("abbreviations", ())) | {
        word.upper() for word in (*name.given, *name.patronymics, *name.surnames)
    }
    known |= {word.upper() for text in told for word in re.findall(r"[^\W\d_]+", text)}
    known |= {word for text in said for word in _SHOUTED.findall(text)}
    return found(
        quote
        for turn in dialogue.of(Role.AGENT)
        for quote in _shouts(dialogue, turn, known, detector.limits["letters"])
    )


def _shouts(dialogue: Dialogue, turn: int, known: frozenset[str], letters: int) -> Iterator[Quote]:
    text = dialogue.turns[turn].turn.text
    apart = [*quoted(text), *placeholders(text), *(match.span() for match in _BRACKETED.finditer(text))]
    yield from (
        dialogue.quote(turn, match.span()) for match in _ROW.finditer(text) if not is_within(match.start(), apart)
    )
    words = [
        match
        for match in _SHOUTED.finditer(text)
        if match.group() not in known
        and not is_within(match.start(), apart)
        and not _CODE.search(text, 0, match.start())
        and text[match.end() : match.end() + 1] != ":"
        and _is_shouted(match.group())
        and not (match.group().isascii() and _RUSSIAN.search(text))
    ]
    words = [match for match in words if not _is_in_name(text, match, known)]
    if any(len(match.group()) >= letters for match in words):
        yield from (dialogue.quote(turn, match.span()) for match in words)


def _is_in_name(text: str, match: re.Match[str], known: frozenset[str]) -> bool:
    """Whether the word stands in a row of capitals with a name: "КОВШОВ АРТЕМИЙ ЛЬВОВИЧ" as a record has it."""
    row = next(row for row in _CAPITALS.finditer(text) if row.start() <= match.start() < row.end())
    beside = [word for word in row.group().split() if word != match.group()]
    return any(word in known or is_proper(word.lower()) for word in beside) or (
        bool(beside) and not any(map(_is_shouted, beside))  # a code beside one word: "MV SWALLOW"
    )


def _is_shouted(word: str) -> bool:
    small = word.lower()
    return is_usual(small) and not is_abbreviation(small) and not is_proper(small)


def unmarked(_: Detector, __: Marks, dialogue: Dialogue) -> Verdict:
    """A long stretch with several verbs and no mark inside."""
    return found(
        dialogue.quote(turn, match.span())
        for turn in dialogue.of(Role.AGENT)
        for match in _STRETCH.finditer(dialogue.turns[turn].turn.text)
        for words in [len(match.group().split())]
        if words >= LONGEST_UNMARKED
        or (words >= LEAST_UNMARKED_WORDS and _verbs(dialogue.turns[turn], match) >= LEAST_VERBS)
    )


def _verbs(read: AnalysedTurn, stretch: re.Match[str]) -> int:
    """Finite verbs of a Russian stretch but for those that a conjunction joins."""
    inside = [token.norm for token in read.tokens if stretch.start() <= token.start < stretch.end()]
    return sum(map(is_finite, inside)) - sum(word in _JOINING for word in inside)


def diminutives(detector: Detector, marks: Marks, dialogue: Dialogue) -> Verdict:
    """Words made small: of the file's list, or by a suffix where only the word without it exists; a capital inside a
    sentence makes a name.
    """
    listed = frozenset(detector.words.get("small", ()))
    company = _words_of(dialogue, COMPANY_KEY)
    named = {
        token.text
        for turn in dialogue.of(Role.CUSTOMER)
        for token in dialogue.turns[turn].tokens
        if token.text[0].isupper() and not _opens(dialogue.turns[turn].turn.text, token.start)
    }
    made = (
        dialogue.quote(turn, (token.start, token.end))
        for turn in dialogue.of(Role.AGENT)
        for apart in [quoted(dialogue.turns[turn].turn.text)]
        for token, lemma in zip(dialogue.turns[turn].tokens, dialogue.turns[turn].lemmas, strict=True)
        if not is_within(token.start, apart)
        and token.text not in named
        and token.norm not in company
        and (not token.text[0].isupper() or _opens(dialogue.turns[turn].turn.text, token.start))
        and any(_is_small(part, whole, listed) for part, whole in _parts(token.norm, lemma))
    )
    return found([*quotes_of(marks.get("small", ()), dialogue), *made])


def _parts(norm: str, lemma: str) -> Sequence[tuple[str, str]]:
    """A word with its lemma, and the parts of a hyphenated one."""
    return [(norm, lemma), *((part, part) for part in norm.split("-") if "-" in norm)]


def _is_small(norm: str, lemma: str, listed: frozenset[str]) -> bool:
    if norm.isascii():
        return norm in listed or is_baby_talk(norm)
    return norm in listed or lemma in listed or (not is_word(norm) and is_diminutive(lemma))


def _opens(text: str, place: int) -> bool:
    """Whether a sentence begins there."""
    before = text[:place].rstrip(' «"(—-')
    return not before or before[-1] in ".!?…\n)" or "\n" in text[len(before) : place]


def spelling(detector: Detector, _: Marks, names: NameBook, dialogue: Dialogue) -> Verdict:
    """Slips of spelling in the agent's messages. Terms (words of the metadata and of the customer), names and English words that stand
    for others are none.
    """
    name = customer_name(dialogue, names)
    own = (*name.given, *name.patronymics, *name.surnames)
    allowed = frozenset(detector.words.get("terms", ())) | _known_here(dialogue)
    quotes, changes = [], []
    for turn in dialogue.of(Role.AGENT):
        text = dialogue.turns[turn].turn.text
        apart = quoted(text)
        named = _signing(text)
        for slip in slips(text, dialogue.turns[turn].tokens, allowed):
            written = text[slip.start : slip.end]
            if (
                not is_within(slip.start, apart)
                and slip.start not in named
                and not (written.isascii() and " " in written)
                and not _is_other_class(written, slip.suggestion)
                and not (written[0].isupper() and _is_name(text, slip.start, slip.end, own, names))
            ):
                quotes.append(dialogue.quote(turn, (slip.start, slip.end)))
                changes.append(f"{text[slip.start : slip.end]} → {slip.suggestion}")
    return found(quotes, "; ".join(changes[:MOST_TOLD]))


def _signing(text: str) -> frozenset[int]:
    """Where words stand that are the agent's own name: from the close of a letter on, and before "на связи"."""
    signature = SIGNATURE.search(text)
    signed = (match.start() for match in _ANY_WORD.finditer(text, signature.end())) if signature else ()
    return frozenset((*signed, *(match.start() for match in _PRESENT.finditer(text))))


def _is_name(text: str, start: int, end: int, own: Sequence[str], names: NameBook) -> bool:
    """Whether a capitalised word is a name: inside a sentence, the customer's with a slip, a given one, alone on its line."""
    norm = folded_name(text[start:end])
    before = text[:start].rstrip(' «"(')
    if (
        before
        and before[-1] not in ".!?…\n"
        and text[:start].rstrip()[-1] != "\n"
        and "\n" not in text[len(before) : start]
    ):
        return True
    if names.is_given(norm) or any(is_misspelt(norm, one) for one in own):
        return True
    line = text[text.rfind("\n", 0, start) + 1 : (text.find("\n", end) + 1 or len(text) + 1) - 1].strip(" .,!")
    return line == text[start:end] and "\n" in text


def _is_other_class(written: str, suggestion: str) -> bool:
    """Whether the word is small on purpose, or with its capital rather a name than a slip."""
    word = written.lower()
    if written[0].isupper() and frequency(suggestion.lower().split(" ")[0]) < LEAST_USED:
        return True
    return is_baby_talk(word) or is_diminutive(word) or any(is_diminutive(parse) for parse in lemmas(word))


def _words_of(dialogue: Dialogue, key: str) -> frozenset[str]:
    """Lower-case words of a field of the metadata."""
    return frozenset(token.norm for token in tokenize(str(dialogue.context.metadata.get(key) or "")))


def _known_here(dialogue: Dialogue) -> frozenset[str]:
    """Words of the caller's metadata and of the customer, lower case."""
    told = [tokenize(str(value)) for value in dialogue.context.metadata.values()]
    said = [dialogue.turns[turn].tokens for turn in dialogue.of(Role.CUSTOMER)]
    return frozenset(token.norm for tokens in [*told, *said] for token in tokens)


def familiar(detector: Detector, marks: Marks, names: NameBook, dialogue: Dialogue) -> Verdict:
    """Words of the marks, verbs that speak to one person, and the customer's name made small; not where the customer speaks so too.

    `words.usual` are said to anybody.
    """
    usual = frozenset(detector.words.get("usual", ()))
    customers = [token.norm for turn in dialogue.of(Role.CUSTOMER) for token in dialogue.turns[turn].tokens]
    if any(word not in usual and is_familiar(word) for word in customers):
        return NOT_FOUND
    given = customer_name(dialogue, names).given
    company = str(dialogue.context.metadata.get(COMPANY_KEY) or "").lower()
    fond = (
        dialogue.quote(turn, (token.start, token.end))
        for turn in dialogue.of(Role.AGENT)
        for token in dialogue.turns[turn].tokens
        for norm in [folded_name(token.text)]
        if given and norm not in given and norm not in customers and norm.endswith(_CHUMMY)
        if not names.is_full(norm) and any(names.is_same_person(norm, one) for one in given)
    )
    verbs = (
        dialogue.quote(turn, (token.start, token.end))
        for turn in dialogue.of(Role.AGENT)
        for apart in [quoted(dialogue.turns[turn].turn.text)]
        for token in dialogue.turns[turn].tokens
        if token.norm not in usual
        and is_familiar(token.norm)
        and not is_within(token.start, apart)
        and token.norm not in company
    )
    said = (
        quote
        for quote in quotes_of(marks["familiar"], dialogue)
        if quote.text.lower() not in company and _calls_somebody(dialogue, quote) and not _to_another(dialogue, quote)
    )
    return found([*said, *verbs, *fond])


def _calls_somebody(dialogue: Dialogue, quote: Quote) -> bool:
    """Whether a word stands apart as an address does: "flower", "love" have other senses, "шеф Анзор" is a post."""
    if " " in quote.text:
        return True
    text = next(read.turn.text for read in dialogue.turns if read.turn.id == quote.turn)
    before, behind = text[: quote.span.start].rstrip(" \"'"), text[quote.span.end :].lstrip(" \"'")
    if not quote.text.isascii():
        following = re.match(r"[а-яё]+", behind.lower())
        return quote.text.lower() not in _POSTS or not (following and is_noun(following.group()))
    word = quote.text.lower()
    last = _WORD_BEFORE.search(before)
    if last and last.group().lower() in _DETERMINERS:
        return False
    if text.islower() or word not in _AMBIGUOUS | _OTHER_SENSES:
        greeted = last is not None and last.group().lower() in _GREETS
        return word not in _AMBIGUOUS and (text.islower() or not behind or behind[0] in ",.!?\n" or greeted)
    return not behind or (behind[0] in ",.!?\n" and (not before or before[-1] in ",.!?\n"))


def _to_another(dialogue: Dialogue, quote: Quote) -> bool:
    """Whether the word before is a name that the customer gave somebody else, as of a pet: "Рекс, ты чего"."""
    place, read = next((at, read) for at, read in enumerate(dialogue.turns) if read.turn.id == quote.turn)
    last = _WORD_BEFORE.search(read.turn.text, 0, quote.span.start)
    if last is None or not _RUSSIAN.search(last.group()):
        return False
    cases = frozenset(lemmas(last.group().lower()))
    spoken = (
        token.norm for turn in dialogue.of(Role.CUSTOMER) if turn < place for token in dialogue.turns[turn].tokens
    )
    named = is_proper(last.group().lower()) or not is_word(last.group().lower())
    return named and any(not cases.isdisjoint(lemmas(word)) for word in spoken)


def fillers(detector: Detector, marks: Marks, dialogue: Dialogue) -> Verdict:
    """Turns with several words that only fill, each said for nothing; sounds of hesitation do not count."""
    by_turn: dict[int, list[Quote]] = {}
    for quote in quotes_of(marks["fillers"], dialogue):
        by_turn.setdefault(quote.turn, []).append(quote)
    return found(quotes[0] for quotes in by_turn.values() if len(quotes) >= detector.limits["fewest"])
