"""Words that address whoever judges the conversation, and not the other person: found by code, and withheld from what a model reads.

What two people say to each other has no business with a verdict, a prompt or a JSON answer. A sentence that has is an attack or an
accident; either way a model that obeys would be wrong, so it does not see it. Sentences are compared without case, in composed and
compatible characters, without invisible ones, Cyrillic letters inside of Latin words as Latin ones, l e t t e r s joined.

(The words: instructions.toml.)

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

from auricle_contracts import DigestLine, DroppedTurn

REASON = "addresses_judge"
FLAG = "instructions_withheld"
LONGEST_SENTENCE, STRETCH = 30, 12
SHORT = 6
"""Words of a sentence that only calls somebody: what follows is said to whom it calls."""
_SENTENCE = re.compile(r"[^.!?…\n]+[.!?…\n]*[\"»)\]}]*\s*|[.!?…\n]+\s*")
_HAS_LATIN = re.compile("[A-Za-z]")
_LATIN = str.maketrans("аеорсухікмнтвАЕОРСУХІКМНТВ", "aeopcyxikmhtbAEOPCYXIKMHTB")
_SPELT = re.compile(r"\b(?:\w[ \u00a0]){3,}\w\b")

_LISTS = tomllib.loads(resources.files("auricle_judging").joinpath("instructions.toml").read_text("utf-8"))


def _any(parts: Sequence[str]) -> str:
    return "|".join(parts)


_CALLED, _ABOUT_VERDICT, _BLOCK = (
    re.compile(_any(_LISTS[name]), re.IGNORECASE) for name in ("judge", "verdict", "block")
)
_POSTSCRIPT = re.compile(r"\W*(?:[pр]\W{0,2}[sс]|[pр]|[sс])\W*", re.IGNORECASE)
_WORDS_BETWEEN = r"\W+(?:\w+\W+){0,7}?"
_ADDRESSED = re.compile(
    _any(
        [
            *_LISTS["sentence"],
            rf"(?:{_any(_LISTS['judge'])})[\s\S]{{0,120}}?(?:{_any(_LISTS['verdict'])})",
            *(
                rf"\b(?:{_any(_LISTS['order'][lang])})(?:те)?{_WORDS_BETWEEN}(?:{_any(_LISTS['result'][lang])})"
                for lang in ("ru", "en")
            ),
        ]
    ),
    re.IGNORECASE,
)


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
    if not text.strip():
        return []
    found: list[tuple[int, int]] = []
    called: int | None = None
    for start, end in _sentences(text):
        part = _plain(text[start:end])
        if _BLOCK.search(part):
            found.append((start, len(text)))
            break
        if _ADDRESSED.search(part):
            found.append((start, end))
        elif called is not None and _ABOUT_VERDICT.search(part):
            found.append((called, end))
        called = start if len(part.split()) <= SHORT and _CALLED.search(part) else None
    return _merged([*found, *_belonging(text)] if found else [])


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
    joined = _SPELT.sub(lambda found: re.sub(r"\s", "", found.group()), visible)
    return re.sub(r"\S+", lambda found: _by_script(found.group()), joined)


def _by_script(word: str) -> str:
    return word.translate(_LATIN) if _HAS_LATIN.search(word) else word
