"""What a criterion cost: the tokens of its own answer, and an even part of everything that serves all of them.

Even, because a rubric, a transcript and a reasoning are read and written once for all criteria of a prompt: without one of them the
rest would still be needed. The parts are whole tokens and add up to what the server counted.
"""

from collections.abc import Mapping, Sequence

from auricle_judging import replies
from auricle_judging.confidence import Token


def by_criterion(names: Sequence[str], own: Mapping[str, int], total: int) -> dict[str, int]:
    """All `total` tokens over the criteria; the odd ones of the shared part go to the first. Empty without criteria."""
    if not names:
        return {}
    mine = _capped({name: own.get(name, 0) for name in names}, total)
    even, odd = divmod(total - sum(mine.values()), len(names))
    return {name: mine[name] + even + (number < odd) for number, name in enumerate(names)}


def own_tokens(text: str, names: Sequence[str], tokens: Sequence[Token], tokens_out: int) -> dict[str, int]:
    """Tokens of each criterion's value in a reply that parses; where the server gave no tokens, by the share of characters."""
    places = {name: place for name in names if (place := replies.locate(text, [name])) is not None}
    starts = _starts(text, tokens)
    if starts is None:
        return {name: tokens_out * (end - start) // max(1, len(text)) for name, (start, end) in places.items()}
    return {name: _within(starts, text, place) for name, place in places.items()}


def _starts(text: str, tokens: Sequence[Token]) -> list[int] | None:
    """Where each token begins in the text's bytes; None when they are not this text's tokens."""
    shift = b"".join(token.data for token in tokens).find(text.encode())
    if not tokens or shift < 0:
        return None
    starts, position = [], -shift
    for token in tokens:
        starts.append(position)
        position += len(token.data)
    return starts


def _within(starts: Sequence[int], text: str, place: tuple[int, int]) -> int:
    """A token belongs to the value in which it begins, so that none counts for two."""
    first, last = (len(text[:end].encode()) for end in place)
    return sum(first <= start < last for start in starts)


def _capped(own: dict[str, int], total: int) -> dict[str, int]:
    """A server may count fewer tokens than it shows; nobody gets more than there are."""
    left, kept = total, {}
    for name, count in own.items():
        kept[name] = min(count, left)
        left -= kept[name]
    return kept
