"""Errors of a model server and of its replies.

AuricleError
├── DependencyUnavailable
│   └── ModelUnavailable    503   no connection, a timeout, 429 or 5xx after the retries (retryable)
├── ContextTooLong          422   the server refused the prompt for its length: the caller asks with less
└── ModelRefused            502   the server says that the request is wrong (another 4xx): a setting is wrong, not the conversation
"""

from auricle_contracts import Code
from auricle_kit.errors import AuricleError, DependencyUnavailable


class ModelUnavailable(DependencyUnavailable):
    """The model server does not answer; the same question may succeed later."""

    code = Code.MODEL_UNAVAILABLE


class ContextTooLong(AuricleError):
    """The prompt does not fit into the model's context."""

    code = Code.CONTEXT_TOO_LONG
    status = 422


class ModelRefused(AuricleError):
    """The server understood and refused: an unknown model name, a key, a schema that it cannot compile."""

    code = Code.MODEL_UNAVAILABLE
    status = 502
    retryable = True
