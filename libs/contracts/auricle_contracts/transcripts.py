"""The turns of a conversation, and the places inside them that evidence points to."""

from bisect import bisect_right
from typing import Annotated, Literal

from pydantic import Field, model_validator

from auricle_contracts.contract import Contract
from auricle_contracts.vocabulary import Role

JUDGED_AS_AGENT = frozenset({Role.AGENT, Role.BOT})
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


class SetApart(Contract):
    """A part of a source that is not its sender's words here: what he quotes, or his signature."""

    kind: Literal["quoted", "signature"]
    span: Span


class SourceText(Contract):
    """What came in place of a turn's text, and the way back from the one to the other.

    A piece is (start in the turn's text, start in `text`, length in `text`), in code points, up to the next piece; where its two
    lengths are equal it is one to one, else it counts whole; the last one is the end. `apart` is in `text` only.
    """

    text: str
    pieces: tuple[tuple[int, int, int], ...]
    apart: tuple[SetApart, ...] = ()

    def span_of(self, span: Span) -> Span:
        """Where a span of the turn's text lies in what came."""
        start = self._place(span.start)[0]
        return Span(start=start, end=max(start, self._place(span.end - 1)[1]) if span.end > span.start else start)

    def _place(self, place: int) -> tuple[int, int]:
        """The source's `[start, end)` of one code point of the turn's text."""
        number = bisect_right(self.pieces, place, key=lambda piece: piece[0]) - 1
        first, start, length = self.pieces[number]
        following = self.pieces[number + 1][0] if number + 1 < len(self.pieces) else first
        offset = place - first
        return (start + offset, start + offset + 1) if following - first == length else (start, start + length)


class Turn(Contract):
    """One utterance. `id` counts from 1 inside the transcript. Times are None in chats and e-mails without times.

    `text` is normalised: NFC, plain spaces and hyphens, no markup, no quoted tail; `source` is what came where that differs.

    `language` is what most of its words were heard in; None for written ones, and where nobody knows.

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
    source: SourceText | None = None


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
    `engine` names what heard it ("" for text channels), `weights` is the SHA-256 of its weights ("" where a server does not say it),
    `demo_weights` is true when the project's small demo models did.
    """

    conversation_id: str
    revision: int = 1
    language: str | None = None
    turns: tuple[Turn, ...]
    duration_ms: int | None = None
    engine: str = ""
    weights: str = ""
    demo_weights: bool = False
    flags: tuple[str, ...] = ()
    tones: tuple[TurnTone, ...] = ()

    def answerable_for(self, turn_id: int, otherwise: str | None = None) -> str | None:
        """Whose error words of this turn are: the speaker's, if an agent; else `otherwise`; else the next agent's, or the last one's."""
        turn = next((one for one in self.turns if one.id == turn_id), None)
        if turn is not None and turn.role in JUDGED_AS_AGENT:
            return turn.participant
        if otherwise is not None:
            return otherwise
        agents = [one for one in self.turns if one.role in JUDGED_AS_AGENT]
        later = [one for one in agents if one.id > turn_id]
        return later[0].participant if later else agents[-1].participant if agents else None
