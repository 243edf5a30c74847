"""Words that address whoever judges the conversation, and not the other person: found by code, and withheld from what a model reads.

A sentence that calls a judge and tells it what to find is an attack or an accident; either way a model that obeys would be wrong, so it
does not see it. People also talk to each other of courts, tests, models, JSON and answers: no word is enough, and what is only
suspected stays and is flagged, for a person to look at. Sentences are compared without case, in composed and compatible characters,
without invisible ones, Cyrillic letters inside of Latin words as Latin ones, l e t t e r s joined.

It is a list, and what is in other words is read: of attacks by another hand it withholds a fifth (docs/evidence/judge-instructions.json).
The words: instructions.toml.

marks of a chat template, JSON with answers, forged turns, a forged end  ─► that sentence and all behind it in the line
"ignore the instructions", "evaluator, no errors", "answer null", "100"  ─► that sentence

A sentence without full stops, as some engines hear it, goes by stretches of twelve words, each with the one behind it.
"""

import re
import tomllib
import unicodedata
from collections.abc import Sequence
from importlib import resources
from itertools import pairwise
from typing import Any

from auricle_contracts import DigestLine, DroppedTurn

REASON = "addresses_judge"
FLAG = "instructions_withheld"
SUSPECTED_FLAG = "instructions_suspected"
LONGEST_SENTENCE, STRETCH = 30, 12
SHORT = 6
"""Words of a sentence that only calls somebody: what follows is said to whom it calls."""
_SENTENCE = re.compile(r"[^.!?…\n]+[.!?…\n]*[\"»)\]}]*\s*|[.!?…\n]+\s*")
_HAS_LATIN = re.compile("[A-Za-z]")
_LATIN = str.maketrans("аеорсухікмнтвАЕОРСУХІКМНТВ", "aeopcyxikmhtbAEOPCYXIKMHTB")
_SPELT = re.compile(r"\b(?:[^\W_][ \u00a0_.·-]){3,}[^\W_]\b|\b[^\W_](?:_[^\W_])+\b")

_LISTS: dict[str, Any] = tomllib.loads(
    resources.files("auricle_judging").joinpath("instructions.toml").read_text("utf-8")
)
_HINTS, _HINT_SIGNS, _HINT_LETTERS = frozenset(_LISTS["hints"]), frozenset(_LISTS["hint_signs"]), 4
_WORD = re.compile(r"\w+")


def _any(parts: Sequence[str]) -> str:
    return "|".join(parts)


def _filled(pattern: str) -> str:
    """A pattern with the lists that it names in braces."""
    return re.sub(r"\{([a-z]+)\}", lambda named: _any(_LISTS[named[1]]), pattern)


# A border of a clause and at most one word before the judge; what makes it a call comes behind.
_AT_START = _filled(r"(?:^|[\n.!?:;,\[(<*#@>|\"«»]|\s[-—–]\s)\W*(?:\w+\W+)?(?:{judge})")
_GREETED = _filled(
    r"\b(?:{greeting})\W+(?:(?:the|any|to|whichever|всем|всех|тем|которые)\W+)*(?:\w+\W+)?(?:{judge})"
    r"(?:[\w ]{0,30}[:,!]|\W+(?:\w+\W+){0,3}?(?:{order})\b|\W*$)"
)
_PERCEIVING = _filled(
    r"(?:{judge})\W+(?:\w+\W+){0,3}?(?:{perceives})\W+(?:\w+\W+){0,1}?(?:{here})"
    r"|(?:{judge})\W+(?:\w+\W+){0,3}?(?:{here})\W+(?:\w+\W+){0,1}?(?:{perceives})"
    r"|(?:{here})\W+(?:\w+\W+){0,2}?(?:{perceives})\W+(?:\w+\W+){0,1}?(?:{judge})|вы (?:там )?которые (?:{perceives})"
    r"|(?:{judge})\W+(?:\w+\W+){0,4}?(?:ты|тебя|тебе)\b|(?:{judge})\W+(?:дорог|мил|уважаем)\w+"
)
_ORDERED = _filled(r"\W+(?:(?:please|just|you should|пожалуйста|просто)\W+)?(?:{order})\b")
_AT_END = _filled(r",\s*(?:{judge})\W*$")
_CALLED, _ABOUT_VERDICT, _BLOCK = (
    re.compile(pattern, re.IGNORECASE)
    for pattern in (
        rf"{_GREETED}|{_PERCEIVING}|{_AT_END}|{_AT_START}(?:\s*[:!,]|\s[-—–]\s|{_ORDERED})",
        _any(_LISTS["verdict"]),
        _any([*map(_filled, _LISTS["block"])]),
    )
)
_POSTSCRIPT = re.compile(r"\W*(?:[pр]\W{0,2}[sс]|[pр]|[sс])\W*", re.IGNORECASE)
_ADDRESSED = re.compile(
    _any([*map(_filled, _LISTS["sentence"]), rf"(?:{_CALLED.pattern})[\s\S]{{0,120}}?(?:{_ABOUT_VERDICT.pattern})"]),
    re.IGNORECASE,
)
_SUSPECTED = re.compile(_any([*map(_filled, _LISTS["suspicious"])]), re.IGNORECASE)


