"""Held-out material: scenes written out as lines, read from TOML. A line is `<a|c> <marks>: <words>`.

Facts and questions are `question = answer`; subjects and reasons start with the number of their intent.
"""

import tomllib
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

from auricle_samples.dialogues.truth import Mark

PACKAGE = "auricle_samples.dialogues.heldout"
Table = dict[str, Any]


@dataclass(frozen=True)
class Line:
    """One line of a scene before its words are chosen."""

    by_agent: bool
    marks: tuple[Mark, ...]
    words: str


@cache
def stock(language: str) -> Table:
    """The scenes that the scenarios of a language share."""
    return _read(f"stock_{language}.toml")


@cache
def subjects() -> dict[str, Table]:
    """The held-out scenarios by file name: fitness, driving, windows and languages in Russian, storage in English."""
    names = sorted(entry.name for entry in files(PACKAGE).iterdir() if entry.name[:3] in ("ru_", "en_"))
    return {name.removesuffix(".toml"): _read(name) for name in names}


def line(text: str) -> Line:
    """`"a opening+greeting: words"` as a Line. Raises ValueError on an unknown speaker or mark."""
    head, words = text.split(": ", 1)
    speaker, *marks = head.replace("+", " ").split()
    if speaker not in ("a", "c"):
        raise ValueError(f"a line begins with a or c, not {speaker!r}")
    return Line(speaker == "a", tuple(Mark(mark) for mark in marks), words)


def scene(texts: Sequence[str]) -> tuple[Line, ...]:
    """All lines of a scene."""
    return tuple(line(text) for text in texts)


def _read(name: str) -> Table:
    return tomllib.loads((files(PACKAGE) / name).read_text("utf-8"))
