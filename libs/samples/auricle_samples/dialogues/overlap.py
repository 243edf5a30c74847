"""How much of one set of dialogues another has already said: shared phrases of n words.

A number is one word however it is written: "на восемь тысяч семьсот рублей" says "на", a number and "рублей".
"""

import re
from collections.abc import Iterable, Iterator
from itertools import groupby

from auricle_samples.dialogues.dialogue import Dialogue
from auricle_samples.dialogues.numerals import en_words, ru_words

NUMBER = "#"
_NUMERALS = {part for number in range(1000) for part in (*ru_words(number).split(), *en_words(number).split())} | {
    "одна", "две", "тысяча", "тысячи", "тысяч", "thousand",
}  # fmt: skip
_WORD = re.compile(r"\w+(?:[-']\w+)*")


def phrases(dialogues: Iterable[Dialogue], length: int = 5) -> set[tuple[str, ...]]:
    """Every run of `length` words inside one turn, without case and punctuation."""
    return {phrase for dialogue in dialogues for turn in dialogue.turns for phrase in runs(turn.text, length)}


def runs(text: str, length: int) -> Iterator[tuple[str, ...]]:
    """The runs of `length` words of a text; a word said twice in a row counts once."""
    words = [word for word, _ in groupby(map(_word, _WORD.findall(text.casefold().replace("ё", "е"))))]
    return zip(*(words[start:] for start in range(length)), strict=False)


def _word(word: str) -> str:
    return NUMBER if word.isdigit() or word in _NUMERALS else word


def shared(one: Iterable[Dialogue], other: Iterable[Dialogue], length: int = 5) -> set[tuple[str, ...]]:
    """The phrases that both sets say."""
    return phrases(one, length) & phrases(other, length)
