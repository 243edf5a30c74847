"""What the door refuses.

AuricleError
├── Unauthenticated       401  no key, or one that is not ours
├── Forbidden             403  the key lacks a scope
├── NotReady              409  it will be there later (retryable)
├── BodyTooLarge          413
├── UnsupportedMediaType  415
├── BodyMissing           422  an empty recording, no turns
├── LengthMismatch        422  other bytes than announced
├── InvalidRequest        422  (kit)
└── RateLimited           429  carries Retry-After (retryable)

and what records (NotFound, Gone, StillReceiving, …) and egress (UrlRefused, FetchFailed) raise passes through as it is.
"""

from auricle_contracts import Code, Scope
from auricle_kit.errors import AuricleError, InvalidRequest

__all__ = [
    "BodyMissing",
    "BodyTooLarge",
    "Forbidden",
    "InvalidRequest",
    "LengthMismatch",
    "NotReady",
    "RateLimited",
    "Unauthenticated",
    "UnsupportedMediaType",
]


class Unauthenticated(AuricleError):
    """The same words for a missing, a malformed, an unknown and a revoked key."""

    code = Code.UNAUTHENTICATED
    status = 401

    def __init__(self) -> None:
        super().__init__(
            "no valid API key came with the request",
            action="Send the header Authorization: Bearer <key>.",
            headers={"WWW-Authenticate": "Bearer"},
        )


class Forbidden(AuricleError):
    """The key is valid and lacks a scope."""

    code = Code.FORBIDDEN
    status = 403

    def __init__(self, scope: Scope) -> None:
        super().__init__(f"this key lacks the scope {scope}", action=f"Use a key with the scope {scope}.")


class NotReady(AuricleError):
    """The conversation is here; what was asked for is still being made, or never will be when its run is dead."""

    code = Code.NOT_READY
    status = 409
    retryable = True


class BodyTooLarge(AuricleError):
    """Over the limit for this kind of body."""

    code = Code.BODY_TOO_LARGE
    status = 413


class UnsupportedMediaType(AuricleError):
    """A body of a kind that this route does not take."""

    code = Code.UNSUPPORTED_MEDIA_TYPE
    status = 415


class BodyMissing(AuricleError):
    """There is nothing to work on."""

    code = Code.BODY_MISSING
    status = 422


class LengthMismatch(AuricleError):
    """The bytes that came are not as many as were announced."""

    code = Code.LENGTH_MISMATCH
    status = 422


class RateLimited(AuricleError):
    """Too many requests under one key."""

    code = Code.RATE_LIMITED
    status = 429
    retryable = True

    def __init__(self, retry_after_s: int) -> None:
        super().__init__(
            "this key sends more requests than it may",
            action=f"Wait {retry_after_s} s.",
            headers={"Retry-After": str(retry_after_s)},
        )
