"""Sentences that Whisper invents over silence and music: it has read too many subtitles. The lists are data."""

import re
from collections.abc import Iterable
from dataclasses import dataclass

from auricle_asr.speech.engine import Hearing

_NOT_WORD = re.compile(r"[^\w]+")
DOUBT_LOGPROB, DOUBT_NO_SPEECH = -0.5, 0.3


def normalised(text: str) -> str:
    """Lower case, ё as е, punctuation and runs of space as one space."""
    return _NOT_WORD.sub(" ", text.lower().replace("ё", "е")).strip()


@dataclass(frozen=True)
class KnownInventions:
    """`always`: nobody says this on the telephone. `doubtful`: people do, so it needs a second sign."""

    always: frozenset[str]
    doubtful: frozenset[str]

    @classmethod
    def of(cls, always: Iterable[str], doubtful: Iterable[str]) -> "KnownInventions":
        """From lines of text as they are written."""
        return cls(frozenset(map(normalised, always)), frozenset(map(normalised, doubtful)))

    def invented(self, heard: Hearing) -> bool:
        """Whether the whole window is one of them. Part of a longer text is left alone."""
        said = normalised(heard.text)
        unsure = heard.avg_logprob < DOUBT_LOGPROB or heard.no_speech_prob > DOUBT_NO_SPEECH
        return (
            said in self.always
            or any(said.startswith(f"{one} ") for one in self.always)
            or (said in self.doubtful and unsure)
        )
