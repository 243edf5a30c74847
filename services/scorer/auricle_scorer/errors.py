"""AuricleError
├── DependencyUnavailable
│   └── NeighbourUnavailable   503   compressor or rules do not answer (retryable, nobody's fault)
├── NeighbourTooSlow           504   it took the conversation and did not come back in time: most likely the conversation's fault
└── NeighbourRefused           500   it refuses what we send: the conversation cannot be evaluated as it stands
"""

from auricle_kit.errors import AuricleError, DependencyUnavailable


class NeighbourUnavailable(DependencyUnavailable):
    """A service that the scorer calls does not answer."""


class NeighbourTooSlow(AuricleError):
    """A service accepted the request and ran past the time that it has; counted as an attempt, so that it ends."""

    status = 504
    retryable = True


class NeighbourRefused(AuricleError):
    """A service that the scorer calls answered with a 4xx, or with something that is no answer."""
