"""AuricleError
├── DependencyUnavailable
│   ├── NeighbourUnavailable   503   compressor or rules do not answer (retryable, nobody's fault)
│   └── RecipePending          503   a part of the run's recipe is served in another version, as while a deployment rolls (retryable)
├── RecipeUnavailable          409   a part of the run's recipe is not to be had: the run ends
├── NeighbourTooSlow           504   it took the conversation and did not come back in time: most likely the conversation's fault
└── NeighbourRefused           500   it refuses what we send: the conversation cannot be evaluated as it stands
"""

from auricle_contracts import Code
from auricle_kit.errors import AuricleError, DependencyUnavailable


class NeighbourUnavailable(DependencyUnavailable):
    """A service that the scorer calls does not answer."""


class RecipePending(DependencyUnavailable):
    """What serves now is not what the run is pinned to, and may be in a moment."""


class RecipeUnavailable(AuricleError):
    """What the run is pinned to cannot be had any more; another recipe is another run."""

    code = Code.RECIPE_UNAVAILABLE
    status = 409


class NeighbourTooSlow(AuricleError):
    """A service accepted the request and ran past the time that it has; counted as an attempt, so that it ends."""

    status = 504
    retryable = True


class NeighbourRefused(AuricleError):
    """A service that the scorer calls answered with a 4xx, or with something that is no answer."""
