"""The one door to whatever turns sound into words. An engine sees windows of sound, never tracks, calls or stores."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

Sound = NDArray[np.float32]  # mono, 16 kHz, -1..1
MAX_WINDOW_SECONDS = 30.0


@dataclass(frozen=True)
class EngineFacts:
    """`name` goes into the transcript and the ledger; `device` is `cpu` or a GPU's name; `demo_weights` is said in reports.

    `languages`: codes that `decode` may be asked for; empty: any. `weights`: the hash of the weights' files, "" where a server keeps them.
    `samples`: whether a temperature above 0 gives another answer; `is_told`: whether it takes hot words.
    `routes`: languages that another engine behind the same door hears.
    """

    name: str
    device: str
    demo_weights: bool = False
    window_seconds: float = MAX_WINDOW_SECONDS
    languages: frozenset[str] = frozenset()
    weights: str = ""
    samples: bool = True
    is_told: bool = False
    routes: Mapping[str, "EngineFacts"] = field(default_factory=dict, hash=False)

    def of(self, language: str | None) -> "EngineFacts":
        """The facts of the engine that hears this language."""
        return self.routes.get(language or "", self)

    @property
    def named(self) -> str:
        """What the ledger calls it: the name with the first digits of the weights' hash."""
        return f"{self.name}@{self.weights[:12]}" if self.weights else self.name


@dataclass(frozen=True)
class RecognisedWord:
    """A word with its place in the window, in seconds."""

    text: str
    start_s: float
    end_s: float
    probability: float


@dataclass(frozen=True)
class Hypothesis:
    """What an engine made of one window. `avg_logprob` is per token, `no_speech_prob` the model's own doubt, `language` "" if unknown."""

    words: tuple[RecognisedWord, ...]
    language: str
    avg_logprob: float = 0.0
    no_speech_prob: float = 0.0
    temperature: float = 0.0

    @property
    def text(self) -> str:
        """The words in a row."""
        return " ".join(word.text for word in self.words)


class SpeechEngine(Protocol):
    """Engines raise SpeechEngineFailed or SpeechServerUnavailable; they never judge their own output."""

    @property
    def facts(self) -> EngineFacts:
        """What the engine is."""
        ...

    async def is_up(self) -> bool:
        """Whether it would answer now."""
        ...

    async def close(self) -> None:
        """Let go of connections."""
        ...

    async def detect_language(self, sound: Sound) -> str:
        """ISO 639-1 code of the language spoken in this window, "" when the engine can only tell from the words."""
        ...

    async def decode(
        self, sounds: Sequence[Sound], languages: Sequence[str], temperature: float, hot_words: Sequence[str] = ()
    ) -> list[Hypothesis]:
        """One result per sound, in order. A temperature above 0 samples: the second try of a window that failed.

        `hot_words`, the most important first, are a hint to engines that can be told; the others leave them.
        """
        ...
