"""Dialogues that people wrote by hand for error classes: every error that occurs, and what looks like one and is none.

A class that `errors` does not name does not occur in the dialogue. Places are a turn's number and verbatim words of it.
"""

from collections.abc import Iterator
from pathlib import Path
from typing import Annotated, Self

from auricle_contracts import Channel, Contract, Quote, Role, Span, Transcript, Turn
from pydantic import Field, model_validator

from auricle_samples.dialogues.dialogue import Language

Place = tuple[Annotated[int, Field(ge=1)], Annotated[str, Field(min_length=1)]]
Seconds = Annotated[float, Field(ge=0)]


class MarkedClass(Contract):
    """An error class and where it shows."""

    error_class: Annotated[str, Field(alias="class")]
    at: Annotated[tuple[Place, ...], Field(min_length=1)]


class NearMiss(MarkedClass):
    """What looks like an error of the class, and why it is none."""

    why: str


class MarkedDialogue(Contract):
    """One dialogue. `company` and `customer_name` as workspace and CRM know them; `times` are start and end of each turn of a call."""

    id: str
    lang: Language
    channel: Channel
    domain: str
    scenario: str
    company: str | None = None
    customer_name: str | None = None
    turns: Annotated[tuple[tuple[Role, str], ...], Field(min_length=1)]
    times: tuple[tuple[Seconds, Seconds], ...] | None = None
    errors: tuple[MarkedClass, ...] = ()
    near_misses: tuple[NearMiss, ...] = ()

    @model_validator(mode="after")
    def _places_are_there(self) -> Self:
        for marked in (*self.errors, *self.near_misses):
            for turn, words in marked.at:
                if turn > len(self.turns) or words not in self.turns[turn - 1][1]:
                    raise ValueError(f"{marked.error_class}: {words!r} is not in turn {turn}")
        return self

    @model_validator(mode="after")
    def _each_turn_has_its_time(self) -> Self:
        if self.times is not None and len(self.times) != len(self.turns):
            raise ValueError(f"{len(self.times)} times for {len(self.turns)} turns")
        return self

    @property
    def classes(self) -> frozenset[str]:
        """The classes that occur."""
        return frozenset(marked.error_class for marked in self.errors)

    def transcript(self) -> Transcript:
        """As a product would read it: one participant a role, turns numbered from 1."""
        times = self.times or ((None, None),) * len(self.turns)
        turns = tuple(
            Turn(id=number, participant=role.value, role=role, text=text, start_ms=_ms(start), end_ms=_ms(end))
            for number, ((role, text), (start, end)) in enumerate(zip(self.turns, times, strict=True), start=1)
        )
        length = max((turn.end_ms or 0 for turn in turns), default=0) if self.times else None
        return Transcript(conversation_id=self.id, turns=turns, language=self.lang, duration_ms=length)

    def places(self, error_class: str) -> tuple[Quote, ...]:
        """Where the class occurs."""
        found = [place for marked in self.errors if marked.error_class == error_class for place in marked.at]
        return tuple(self._quote(turn, words) for turn, words in found)

    def _quote(self, turn: int, words: str) -> Quote:
        start = self.turns[turn - 1][1].index(words)
        return Quote(turn=turn, span=Span(start=start, end=start + len(words)), text=words)


def _ms(seconds: float | None) -> int | None:
    return None if seconds is None else round(seconds * 1000)


def read_marked(path: Path) -> Iterator[MarkedDialogue]:
    """The dialogues of a file. ValidationError for a line that is out of form."""
    for line in path.read_text("utf-8").splitlines():
        if line.strip():
            yield MarkedDialogue.model_validate_json(line)
