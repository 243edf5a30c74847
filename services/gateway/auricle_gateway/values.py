"""Times and numbers that no store keeps, refused before one is asked. Pure."""

import math
import re
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Annotated

from auricle_contracts import ConversationIn, ConversationPatch, MetadataValue
from pydantic import BeforeValidator

from auricle_gateway.errors import InvalidRequest

# Outside of these no conversation took place, and Postgres, Arrow and Excel disagree about what a time is.
FIRST_TIME, LAST_TIME = datetime(1970, 1, 1, tzinfo=UTC), datetime(2200, 1, 1, tzinfo=UTC)


def _spelt_out(value: object) -> object:
    """In a query, pydantic would read 0.5 as a moment of 1970."""
    if isinstance(value, str) and not re.match(r"\d{4}-\d\d-\d\d", value):
        raise ValueError("a time is written as 2026-11-02T09:15:00Z")
    return value


Moment = Annotated[datetime, BeforeValidator(_spelt_out)]


def in_utc(moment: datetime | None) -> datetime | None:
    """A time without a zone is read as UTC. Raises InvalidRequest outside of 1970 to 2200."""
    if moment is None:
        return None
    aware = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
    try:
        found = aware.astimezone(UTC)
    except OverflowError:
        found = datetime.max.replace(tzinfo=UTC)
    if not FIRST_TIME <= found < LAST_TIME:
        raise InvalidRequest("a time lies outside of 1970 to 2200")
    return found


def storable(conversation: ConversationIn) -> ConversationIn:
    """The description with its time in UTC."""
    _check(conversation.metadata)
    return conversation.model_copy(update={"started_at": in_utc(conversation.started_at)})


def patchable(change: ConversationPatch) -> ConversationPatch:
    """A patch with its time in UTC; only fields that the caller set stay set."""
    _check(change.metadata or {})
    return change.model_copy(update={"started_at": in_utc(change.started_at)}) if change.started_at else change


def _check(metadata: Mapping[str, MetadataValue]) -> None:
    """JSON's 1e999 is infinite, which jsonb does not know."""
    if any(isinstance(value, float) and not math.isfinite(value) for value in metadata.values()):
        raise InvalidRequest("a number in metadata is too large")
