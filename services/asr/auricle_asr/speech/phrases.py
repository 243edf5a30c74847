"""Sentences that Whisper invents over silence and music: it has read too many subtitles. The lists are data."""

import re
from collections.abc import Iterable
from dataclasses import dataclass

from auricle_contracts.folding import fold_word

from auricle_asr.speech.engine import Hypothesis

_NOT_WORD = re.compile(r"[^\w]+")
DOUBT_LOGPROB, DOUBT_NO_SPEECH = -0.5, 0.3
SURE_LOGPROB, SURE_NO_SPEECH = -0.2, 0.05
MOST_WORDS = 20


def normalised(text: str) -> str:
    """Lower case, ё as е, punctuation and runs of space as one space."""
    return _NOT_WORD.sub(" ", fold_word(text)).strip()


@dataclass(frozen=True)
class KnownInventions:
    """`subtitle_credits` name a maker of subtitles: no call has them. `rare` can be said, so they stand where they are surely heard.
    `doubtful` is said every day, so it needs a second sign.
    """

    subtitle_credits: re.Pattern[str]
    rare: re.Pattern[str]
    doubtful: frozenset[str]

    @classmethod
    def of(
        cls, subtitle_credits: Iterable[str] = (), rare: Iterable[str] = (), doubtful: Iterable[str] = ()
    ) -> "KnownInventions":
        """From lines of text as they are written; a `*` at the end of a line is a name of up to three words."""
        return cls(_repeated(subtitle_credits), _repeated(rare), frozenset(map(normalised, doubtful)))

    def invented(self, heard: Hypothesis) -> bool:
        """Whether the whole window is nothing but such sentences, and not surely heard. Part of a longer text is left alone."""
        text = normalised(heard.text)
        if text.count(" ") >= MOST_WORDS:
            return False
        is_sure = heard.avg_logprob >= SURE_LOGPROB and heard.no_speech_prob <= SURE_NO_SPEECH
        is_doubtful = heard.avg_logprob < DOUBT_LOGPROB or heard.no_speech_prob > DOUBT_NO_SPEECH
        return (
            self.subtitle_credits.fullmatch(text) is not None
            or (self.rare.fullmatch(text) is not None and not is_sure)
            or (text in self.doubtful and is_doubtful)
        )


def _repeated(lines: Iterable[str]) -> re.Pattern[str]:
    """One or more of the lines in a row; the pattern of no line matches nothing."""
    one = "|".join(map(_pattern, lines)) or "(?!)"
    return re.compile(f"(?:{one})(?: (?:{one}))*")


def _pattern(line: str) -> str:
    return re.escape(normalised(line)) + (r"(?: \w+){0,3}" if line.endswith("*") else "")
