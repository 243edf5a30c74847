"""Errors of the gateway, each a problem with a stable code.

AuricleError
├── Unauthenticated       401  no key or session, or one that is not ours
├── SignatureInvalid      401  a vendor's post that the hook's secret did not sign
├── Forbidden             403  the key lacks a scope
├── PersonRequired        403  a key asks for what only a person who is signed in may do
├── OwnTrainingOnly       403  only a training's own job reports its progress
├── PersonDecides         403  a training's job makes nothing live
├── OwnOnly               403  an agent's person sees own conversations, and not how all are judged
├── TestSplitClosed       403  golden items of the test split are not read for training
├── GateNotPassed         409  the workspace wants a gate passed before a version becomes live
├── TrainingTooLong       409  a training would take longer than the workspace allows
├── TrainingOff           409  this installation starts no trainings
├── WorkspaceRequired     409  the credentials open several workspaces, and none was named
├── NotReady              409  it will be there later (retryable)
├── BodyTooLarge          413
├── UnsupportedMediaType  415
├── BodyMissing           422  an empty recording, no turns
├── LengthMismatch        422  other bytes than announced
├── PayloadMismatch       422  a vendor's post in a form that the hook's integration does not know
├── InvalidRequest        422  (kit)
├── RateLimited           429  carries Retry-After (retryable)
└── Busy                  503  this process holds as much as it may; carries Retry-After (retryable)

and what records (NotFound, Gone, StillReceiving, …) and egress (UrlRefused, FetchFailed) raise passes through as it is.
"""

from collections.abc import Sequence

from auricle_contracts import Code, Scope
from auricle_kit.errors import AuricleError, InvalidRequest

TOO_MANY_REQUESTS = "this key or person sends more requests than it may"

__all__ = [
    "TOO_MANY_REQUESTS",
    "BodyMissing",
    "BodyTooLarge",
    "Busy",
    "Forbidden",
    "GateNotPassed",
    "InvalidRequest",
    "LengthMismatch",
    "NotReady",
    "OwnOnly",
    "OwnTrainingOnly",
    "PayloadMismatch",
    "PersonDecides",
    "PersonRequired",
    "RateLimited",
    "SignatureInvalid",
    "TestSplitClosed",
    "TrainingOff",
    "TrainingTooLong",
    "Unauthenticated",
    "UnsupportedMediaType",
    "WorkspaceRequired",
]


class Unauthenticated(AuricleError):
    """The same words for a missing, a malformed, an unknown and a revoked key, and for a session that is over."""

    code = Code.UNAUTHENTICATED
    status = 401

    def __init__(self) -> None:
        super().__init__(
            "no valid API key or session came with the request",
            action="Send the header Authorization: Bearer <key>, or sign in: POST /v1/sessions.",
            headers={"WWW-Authenticate": "Bearer"},
        )


class SignatureInvalid(AuricleError):
    """The hook is known; this post was not signed with its secret."""

    code = Code.SIGNATURE_INVALID
    status = 401

    def __init__(self, expected: str) -> None:
        super().__init__(
            f"expected: {expected}", action="Give the vendor the secret of this hook, and its address as it was shown."
        )


class PayloadMismatch(AuricleError):
    """The body can be read and is not what the integration maps."""

    code = Code.PAYLOAD_MISMATCH
    status = 422


class Forbidden(AuricleError):
    """The key is valid and lacks a scope."""

    code = Code.FORBIDDEN
    status = 403

    def __init__(self, scope: Scope) -> None:
        super().__init__(
            f"this key or role lacks the scope {scope}", action=f"Use a key or a role with the scope {scope}."
        )


class PersonRequired(AuricleError):
    """The route is about the person who asks; a key is none."""

    code = Code.FORBIDDEN
    status = 403

    def __init__(self) -> None:
        super().__init__("only a person who is signed in may do this", action="Sign in: POST /v1/sessions.")


class OwnOnly(AuricleError):
    """The role `agent` alone does not open what belongs to the whole workspace."""

    code = Code.FORBIDDEN
    status = 403

    def __init__(self) -> None:
        super().__init__("an agent sees own conversations only", action="Ask an admin for another role.")


class TestSplitClosed(AuricleError):
    """What decides about a candidate is not what it was trained on."""

    code = Code.GOLDEN_TEST_SPLIT
    status = 403

    def __init__(self) -> None:
        super().__init__(
            "the test split is not read for training",
            action=f"Use a key or a role that has the scope {Scope.AUDIT} too.",
        )


class GateNotPassed(AuricleError):
    """Going back is never gated."""

    code = Code.GATE_NOT_PASSED
    status = 409

    def __init__(self, detail: str) -> None:
        super().__init__(detail, action="Run `auricle gate --candidate …` on the golden items (docs/gates.md).")


class TrainingOff(AuricleError):
    """Nothing here would start one."""

    code = Code.TRAINING_OFF
    status = 409

    def __init__(self) -> None:
        super().__init__(
            "this installation starts no trainings",
            action="Set AURICLE_TRAINING_DRIVER of gateway and keeper (docs/training.md), or train by `auricle train run`.",
        )


class TrainingTooLong(AuricleError):
    """By what earlier trainings of the base took here, it would be ended before it is done."""

    code = Code.OVER_TIME
    status = 409

    def __init__(self, seconds: float, most_hours: int) -> None:
        super().__init__(
            f"about {seconds / 3600:.1f} hours are needed and {most_hours} are allowed",
            action="Ask for fewer conversations (`most`) or passes, or allow more: `most_hours` of /v1/training-settings.",
        )


class OwnTrainingOnly(AuricleError):
    """A training's job tells of itself, with the key that it was started with."""

    code = Code.FORBIDDEN
    status = 403

    def __init__(self) -> None:
        super().__init__("only a training's own job reports its progress", action="Nobody needs to: the job does.")


class PersonDecides(AuricleError):
    """A training proposes, and a person decides."""

    code = Code.FORBIDDEN
    status = 403

    def __init__(self) -> None:
        super().__init__("a training's job makes nothing live", action="A person promotes what it proposed.")


class WorkspaceRequired(AuricleError):
    """Told to those only whose credentials open all of them."""

    code = Code.WORKSPACE_REQUIRED
    status = 409

    def __init__(self, workspaces: Sequence[str]) -> None:
        super().__init__(
            f"this opens several workspaces: {', '.join(workspaces)}",
            action="Name one of them as `workspace`.",
            errors=[{"at": "workspace", "problem": one} for one in workspaces],
        )


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
    """Too many requests under one key, or too many unknown keys from one address."""

    code = Code.RATE_LIMITED
    status = 429
    retryable = True

    def __init__(self, retry_after_s: int, detail: str = TOO_MANY_REQUESTS) -> None:
        super().__init__(
            detail,
            action=f"Wait {retry_after_s} s.",
            headers={"Retry-After": str(retry_after_s)},
        )


class Busy(AuricleError):
    """What this process may hold at once is taken."""

    code = Code.BUSY
    status = 503
    retryable = True

    def __init__(self, detail: str) -> None:
        super().__init__(detail, action="Send it again in a moment.", headers={"Retry-After": "5"})
