"""A rule as its file says it: what it looks for (`conditions`), and who and where narrow the turns that it reads."""

from typing import Annotated

from auricle_contracts import (
    AnswerState,
    AnswerValue,
    Channel,
    Contract,
    CriterionKind,
    MetadataValue,
    PastMessage,
    Role,
)
from pydantic import Field

from auricle_criteria.artefact import Artefact, Title
from auricle_criteria.conditions import LookFor, answer_kind


class Where(Contract):
    """Only the first or the last so many turns of those who are read; `after` names a phrase rule: only turns after its first hit."""

    first: Annotated[int, Field(ge=1)] | None = None
    last: Annotated[int, Field(ge=1)] | None = None
    after: str | None = None


class ExampleTurn(Contract):
    """A turn of an example; who speaks, what, when."""

    role: Role
    text: str
    start_ms: int | None = None
    end_ms: int | None = None


class Example(Contract):
    """A small conversation and what the rule must answer. `quotes` are compared when given."""

    turns: tuple[ExampleTurn, ...]
    channel: Channel = Channel.CALL
    metadata: dict[str, MetadataValue] = Field(default_factory=dict)
    past: tuple[PastMessage, ...] | None = None
    state: AnswerState = AnswerState.ANSWERED
    value: AnswerValue = None
    quotes: tuple[str, ...] | None = None


class Rule(Artefact):
    """One file of `prompts/rules/`. `who` empty: everybody. A rule that names a role is undetermined where roles are unknown."""

    title: Title
    look_for: LookFor
    who: tuple[Role, ...] = ()
    where: Where = Where()
    examples: Annotated[tuple[Example, ...], Field(min_length=1)]

    @property
    def answer_kind(self) -> CriterionKind:
        """The shape of the answer's value."""
        return answer_kind(self.look_for)
