"""Given names in Latin letters: those of English-speaking countries, and those of others."""

from functools import cache
from importlib.resources import files


@cache
def _lists() -> tuple[frozenset[str], frozenset[str]]:
    text = (files("auricle_masking") / "data" / "given_names.txt").read_text(encoding="utf-8")
    _, english, others = text.split("\n\n")
    return frozenset(english.split()), frozenset(others.split())


def english() -> frozenset[str]:
    """Those that an English text has without more ado."""
    return _lists()[0]


def foreign() -> frozenset[str]:
    """Those of other countries, with and without their accents."""
    return _lists()[1]
