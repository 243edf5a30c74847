"""What of an engine's output is to be believed. Pure: numbers and words in, a verdict out.

faster-whisper's batched mode documents these thresholds as unused arguments, and its temperature list as cut to the first value; the
sequential mode applies them inside itself. Here they stand once, for every engine.
"""

import zlib
from collections.abc import Sequence
from dataclasses import dataclass, replace
from enum import StrEnum

from auricle_asr.speech.engine import Hypothesis, RecognisedWord
from auricle_asr.speech.phrases import normalised


class Verdict(StrEnum):
    """good ─ used.  silence ─ dropped.  the rest ─ decoded again at the next temperature."""

    GOOD = "good"
    SILENCE = "silence"
    REPETITIVE = "repetitive"
    UNSURE = "unsure"
    LOOP = "loop"
    TOO_FAST = "too_fast"


@dataclass(frozen=True)
class Thresholds:
    """Whisper's published values; a loop is `loop_repeats` of the same 1 to 8 words in a row, six of a single word."""

    compression_ratio: float = 2.4
    log_prob: float = -1.0
    no_speech: float = 0.6
    loop_repeats: int = 4
    single_word_repeats: int = 6
    words_per_second: float = 9.0


LONGEST_LOOP_WORDS = 8


def verdict(heard: Hypothesis, seconds: float, thresholds: Thresholds) -> Verdict:
    """What to do with this window, which lasts `seconds`."""
    surely_silent = heard.no_speech_prob > thresholds.no_speech and heard.avg_logprob < thresholds.log_prob
    if not heard.words or surely_silent:
        return Verdict.SILENCE
    doubts = {
        Verdict.REPETITIVE: compression_ratio(heard.text) > thresholds.compression_ratio,
        Verdict.LOOP: find_loop([word.text for word in heard.words], thresholds) is not None,
        Verdict.UNSURE: heard.avg_logprob < thresholds.log_prob,
        Verdict.TOO_FAST: len(heard.words) > max(4.0, thresholds.words_per_second * seconds),
    }
    return next((doubt for doubt, found in doubts.items() if found), Verdict.GOOD)


def compression_ratio(text: str) -> float:
    """UTF-8 bytes over zlib bytes, as Whisper has it."""
    raw = text.encode()
    return len(raw) / len(zlib.compress(raw))


@dataclass(frozen=True)
class Loop:
    """Words `start` to `end` say the `length` words at `start` again and again."""

    start: int
    end: int
    length: int


def find_loop(words: Sequence[str], thresholds: Thresholds) -> Loop | None:
    """The first loop, or None. "да да да" is speech; the same eight words four times is not."""
    said = [normalised(word) for word in words]
    for start in range(len(said)):
        for length in range(1, LONGEST_LOOP_WORDS + 1):
            repeats = _repeats(said, start, length)
            if repeats >= (thresholds.single_word_repeats if length == 1 else thresholds.loop_repeats):
                return Loop(start, start + repeats * length, length)
    return None


def _repeats(said: Sequence[str], start: int, length: int) -> int:
    unit, count = said[start : start + length], 1
    while said[start + count * length : start + (count + 1) * length] == unit:
        count += 1
    return count if len(unit) == length else 1


def without_loops(heard: Hypothesis, thresholds: Thresholds) -> Hypothesis:
    """Each loop said once: what is left when every temperature loops."""
    words: list[RecognisedWord] = list(heard.words)
    while (loop := find_loop([word.text for word in words], thresholds)) is not None:
        del words[loop.start + loop.length : loop.end]
    return replace(heard, words=tuple(words))


def better(one: Hypothesis, other: Hypothesis, thresholds: Thresholds) -> Hypothesis:
    """Of two failed attempts: one that does not repeat itself, then the likelier."""

    def rank(heard: Hypothesis) -> tuple[bool, float]:
        return compression_ratio(heard.text) <= thresholds.compression_ratio, heard.avg_logprob

    return max(one, other, key=rank)
