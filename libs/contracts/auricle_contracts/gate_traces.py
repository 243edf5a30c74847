"""What a candidate was asked of a golden item, and what it answered: kept for a while, to see why a gate refused it."""

from datetime import datetime
from typing import Annotated

from pydantic import Field

from auricle_contracts.contract import Contract

MOST_BYTES = 200_000
"""Of one item's calls as JSON; later calls are left out."""
KEPT_DAYS = 30


class PromptMessage(Contract):
    """A message of a prompt."""

    role: Annotated[str, Field(max_length=20)]
    content: str


class ModelCall(Contract):
    """One question to a model: the whole prompt, the answer as it came, tokens, and seconds of work."""

    messages: tuple[PromptMessage, ...]
    answer: str
    tokens_in: Annotated[int, Field(ge=0)]
    tokens_out: Annotated[int, Field(ge=0)]
    seconds: Annotated[float, Field(ge=0)]


class GateTraceIn(Contract):
    """The calls of an item's first run, in their order. `left_out`: so many were too long to be kept."""

    calls: Annotated[tuple[ModelCall, ...], Field(max_length=200)]
    left_out: Annotated[int, Field(ge=0)] = 0


class GateTrace(GateTraceIn):
    """As it is kept."""

    artefact_id: str
    golden_id: str
    created_at: datetime


def fitted(calls: tuple[ModelCall, ...]) -> GateTraceIn:
    """As many as MOST_BYTES hold."""
    kept: list[ModelCall] = []
    size = 0
    for one in calls:
        size += len(one.model_dump_json().encode())
        if size > MOST_BYTES:
            break
        kept.append(one)
    return GateTraceIn(calls=tuple(kept), left_out=len(calls) - len(kept))
