"""Expressions of a mapping: JMESPath with the few functions that vendors' payloads need. Pure.

time(value, zone?)          a moment as RFC 3339, from seconds, milliseconds or microseconds of Unix time, RFC 2822, ISO 8601; null for none
find(list, field, value)    the first object whose field has the value
match(text, pattern)        the first group of a regular expression, or null
replace(text, old, new)     plain words replaced
unquote(text)               percent-encoding undone, with "+" as a space
json(text)                  a text that holds JSON
sha256(text)                in hex
"""

import hashlib
import re
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Annotated, Any
from urllib.parse import unquote_plus
from zoneinfo import ZoneInfo

import jmespath
from jmespath import functions
from jmespath.exceptions import JMESPathError
from pydantic import BeforeValidator
from pydantic_core import from_json

_ANY: dict[str, list[str]] = {"types": []}
_TEXT = {"types": ["string", "null"]}
_COMPACT = re.compile(r"(\d{4})(\d\d)(\d\d)T?(\d\d)(\d\d)(\d\d)Z?")
_NUMBER = re.compile(r"\d{9,17}(\.\d+)?")


class Functions(functions.Functions):  # type: ignore[misc]  # jmespath has no types
    """What JMESPath lacks."""

    @functions.signature({**_ANY, "variadic": True})  # type: ignore[untyped-decorator]
    def _func_time(self, value: Any, *zone: Any) -> str | None:
        return moment(value, zone[0] if zone and isinstance(zone[0], str) else "UTC")

    @functions.signature({"types": ["array", "null"]}, {"types": ["string"]}, _ANY)  # type: ignore[untyped-decorator]
    def _func_find(self, items: list[Any] | None, field: str, value: Any) -> Any:
        return next((one for one in items or () if isinstance(one, dict) and one.get(field) == value), None)

    @functions.signature(_TEXT, {"types": ["string"]})  # type: ignore[untyped-decorator]
    def _func_match(self, text: str | None, pattern: str) -> str | None:
        found = re.search(pattern, text or "")
        return found[1] if found else None

    @functions.signature(_TEXT, {"types": ["string"]}, {"types": ["string"]})  # type: ignore[untyped-decorator]
    def _func_replace(self, text: str | None, old: str, new: str) -> str | None:
        return None if text is None else text.replace(old, new)

    @functions.signature(_TEXT)  # type: ignore[untyped-decorator]
    def _func_unquote(self, text: str | None) -> str | None:
        return None if text is None else unquote_plus(text)

    @functions.signature(_TEXT)  # type: ignore[untyped-decorator]
    def _func_json(self, text: str | None) -> Any:
        try:
            return from_json(text or "null", allow_inf_nan=False)
        except ValueError:
            return None

    @functions.signature({"types": ["string"]})  # type: ignore[untyped-decorator]
    def _func_sha256(self, text: str) -> str:
        return hashlib.sha256(text.encode()).hexdigest()


OPTIONS = jmespath.Options(custom_functions=Functions())


class Expression:
    """One compiled expression. Raises ValueError for what is no JMESPath."""

    def __init__(self, words: str) -> None:
        self.words = words
        try:
            self._compiled = jmespath.compile(words)
        except JMESPathError as error:
            raise ValueError(f"{words!r} is no JMESPath: {type(error).__name__}") from None

    def of(self, value: Any) -> Any:
        """Its value, an empty text as null. Raises ValueError where a function got what it does not take."""
        try:
            found = self._compiled.search(value, options=OPTIONS)
        except (JMESPathError, re.error, RecursionError, ArithmeticError, TypeError) as error:
            raise ValueError(f"{self.words} cannot be told ({type(error).__name__})") from None
        return None if found == "" else found


def _compiled(value: Any) -> Any:
    return Expression(value) if isinstance(value, str) else value


Path = Annotated[Expression, BeforeValidator(_compiled)]


def moment(value: Any, zone: str) -> str | None:
    """A vendor's time as RFC 3339 in UTC; one without a zone is of `zone`. None for none, and for what nobody reads as a time."""
    try:
        found = _moment(value, ZoneInfo(zone))
    except (ValueError, OverflowError, OSError, TypeError, KeyError):
        return None
    return found.astimezone(UTC).isoformat().replace("+00:00", "Z") if found else None


def _moment(value: Any, zone: ZoneInfo) -> datetime | None:
    text = str(value or "").strip().replace(" UTC", "Z")
    if not text or isinstance(value, bool):
        return None
    if _NUMBER.fullmatch(text):
        number = float(text)
        scale = 1e6 if number >= 1e14 else 1e3 if number >= 1e11 else 1.0
        return datetime.fromtimestamp(number / scale, UTC)
    if parts := _COMPACT.fullmatch(text):
        year, month, day, hour, minute, second = map(int, parts.groups())
        return datetime(year, month, day, hour, minute, second, tzinfo=UTC if text.endswith("Z") else zone)
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        found = parsedate_to_datetime(text)
    return found if found.tzinfo else found.replace(tzinfo=zone)
