"""Errors of delivery.

AuricleError
├── QueueUnavailable  503  Redis does not answer (retryable)
└── LeaseLost         409  the entry is somebody else's by now: drop the work and commit nothing
"""

from auricle_contracts import Code
from auricle_kit.errors import AuricleError, DependencyUnavailable

__all__ = ["LeaseLost", "QueueUnavailable"]


class QueueUnavailable(DependencyUnavailable):
    """Redis does not answer."""


class LeaseLost(AuricleError):
    """The lease ran out and another worker took the entry, or Redis forgot it."""

    code = Code.LEASES_LOST
    status = 409
