"""Postgres takes neither U+0000 nor half a surrogate pair. Both come from outside (callers, models) and become U+FFFD on the way in.

A time without a zone is taken as UTC. All this is done by column type and JSON serializer, so that no statement can forget it, nor any
look-up by a hostile id fail.
"""

import json
import re
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import DateTime, Dialect, Text, TypeDecorator

_REFUSED = re.compile("[\x00\ud800-\udfff]")


def storable(value: str) -> str:
    """The text as Postgres can keep it."""
    return _REFUSED.sub("\ufffd", value)


def to_json(document: object) -> str:
    """JSON as jsonb can keep it."""
    encoded = json.dumps(document, ensure_ascii=False)
    if "\\u0000" in encoded:  # perhaps an escaped NUL, perhaps a backslash followed by the letters: the slow way knows
        encoded = json.dumps(cleaned(document), ensure_ascii=False)
    return storable(encoded)


def cleaned(document: Any) -> Any:
    """The document with every text storable."""
    if isinstance(document, str):
        return storable(document)
    if isinstance(document, list | tuple):
        return [cleaned(item) for item in document]
    if isinstance(document, dict):
        return {storable(str(key)): cleaned(item) for key, item in document.items()}
    return document


class Words(TypeDecorator[str]):
    """Text that is made storable when it is bound."""

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: str | None, dialect: Dialect) -> str | None:  # noqa: ARG002 (SQLAlchemy's signature)
        return None if value is None else storable(value)


class Moment(TypeDecorator[datetime]):
    """A time with its zone; one without is UTC. Times that Postgres cannot count become the nearest that it can."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:  # noqa: ARG002 (SQLAlchemy's signature)
        if value is None or value.tzinfo is None:
            return value and value.replace(tzinfo=UTC)
        try:
            return value.astimezone(UTC)
        except OverflowError:  # year 1 or 9999, and a zone that leads out of it
            return value.replace(tzinfo=UTC)
