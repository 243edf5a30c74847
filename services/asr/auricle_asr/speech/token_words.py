"""Words out of timed tokens, as CTC and transducer models give them: a token with a space before it begins a word."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from math import exp

from auricle_asr.speech.engine import RecognisedWord

TOKEN_S, LETTER_S = 0.08, 0.06
"""Such a model says where a token is emitted, not where its sound ends: a word lasts this much for its last token, or for its letters."""


@dataclass(frozen=True)
class Token:
    """A piece of text as it was written, space and all; when it was emitted (seconds of the window), and its log probability."""

    text: str
    start_s: float
    logprob: float


def words_of(tokens: Iterable[Token], length_s: float) -> tuple[RecognisedWord, ...]:
    """Words in the order of time, inside a window of `length_s`; each ends before the next begins and is as sure as its mean token."""
    groups: list[list[Token]] = []
    open_word = False
    for token in tokens:
        open_word = open_word and not token.text[:1].isspace()
        if token.text.strip():
            if not open_word:
                groups.append([])
            groups[-1].append(token)
        open_word = bool(token.text.strip()) and not token.text[-1:].isspace()
    starts = [min(max(0.0, group[0].start_s), length_s) for group in groups]
    ends = [*starts[1:], length_s]
    return tuple(_word(group, start, end) for group, start, end in zip(groups, starts, ends, strict=False))


def mean_logprob(tokens: Sequence[Token]) -> float:
    """Per token, as Whisper has it; 0 without tokens."""
    return sum(token.logprob for token in tokens) / len(tokens) if tokens else 0.0


def moved(tokens: Iterable[Token], latency_s: float) -> list[Token]:
    """The same tokens when they were said, for a model that writes them `latency_s` later."""
    return [replace(token, start_s=max(0.0, token.start_s - latency_s)) for token in tokens]


def _word(tokens: Sequence[Token], start_s: float, limit_s: float) -> RecognisedWord:
    text = "".join(token.text for token in tokens).strip()
    spoken_s = max(tokens[-1].start_s + TOKEN_S, start_s + LETTER_S * len(text))
    sure = sum(min(1.0, exp(token.logprob)) for token in tokens) / len(tokens)
    return RecognisedWord(text, start_s, max(start_s, min(spoken_s, limit_s)), sure)
