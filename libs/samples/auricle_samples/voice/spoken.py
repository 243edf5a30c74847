"""A written turn as it is said: sentences of bare lower-case words, which is also how recognisers write."""

from __future__ import annotations

import re

_SENTENCE_END = re.compile(r"(?<=[.!?…])\s+")
_NOT_SPOKEN = re.compile(r"[^\w\s-]|(?<!\w)-|-(?!\w)|_|\d")


def spoken_sentences(text: str) -> list[str]:
    """Sentences without punctuation; digits are dropped, since a synthesiser would read them as words nobody wrote."""
    sentences = (" ".join(_NOT_SPOKEN.sub(" ", part.lower()).split()) for part in _SENTENCE_END.split(text))
    return [sentence for sentence in sentences if sentence]
