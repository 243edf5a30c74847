"""How a delivery ends, and what an error of a handler is charged to."""

from enum import StrEnum

from auricle_contracts import Code
from auricle_kit import log
from auricle_kit.errors import AuricleError

from auricle_streams.delivery import Delivery

DEPENDENCY_FAULTS = frozenset(
    {Code.STORE_UNAVAILABLE, Code.MODEL_UNAVAILABLE, Code.DEPENDENCY_UNAVAILABLE, Code.NOT_READY}
)
MAX_DETAIL = 500
logger = log.get("streams.worker")


class Outcome(StrEnum):
    """How a delivery ended."""

    DONE = "done"
    PASSED = "passed"
    FAILED = "failed"
    DEAD = "dead"
    RETURNED = "returned"
    LOST = "lost"


class TooLong(AuricleError):
    """The item's deadline passed; counted like a crash, since nobody knows more."""

    code = Code.WORKER_CRASHED
    retryable = True


def charge_of(error: Exception) -> tuple[Code, str, bool]:
    """Code, detail, and whether trying again is pointless. Foreign errors give their type only: their text may hold content."""
    if isinstance(error, AuricleError):
        return error.code, error.detail[:MAX_DETAIL], not error.retryable
    logger.error("handler_crashed", error_type=type(error).__name__, exc_info=error)
    return Code.INTERNAL, f"unexpected {type(error).__name__}", False


def log_outcome(delivery: Delivery, outcome: Outcome) -> None:
    """One line a delivery."""
    logger.info(
        "run_ended",
        run_id=delivery.message.run_id,
        stream=delivery.stream,
        entry_id=delivery.entry_id,
        deliveries=delivery.deliveries,
        outcome=outcome,
    )
