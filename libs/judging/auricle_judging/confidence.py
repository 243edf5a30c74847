"""Confidence is the probability that the model gave to the tokens of its answer, never a number that it wrote.

Tokens do not respect code points or JSON, so both are laid over the same bytes: the tokens' own, and those of the text.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class Token:
    """A generated token: its bytes, and the natural logarithm of its probability."""

    data: bytes
    logprob: float


def probability(tokens: Sequence[Token], text: str, start: int, end: int) -> float | None:
    """Joint probability of the tokens that overlap `text[start:end]` (code points); None when they are not this text's tokens."""
    whole, said = text.encode(), b"".join(token.data for token in tokens)
    shift = said.find(whole)
    if not tokens or shift < 0 or start >= end:
        return None
    first = shift + len(text[:start].encode())
    last = first + len(text[start:end].encode())
    logprob, position = 0.0, 0
    for token in tokens:
        if position < last and position + len(token.data) > first:
            logprob += token.logprob
        position += len(token.data)
    return min(1.0, math.exp(logprob)) if math.isfinite(logprob) else None
