"""The turns of a conversation, and the places inside them that evidence points to."""

from typing import Annotated

from pydantic import Field, model_validator

from auricle_contracts.contract import Contract
from auricle_contracts.vocabulary import Role

Confidence = Annotated[float, Field(ge=0.0, le=1.0)]


class Span(Contract):
    """A half-open range of code points inside one turn's text."""

    start: Annotated[int, Field(ge=0)]
    end: Annotated[int, Field(ge=0)]

    @model_validator(mode="after")
    def _ordered(self) -> "Span":
        if self.end < self.start:
            raise ValueError("a span ends before it starts")
        return self


class Word(Contract):
    """One word as the speech engine heard it; ms from the start of the recording."""

    text: str
    start_ms: int
    end_ms: int
    confidence: Confidence


class Turn(Contract):
    """One utterance. `id` counts from 1 inside the transcript. Times are None in chats and e-mails without times.

    `confidence` is the mean word confidence; `role_confidence` is below 1 where the role was guessed (mono recordings).
    """

    id: Annotated[int, Field(ge=1)]
    participant: str
    role: Role
    text: str
    start_ms: int | None = None
    end_ms: int | None = None
    words: tuple[Word, ...] = ()
    confidence: Confidence | None = None
    role_confidence: Confidence = 1.0
    language: str | None = None


class TurnTone(Contract):
    """How a turn was said beside the median of the same speaker's turns: dB, semitones (of the median and of the 10-90 % range).

    `syllables_per_second` and `pause_share` (0-1) are absolute. `tension` is the weighted mean of the robust z scores of loudness, pitch
    and speed; `tense` marks a rise that is worth hearing. A figure about a voice, not about a feeling.
    """

    turn: Annotated[int, Field(ge=1)]
    loudness_db: float
    pitch_semitones: float
    pitch_range_semitones: float
    syllables_per_second: float
    pause_share: Annotated[float, Field(ge=0.0, le=1.0)]
    tension: float
    tense: bool


class Transcript(Contract):
    """The turns of one revision of a conversation, ordered by start.

    `tones` are those of the turns that had enough voice.
    `engine` names what heard it ("" for text channels), `demo_weights` is true when the project's small demo models did.
    """

    conversation_id: str
    revision: int = 1
    language: str | None = None
    turns: tuple[Turn, ...]
    duration_ms: int | None = None
    engine: str = ""
    demo_weights: bool = False
    flags: tuple[str, ...] = ()
    tones: tuple[TurnTone, ...] = ()
