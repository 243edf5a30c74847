"""Folding of a word: the one form in which two spellings of it are compared, in every part of the product."""

import unicodedata
from functools import lru_cache

CACHED_WORDS = 50_000
LONGEST_CACHED = 64
_SAME = str.maketrans({"ё": "е", "’": "'", "\u2010": "-", "\u2011": "-"})


def fold_word(word: str) -> str:
    """Lower case without stress marks and invisible characters; ё as е, one apostrophe, one hyphen. й stays й, composed or not."""
    return _fold(word) if len(word) <= LONGEST_CACHED else _fold.__wrapped__(word)


@lru_cache(CACHED_WORDS)
def _fold(word: str) -> str:
    lower = word.lower()
    if not lower.isascii():
        # What is invisible goes first: it may part a letter from its mark.
        visible = "".join(char for char in lower if unicodedata.category(char) != "Cf")
        composed = unicodedata.normalize("NFC", visible)
        lower = "".join(char for char in composed if unicodedata.category(char) != "Mn")
    return lower.translate(_SAME)
