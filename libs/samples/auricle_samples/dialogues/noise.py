"""Text as a speech recogniser would have written it: no case, no punctuation, words misheard, lost and put in."""

import random
import re

_SOUND_ALIKE = {
    "а": "о", "о": "а", "е": "и", "и": "е", "б": "п", "п": "б", "д": "т", "т": "д", "з": "с", "с": "з", "г": "к", "к": "г",
    "в": "ф", "ф": "в", "ж": "ш", "ш": "ж", "я": "е", "ы": "и", "y": "i", "a": "e", "e": "i", "d": "t", "b": "p", "s": "z",
}  # fmt: skip
_PUNCTUATION = re.compile(r"[^\w\s-]|(?<!\w)-|-(?!\w)")
SUBSTITUTED, DELETED, INSERTED = 0.6, 0.25, 0.15  # shares of the word errors


def plain(text: str) -> str:
    """Lower case, no punctuation, ё as е."""
    return " ".join(_PUNCTUATION.sub(" ", text.lower().replace("ё", "е")).split())


def misheard(text: str, rng: random.Random, word_error_rate: float) -> str:
    """`plain(text)` with about `word_error_rate` of its words substituted, deleted or followed by a stray one."""
    out: list[str] = []
    for word in plain(text).split():
        if rng.random() >= word_error_rate:
            out.append(word)
            continue
        kind = rng.random()
        if kind < SUBSTITUTED:
            out.append(_mangle(word, rng))
        elif kind < SUBSTITUTED + INSERTED:
            out.extend((word, _mangle(word[: max(2, len(word) // 2)], rng)))
    return " ".join(out)


def _mangle(word: str, rng: random.Random) -> str:
    """A word that sounds near: one or two letters changed, or the ending lost."""
    if len(word) > 4 and rng.random() < 0.3:
        return word[: -rng.randint(1, 2)]
    letters = list(word)
    spots = [spot for spot, letter in enumerate(letters) if letter in _SOUND_ALIKE]
    for spot in rng.sample(spots, min(len(spots), rng.randint(1, 2))):
        letters[spot] = _SOUND_ALIKE[letters[spot]]
    return "".join(letters)
