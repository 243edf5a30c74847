"""Turns the ways in which Redis can be away into one error."""

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager

from redis import exceptions

from auricle_streams.errors import QueueUnavailable

AWAY = (
    "LOADING",
    "MISCONF",
    "OOM",
    "READONLY",
    "MASTERDOWN",
    "NOREPLICAS",
    "CLUSTERDOWN",
    "TRYAGAIN",
    "UNKILLABLE",
    "BUSY ",
)


@contextmanager
def answering() -> Iterator[None]:
    """Around every command: QueueUnavailable instead of the client's own errors; a wrong command stays what it is."""
    try:
        yield
        _heed_cancellation()
    except (exceptions.ConnectionError, exceptions.TimeoutError, OSError) as error:
        _heed_cancellation()
        raise QueueUnavailable(f"Redis does not answer: {type(error).__name__}") from error
    except exceptions.ResponseError as error:
        if str(error).startswith(AWAY) or isinstance(error, (exceptions.OutOfMemoryError, exceptions.ReadOnlyError)):
            raise QueueUnavailable(f"Redis refuses: {str(error)[:80]}") from error
        raise


def _heed_cancellation() -> None:
    """redis-py sends through `asyncio.wait_for`, and up to Python 3.11 that forgets a cancellation which meets the end of what it
    waits for (measured: every second one). The loop that was cancelled would go on for ever.
    """
    task = asyncio.current_task()
    if task is not None and task.cancelling():
        raise asyncio.CancelledError


def no_group(error: exceptions.ResponseError) -> bool:
    """True when the stream or its group is not there: nobody came yet, or Redis was emptied, perhaps under a blocked read."""
    return str(error).startswith(("NOGROUP", "UNBLOCKED"))
