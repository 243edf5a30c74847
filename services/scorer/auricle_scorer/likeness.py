"""Which of an agent's past messages may be nearly this one: an index over their words and pairs of words, which holds no words. Pure.

text ─► terms (hashes) ─► postings, rarest first, up to a budget ─► the past messages that share most ─► rapidfuzz, in the rules service
"""

import re
from array import array
from collections import Counter
from collections.abc import Iterable, Sequence
from itertools import pairwise
from zlib import crc32

from auricle_contracts.masking import PLACEHOLDER

MOST_CHARS = 1_000
LEAST_WORDS = 6
MOST_VISITED = 5_000  # postings a question; what every message has tells nothing
_WORD = re.compile(r"[^\W_]+")


def normal(text: str) -> str:
    """As messages are compared: without the numbers of placeholders, so that "[ИМЯ_2]" is whom "[ИМЯ_1]" was elsewhere."""
    return PLACEHOLDER.sub(lambda found: found.group().rpartition("_")[0] + "]", text.strip())[:MOST_CHARS]


def is_long(text: str) -> bool:
    """Whether repeating it says something; "да, конечно" does not."""
    return len(_WORD.findall(text)) >= LEAST_WORDS


def terms(text: str) -> list[int]:
    """Signed 32-bit hashes of the words and of the pairs of neighbours, each once, sorted."""
    words = _WORD.findall(text.lower())
    return sorted({crc32(term.encode()) - 2**31 for term in (*words, *map(" ".join, pairwise(words)))})


class PastIndex:
    """Grows message by message. Ids are places in the order of adding."""

    def __init__(self) -> None:
        self._ids = array("q")
        self._postings: dict[int, array[int]] = {}
        self._known: set[int] = set()
        self._newest = 0

    def __len__(self) -> int:
        return len(self._ids)

    @property
    def newest(self) -> int:
        """The largest id, 0 of nothing."""
        return self._newest

    def known_after(self, number: int) -> list[int]:
        """The ids behind this one."""
        return [one for one in range(number + 1, self._newest + 1) if one in self._known]

    def add(self, messages: Iterable[tuple[int, Sequence[int]]]) -> None:
        """Ids with their terms; one that is known is passed over."""
        for number, found in messages:
            if number in self._known:
                continue
            self._known.add(number)
            self._newest = max(self._newest, number)
            place = len(self._ids)
            self._ids.append(number)
            for term in found:
                self._postings.setdefault(term, array("l")).append(place)

    def candidates(self, found: Sequence[int], limit: int) -> list[int]:
        """Ids of the messages that share most of these terms, the most first."""
        postings = sorted((self._postings[term] for term in found if term in self._postings), key=len)
        shared: Counter[int] = Counter()
        visited = 0
        for posting in postings:
            visited += len(posting)
            if visited > MOST_VISITED and shared:
                break
            shared.update(posting)
        return [self._ids[place] for place, _ in shared.most_common(limit)]
