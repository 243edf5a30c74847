"""One base for every error that leaves a process.

AuricleError                      code, status, retryable on the class; detail, action and errors on the instance
├── InvalidRequest        422     the body or a parameter is wrong
├── NotFound              404
├── DependencyUnavailable 503     a service, store or engine that we need does not answer (retryable)
└── …                             each service draws its own branches in its `errors` module
"""

from collections.abc import Mapping, Sequence
from typing import ClassVar

from auricle_contracts import Code


class AuricleError(Exception):
    """`detail` says what happened, `action` what the reader can do, `errors` each fault of a document (`at`, `problem`).

    None holds content of a conversation.
    """

    code: ClassVar[Code] = Code.INTERNAL
    status: ClassVar[int] = 500
    retryable: ClassVar[bool] = False

    def __init__(
        self,
        detail: str,
        *,
        action: str | None = None,
        headers: Mapping[str, str] | None = None,
        errors: Sequence[Mapping[str, str]] = (),
    ) -> None:
        super().__init__(detail)
        self.detail = detail
        self.action = action
        self.headers = dict(headers or {})
        self.errors = tuple(dict(one) for one in errors)


class InvalidRequest(AuricleError):
    """The request can never succeed as it stands."""

    code = Code.INVALID_REQUEST
    status = 422


class NotFound(AuricleError):
    """There is no such thing in the caller's workspace (or it is another workspace's, which looks the same)."""

    code = Code.NOT_FOUND
    status = 404


class DependencyUnavailable(AuricleError):
    """Something that we need does not answer; the same request may succeed later."""

    code = Code.DEPENDENCY_UNAVAILABLE
    status = 503
    retryable = True
