"""A text under construction of which every character knows the code points of the source that it came from."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple


class Char(NamedTuple):
    """`text` (one code point) stands for the source's `[start, end)`; `quoted`: inside a quotation that the markup names."""

    text: str
    start: int
    end: int
    quoted: bool = False


@dataclass(slots=True)
class OffsetText:
    """Characters in order."""

    chars: list[Char] = field(default_factory=list)

    @classmethod
    def of(cls, source: str) -> "OffsetText":
        """The source itself."""
        return cls([Char(char, place, place + 1) for place, char in enumerate(source)])

    def __str__(self) -> str:
        return "".join(char.text for char in self.chars)

    def lines(self) -> Iterator[tuple[int, int]]:
        """`[start, end)` of each line with its break, as places in `chars`."""
        start = 0
        for place, char in enumerate(self.chars):
            if char.text == "\n":
                yield start, place + 1
                start = place + 1
        if start < len(self.chars):
            yield start, len(self.chars)


def pieces(chars: Sequence[Char]) -> tuple[tuple[int, int, int], ...]:
    """`(start in the text, start in the source, length in the source)` of each stretch, and the end; equal lengths are one to one."""
    found: list[tuple[int, int, int]] = []
    plain = False
    for place, char in enumerate(chars):
        width = char.end - char.start
        if found and plain and width == 1 and found[-1][1] + found[-1][2] == char.start:
            found[-1] = (found[-1][0], found[-1][1], found[-1][2] + 1)
            continue
        found.append((place, char.start, width))
        plain = width == 1
    end = chars[-1].end if chars else 0
    return (*found, (len(chars), end, 0))
