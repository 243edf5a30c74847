"""AuricleError
├── WeightsMissing     503   the folder has no weights that can be served; the process does not start
├── UnknownModel       404   a request names a model that is not in the map
└── EngineFailed       503   llama.cpp's server does not answer (retryable)
"""

from auricle_contracts import Code
from auricle_kit.errors import AuricleError, DependencyUnavailable, NotFound


class WeightsMissing(AuricleError):
    """`serving.yaml` or a file that it names is not there, or says nonsense."""

    code = Code.MODEL_UNAVAILABLE
    status = 503


class UnknownModel(NotFound):
    """No model of this name is served."""


class EngineFailed(DependencyUnavailable):
    """The engine does not answer."""

    code = Code.MODEL_UNAVAILABLE
