"""Times and numbers that no store keeps, refused before one is asked. Pure."""

import math
import re
from collections.abc import Mapping
from datetime import UTC, date, datetime
from typing import Annotated

from auricle_contracts import ConversationIn, ConversationPatch, MetadataValue, Moment
from auricle_contracts.conversations import spelt_out
from pydantic import BeforeValidator

from auricle_gateway.errors import InvalidRequest

# Outside of these no conversation took place, and Postgres, Arrow and Excel disagree about what a time is.
FIRST_TIME, LAST_TIME = datetime(1970, 1, 1, tzinfo=UTC), datetime(2200, 1, 1, tzinfo=UTC)


def _day_or_moment(value: object) -> object:
    """A day alone stays a day, which a moment at its midnight is not; a number is neither."""
    if isinstance(value, str) and re.fullmatch(r"\d{4}-\d\d-\d\d", value):
        return date.fromisoformat(value)
    return spelt_out(value)


DayOrMoment = Annotated[Moment | date, BeforeValidator(_day_or_moment)]


def day_or_moment(given: date | None) -> date | None:
    """A moment in UTC, or a day as it is. Raises InvalidRequest outside of 1970 to 2200."""
    if given is None or isinstance(given, datetime):
        return in_utc(given)
    if not FIRST_TIME.date() <= given < LAST_TIME.date():
        raise InvalidRequest("a day lies outside of 1970 to 2200")
    return given


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
