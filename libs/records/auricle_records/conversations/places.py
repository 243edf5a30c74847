"""A place at the door, what fills it, and what comes of it."""

from dataclasses import dataclass
from typing import Literal

from auricle_contracts import ConversationView

from auricle_records.errors import IdempotencyConflict
from auricle_records.runs.rows import RunRow


@dataclass(frozen=True, slots=True)
class Received:
    """A place at the door. Not `fresh`: an earlier request with this idempotency key has been stored, answer it again.

    `body_hash` is the earlier body's when it is not fresh.
    """

    conversation_id: str
    revision: int
    fresh: bool
    body_hash: str | None = None

    def check_body(self, body_hash: str) -> None:
        """For a streamed body, whose hash is known only at its end: raises IdempotencyConflict when it is not the earlier one."""
        if not self.fresh and self.body_hash is not None and body_hash != self.body_hash:
            raise IdempotencyConflict(
                "this Idempotency-Key was used for another body", action="Use a new key for a new body."
            )


@dataclass(frozen=True, slots=True)
class Body:
    """What was posted, as it lies in the blob store. `turns` is a `Transcript` in JSON."""

    kind: Literal["recording", "turns"]
    blob_key: str
    media_type: str
    size_bytes: int
    sha256: str


@dataclass(frozen=True, slots=True)
class Stored:
    """A stored body, the runs to publish (call `Desk.published` with each entry id), and what the API shows of it now."""

    conversation_id: str
    revision: int
    runs: tuple[RunRow, ...]
    view: ConversationView
