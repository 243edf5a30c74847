"""Near duplicates among an agent's past messages: an inverted index over hashes of words and pairs of words, which holds no words. Pure.

text ─► terms (hashes) ─► postings, rarest first, up to a budget ─► the past messages that share most ─► rapidfuzz, in the rules service
"""

import heapq
import re
from array import array
from collections import Counter
from collections.abc import Iterable, Sequence
from itertools import pairwise
from zlib import crc32

import numpy as np
from auricle_contracts.masking import PLACEHOLDER

MOST_CHARS = 1_000
LEAST_WORDS = 6
PLACE_BITS = 32
PLACE_MASK = (1 << PLACE_BITS) - 1
MOST_VISITED = 5_000  # postings a question; what every message has tells nothing
_WORD = re.compile(r"[^\W_]+")


def comparable(text: str) -> str:
    """As messages are compared: without the numbers of placeholders, so that "[ИМЯ_2]" is whom "[ИМЯ_1]" was elsewhere."""
    return PLACEHOLDER.sub(lambda found: found.group().rpartition("_")[0] + "]", text.strip())[:MOST_CHARS]


def is_long(text: str) -> bool:
    """Whether repeating it says something; "да, конечно" does not."""
    return len(_WORD.findall(text)) >= LEAST_WORDS


def terms(text: str) -> list[int]:
    """Signed 32-bit hashes of the words and of the pairs of neighbours, each once, sorted."""
    words = _WORD.findall(text.lower())
    return sorted({crc32(term.encode()) - 2**31 for term in (*words, *map(" ".join, pairwise(words)))})


class InvertedIndex:
    """Grows message by message. A posting is a term and a place (the order of adding) in one sorted 64-bit number: 8 bytes, no more."""

    def __init__(self) -> None:
        self._ids = array("q")
        self._postings = np.empty(0, np.int64)
        self._known: set[int] = set()

    def __len__(self) -> int:
        return len(self._ids)

    @property
    def postings(self) -> int:
        """How many there are: what the index holds in memory."""
        return len(self._postings)

    def newest(self, count: int) -> list[int]:
        """The largest ids, at most so many, the largest first."""
        return heapq.nlargest(count, self._known)

    def add(self, messages: Iterable[tuple[int, Sequence[int]]]) -> None:
        """Ids with their terms; one that is known is passed over."""
        fresh: list[int] = []
        for number, found in messages:
            if number in self._known:
                continue
            self._known.add(number)
            place = len(self._ids)
            self._ids.append(number)
            fresh.extend((term << PLACE_BITS) + place for term in found)
        added = np.sort(np.array(fresh, np.int64))
        self._postings = np.insert(self._postings, np.searchsorted(self._postings, added), added)

    def candidates(self, found: Sequence[int], limit: int) -> list[int]:
        """Ids of the messages that share most of these terms, the most first."""
        keys = np.array(found, np.int64) << PLACE_BITS
        starts = np.searchsorted(self._postings, keys)
        ends = np.searchsorted(self._postings, keys + (1 << PLACE_BITS))
        shared: Counter[int] = Counter()
        visited = 0
        for start, end in sorted(zip(starts.tolist(), ends.tolist(), strict=True), key=lambda run: run[1] - run[0]):
            visited += end - start
            if visited > MOST_VISITED and shared:
                break
            shared.update((self._postings[start:end] & PLACE_MASK).tolist())
        return [self._ids[place] for place, _ in shared.most_common(limit)]
