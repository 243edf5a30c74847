"""Bodies and replies of the intake routes."""

from typing import Annotated

from auricle_contracts import Contract, Metadata, Participant, TurnIn
from auricle_contracts.conversations import MAX_TURNS
from pydantic import Field


class RevisionIn(Contract):
    """A grown chat or thread: all its turns, the old ones too. Without participants the earlier ones stay."""

    turns: Annotated[tuple[TurnIn, ...], Field(max_length=MAX_TURNS)]
    participants: Annotated[tuple[Participant, ...], Field(max_length=32)] | None = None
    metadata: Metadata = Field(default_factory=dict)
    expected_revision: Annotated[int, Field(ge=1, le=1_000_000)] | None = None
