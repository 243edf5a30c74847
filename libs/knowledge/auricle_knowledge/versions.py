"""Ids of passages over an article's versions: one keeps its id while others change, move or go, and while its own words change a little."""

from collections import defaultdict, deque
from collections.abc import Sequence
from difflib import SequenceMatcher

from auricle_contracts.knowledge import Passage

SIMILAR = 0.5
_NEAR = 50


def numbered(now: Sequence[Passage], before: Sequence[Passage], first_free: int) -> tuple[tuple[Passage, ...], int]:
    """The passages of `now` under the ids that they had in `before`, and the next number that was never used.

    An id is `p` and a number. First passages of the same words in the same order, then of the same words elsewhere, then of likewise
    words in the same place; what is left is new.
    """
    ids = _ids([_key(one) for one in now], [_key(one) for one in before], [one.id for one in before])
    found = []
    for passage, known in zip(now, ids, strict=True):
        found.append(passage.model_copy(update={"id": known or f"p{first_free}"}))
        first_free += known is None
    return tuple(found), first_free


def _key(passage: Passage) -> str:
    return " ".join(passage.text.casefold().split())


def _ids(now: Sequence[str], before: Sequence[str], known: Sequence[str]) -> list[str | None]:
    found: list[str | None] = [None] * len(now)
    free = dict(enumerate(known))
    changes = SequenceMatcher(None, before, now, autojunk=False).get_opcodes()
    for kind, start, end, at, _ in changes:
        if kind == "equal":
            for place in range(start, end):
                found[at + place - start] = free.pop(place)
    _moved(now, before, free, found)
    for kind, start, end, at, until in changes:
        if kind == "replace":
            _reworded(now, before, range(start, end), range(at, until), free, found)
    return found


def _moved(now: Sequence[str], before: Sequence[str], free: dict[int, str], found: list[str | None]) -> None:
    elsewhere: defaultdict[str, deque[int]] = defaultdict(deque)
    for place in free:
        elsewhere[before[place]].append(place)
    for place, words in enumerate(now):
        if found[place] is None and elsewhere[words]:
            found[place] = free.pop(elsewhere[words].popleft())


def _reworded(
    now: Sequence[str], before: Sequence[str], olds: range, news: range, free: dict[int, str], found: list[str | None]
) -> None:
    for place in news:
        if found[place] is not None:
            continue
        near = [old for old in olds if old in free and abs((old - olds.start) - (place - news.start)) <= _NEAR]
        best = max(near, key=lambda old: _likeness(before[old], now[place]), default=None)
        if best is not None and _likeness(before[best], now[place]) >= SIMILAR:
            found[place] = free.pop(best)


def _likeness(one: str, other: str) -> float:
    """Dice's coefficient over words, 0 to 1."""
    first, second = set(one.split()), set(other.split())
    return 2 * len(first & second) / (len(first) + len(second) or 1)
