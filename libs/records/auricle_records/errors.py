"""What the truth can refuse.

AuricleError
├── NotFound               404  no such row in this workspace (or another workspace's, which looks the same)
├── Gone                   410  it was here and was deleted: a tombstone stands in its place
│   └── DeletedMeanwhile   410  the same, met by a worker that wanted to commit a result
├── StillReceiving         409  the first request with this idempotency key or external id has not finished (retryable)
├── IdempotencyConflict    409  the key was used for another body
├── ExternalIdConflict     409  the workspace's source already has a conversation of this id
├── RevisionConflict       409  the conversation has grown, or is growing, since the caller looked
├── NotDead                409  only a dead run can be resent
├── QuotaExceeded          429  the workspace's storage is full
├── BlobMissing            500  a row names a blob that the store does not have
├── RangeNotSatisfiable    416  the range starts behind the blob's end
└── StoreUnavailable       503  Postgres or the blob store does not answer (retryable)
"""

from auricle_contracts import Code
from auricle_kit.errors import AuricleError, NotFound

__all__ = [
    "BlobMissing",
    "DeletedMeanwhile",
    "ExternalIdConflict",
    "Gone",
    "IdempotencyConflict",
    "NotDead",
    "NotFound",
    "QuotaExceeded",
    "RangeNotSatisfiable",
    "RevisionConflict",
    "StillReceiving",
    "StoreUnavailable",
]

RETRY_AFTER_S = 2


class Gone(AuricleError):
    """The conversation was deleted."""

    code = Code.GONE
    status = 410


class DeletedMeanwhile(Gone):
    """A result came for a conversation that was deleted while the worker worked; nothing was written."""

    code = Code.DELETED_MEANWHILE


class StillReceiving(AuricleError):
    """The first request is still on its way; carries Retry-After."""

    code = Code.STILL_RECEIVING
    status = 409
    retryable = True

    def __init__(self, detail: str) -> None:
        super().__init__(detail, action="Ask again later.", headers={"Retry-After": str(RETRY_AFTER_S)})


class IdempotencyConflict(AuricleError):
    """The idempotency key already stands for another body."""

    code = Code.IDEMPOTENCY_CONFLICT
    status = 409


class ExternalIdConflict(AuricleError):
    """`conversation_id` is the conversation that has this external id already."""

    code = Code.EXTERNAL_ID_CONFLICT
    status = 409

    def __init__(self, conversation_id: str) -> None:
        super().__init__(
            f"the source already has this external_id: conversation {conversation_id}",
            action="PATCH that conversation, or post a grown chat or thread as its revision.",
        )
        self.conversation_id = conversation_id


class RevisionConflict(AuricleError):
    """The revision that the caller built on is not the newest any more."""

    code = Code.REVISION_CONFLICT
    status = 409


class NotDead(AuricleError):
    """The run is waiting, at work or done; there is nothing to resend."""

    code = Code.NOT_DEAD
    status = 409


class QuotaExceeded(AuricleError):
    """The workspace's storage quota is used up."""

    code = Code.QUOTA_EXCEEDED
    status = 429


class BlobMissing(AuricleError):
    """The blob store has no such key."""

    code = Code.BLOB_MISSING
    status = 500


class RangeNotSatisfiable(AuricleError):
    """The range starts at or behind the end of the blob."""

    code = Code.RANGE_NOT_SATISFIABLE
    status = 416


class StoreUnavailable(AuricleError):
    """Postgres or the blob store does not answer; the same call may succeed later."""

    code = Code.STORE_UNAVAILABLE
    status = 503
    retryable = True
