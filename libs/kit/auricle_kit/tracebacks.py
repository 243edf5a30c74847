"""An exception as a log may hold it: frames and types, in the order in which they were raised, without their words.

The text of a foreign error quotes its input: pydantic prints the value that does not fit, SQLAlchemy a statement's parameters.
"""

import sys
import traceback
from collections.abc import Iterator, MutableMapping
from typing import Any

MOST_LINKED = 20
WORDS_TOLD = (OSError, ImportError)
"""Their words are the system's: a path, an address, an errno."""


def without_words(_logger: Any, _method: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    """A structlog processor: `exc_info` becomes the field `exception`."""
    error = _error(event.pop("exc_info", None))
    if error is not None:
        event["exception"] = told(error)
    return event


def without_reprs(_logger: Any, _method: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    """A structlog processor: asyncio writes a lost task, and its error, into the lines under its message."""
    if event.get("logger") == "asyncio":
        event["event"] = str(event.get("event", "")).partition("\n")[0]
    return event


def told(error: BaseException) -> str:
    """The error with what caused it, the first cause first, and what a group holds."""
    return "\n".join(line for one in reversed(list(_linked(error))) for line in _told(one))


def _error(info: Any) -> BaseException | None:
    if isinstance(info, BaseException):
        return info
    found = info[1] if isinstance(info, tuple) else sys.exc_info()[1] if info else None
    return found if isinstance(found, BaseException) else None


def _linked(error: BaseException) -> Iterator[BaseException]:
    """The error, its cause, the cause's cause; a ring of causes ends at its limit."""
    one: BaseException | None = error
    for _ in range(MOST_LINKED):
        if one is None:
            return
        yield one
        one = one.__cause__ or (None if one.__suppress_context__ else one.__context__)


def _told(error: BaseException) -> Iterator[str]:
    yield "".join(traceback.format_tb(error.__traceback__)) + _name(error)
    for inner in getattr(error, "exceptions", ()) if isinstance(error, BaseExceptionGroup) else ():
        yield from (f"  | {line}" for line in told(inner).splitlines())


def _name(error: BaseException) -> str:
    name = f"{type(error).__module__}.{type(error).__qualname__}".removeprefix("builtins.")
    return f"{name}: {error}" if isinstance(error, WORDS_TOLD) else name