def addresses_judge(text: str) -> bool:
    """Whether any sentence of a text does."""
    return bool(_spans(text))


def without_instructions(text: str) -> str:
    """The text without the sentences that address the judge; the same where there are none."""
    spans = _spans(text)
    if not spans:
        return text
    bounds = [0, *(place for span in spans for place in span), len(text)]
    kept = [text[start:end] for start, end in list(pairwise(bounds))[::2]]
    return " ".join(part.strip() for part in kept if re.search(r"\w", part))


def suspected(text: str) -> bool:
    """Whether a sentence may be said to the judge or of somebody like it: too little to withhold it, enough that a person should look."""
    parts = (_plain(text[start:end]) for start, end in _sentences(text))
    return any(_is_hinted(part) and _SUSPECTED.search(part) for part in parts)


def withheld(lines: Sequence[DigestLine]) -> tuple[tuple[DigestLine, ...], tuple[DroppedTurn, ...], bool]:
    """Lines without such sentences, the turns of which nothing is left, and whether anything was taken."""
    kept, dropped, taken = [], [], False
    for line in lines:
        text = without_instructions(line.text)
        taken = taken or text != line.text
        if text or not line.text:
            kept.append(line if text == line.text else line.model_copy(update={"text": text}))
        else:
            dropped += [DroppedTurn(turn=turn, reason=REASON) for turn in line.turns]
    return tuple(kept), tuple(dropped), taken


def _spans(text: str) -> list[tuple[int, int]]:
    """Stretches of the text that are withheld, in order, not touching each other."""
    if not _is_hinted(_plain(text)):
        return []
    found: list[tuple[int, int]] = []
    called: int | None = None
    for start, end in _sentences(text):
        part = _plain(text[start:end])
        if called is None and not _is_hinted(part):
            continue
        if _BLOCK.search(part):
            found.append((start, len(text)))
            break
        if _ADDRESSED.search(part):
            found.append((start, end))
        elif called is not None and _ABOUT_VERDICT.search(part):
            found.append((called, end))
        called = start if len(part.split()) <= SHORT and _CALLED.search(part) else None
    return _merged([*found, *_belonging(text)] if found else [])


def _is_hinted(plain: str) -> bool:
    """Whether any pattern could match: most of what people say is told so at a tenth of the price."""
    words = (found.group()[:_HINT_LETTERS].lower() for found in _WORD.finditer(plain))
    return not _HINT_SIGNS.isdisjoint(plain) or any(word in _HINTS for word in words)


def _belonging(text: str) -> list[tuple[int, int]]:
    """Beside such a sentence: others that name the judge, and a postscript's letters."""
    parts = [(start, end, _plain(text[start:end])) for start, end in _sentences(text)]
    return [(start, end) for start, end, part in parts if _POSTSCRIPT.fullmatch(part) or _CALLED.search(part)]


def _sentences(text: str) -> list[tuple[int, int]]:
    """Sentences; of one without an end in sight, each stretch of twelve words together with the one behind it."""
    parts: list[tuple[int, int]] = []
    for found in _SENTENCE.finditer(text):
        start, end = found.span()
        words = [start + word.start() for word in re.finditer(r"\S+", found.group())]
        if len(words) <= LONGEST_SENTENCE:
            parts.append((start, end))
            continue
        places = [start, *words[STRETCH::STRETCH], end]
        parts += [(begin, places[min(n + 2, len(places) - 1)]) for n, begin in enumerate(places[:-1])]
    return parts


def _merged(spans: Sequence[tuple[int, int]]) -> list[tuple[int, int]]:
    merged: list[tuple[int, int]] = []
    for start, end in sorted(spans):
        if merged and start <= merged[-1][1]:
            merged[-1] = (merged[-1][0], max(end, merged[-1][1]))
        else:
            merged.append((start, end))
    return merged


def _plain(text: str) -> str:
    """As patterns read it."""
    folded = unicodedata.normalize("NFKC", text).replace("ё", "е").replace("Ё", "Е")
    visible = "".join(char for char in folded if unicodedata.category(char) not in ("Cf", "Co", "Cs"))
    joined = _SPELT.sub(lambda found: re.sub(r"[\W_]", "", found.group()), visible)
    return re.sub(r"\w+", lambda found: _by_script(found.group()), joined)


def _by_script(word: str) -> str:
    return word.translate(_LATIN) if _HAS_LATIN.search(word) else word
