"""`auricle bench spelling --data DIR`: corrections beside those of people, and beside a dictionary alone, in one run.

AURICLE_BENCH_DATA holds `sources.txt` and `corrections.txt`, a sentence a line (the form of RUSpellRU). A correction counts where the words
that it changes and what they become are the people's; case, marks and "ё" do not count.
AURICLE_BENCH_OUT    where the figures are written as JSON (empty: printed only)
"""

import json
import os
import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from difflib import SequenceMatcher
from pathlib import Path

import pytest
from auricle_languages.dictionary import frequency, is_word
from auricle_languages.spelling import one_slip_away, slips
from auricle_languages.words import tokenize

pytestmark = [pytest.mark.bench, pytest.mark.timeout(1800)]
_WORD = re.compile(r"\w+(?:-\w+)*")
Edit = tuple[int, int, str]


@dataclass
class Counts:
    """Corrections that people made too, that they did not make, and that are missing."""

    right: int = 0
    wrong: int = 0
    missed: int = 0

    @property
    def precision(self) -> float:
        return self.right / max(1, self.right + self.wrong)

    @property
    def recall(self) -> float:
        return self.right / max(1, self.right + self.missed)

    @property
    def f1(self) -> float:
        return 2 * self.right / max(1, 2 * self.right + self.wrong + self.missed)

    def add(self, made: set[Edit], wanted: set[Edit]) -> None:
        self.right += len(made & wanted)
        self.wrong += len(made - wanted)
        self.missed += len(wanted - made)

    def as_json(self) -> dict[str, float]:
        figures = {"precision": self.precision, "recall": self.recall, "f1": self.f1}
        return {name: round(value, 3) for name, value in figures.items()} | vars(self)


def edits(before: str, after: str) -> set[Edit]:
    """Which words of the one became what in the other."""
    one, other = ([word.lower().replace("ё", "е") for word in _WORD.findall(text)] for text in (before, after))
    matched = SequenceMatcher(None, one, other, autojunk=False).get_opcodes()
    return {(i, j, " ".join(other[k:n])) for tag, i, j, k, n in matched if tag != "equal"}


def by_slips(text: str) -> str:
    """As the product corrects."""
    written, place = [], 0
    for slip in slips(text, tokenize(text)):
        written += [text[place : slip.start], slip.suggestion]
        place = slip.end
    return "".join([*written, text[place:]])


def by_dictionary(text: str) -> str:
    """Every unknown word becomes the most usual one that is a letter away."""
    return _WORD.sub(lambda found: _nearest(found.group()), text)


def _nearest(word: str) -> str:
    small = word.lower().replace("ё", "е")
    if is_word(small) or not small.isalpha():
        return word
    near = [other for other in one_slip_away(small, "абвгдежзийклмнопрстуфхцчшщъыьэюя") if is_word(other)]
    return max(near, key=frequency, default=word)


def measured(pairs: list[tuple[str, str]], correct: Callable[[str], str]) -> Counts:
    counts = Counts()
    for source, wanted in pairs:
        counts.add(edits(source, correct(source)), edits(source, wanted))
    return counts


def test_spelling() -> None:
    folder = Path(os.environ["AURICLE_BENCH_DATA"])
    sources, corrections = (
        (folder / name).read_text("utf-8").splitlines() for name in ("sources.txt", "corrections.txt")
    )
    pairs = list(zip(sources, corrections, strict=True))
    ours, dictionary = measured(pairs, by_slips), measured(pairs, by_dictionary)
    halves = [measured(pairs[start::2], by_slips).as_json() for start in (0, 1)]
    facts = {
        "command": "auricle bench spelling --data DIR",
        "date": datetime.now(UTC).date().isoformat(),
        "sentences": len(pairs),
        "ours": ours.as_json(),
        "even_lines_seen_while_writing": halves[0],
        "odd_lines_never_seen": halves[1],
        "dictionary_only": dictionary.as_json(),
    }
    print(json.dumps(facts, ensure_ascii=False, indent=1))
    if out := os.environ.get("AURICLE_BENCH_OUT"):
        Path(out).write_text(json.dumps(facts, ensure_ascii=False, indent=1) + "\n", "utf-8")
    assert edits("мы незнаем что", "мы не знаем что") == {(1, 2, "не знаем")}
