"""Value objects of intake (the reservation, the stored body, the result), and how the API's words become columns of `conversations`."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

from auricle_contracts import ConversationIn, ConversationPatch, ConversationView, MetadataValue, Participant, Role
from sqlalchemy import ColumnElement, literal

from auricle_records.errors import IdempotencyConflict
from auricle_records.runs.models import RunRow
from auricle_records.tables import conversations


@dataclass(frozen=True, slots=True)
class Received:
    """A reservation of intake. Not `fresh`: an earlier request with this idempotency key has been stored, answer it again.

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
    """What was posted, as it lies in the blob store. `turns` is a `Transcript` in JSON; short ones lie in the
    database, with an empty key.
    """

    kind: Literal["recording", "turns"]
    blob_key: str
    media_type: str
    size_bytes: int
    sha256: str


@dataclass(frozen=True, slots=True)
class Stored:
    """A stored body, the runs to publish (call `PostgresRunStore.published` with each entry id), and what the API shows of it now."""

    conversation_id: str
    revision: int
    runs: tuple[RunRow, ...]
    view: ConversationView


DESCRIBED = (
    "channel", "source", "external_id", "direction", "line", "language", "priority", "started_at", "metadata", "participants", "agents",
)  # fmt: skip


def described(conversation: ConversationIn) -> dict[str, object]:
    """The columns of a new conversation: those of DESCRIBED."""
    return {
        "channel": conversation.channel,
        "source": conversation.source,
        "external_id": conversation.external_id,
        "direction": conversation.direction,
        "line": conversation.line,
        "language": conversation.language,
        "priority": conversation.priority,
        "started_at": conversation.started_at,
        "metadata": dict(conversation.metadata),
        **people(conversation.participants),
    }


def grown_by(conversation: ConversationIn) -> dict[str, object]:
    """The columns that a later revision renews: who takes part, and metadata that came with it."""
    changes: dict[str, object] = {"metadata": merged(conversation.metadata)}
    if conversation.participants:
        changes |= people(conversation.participants)
    return changes


def patched(change: ConversationPatch) -> dict[str, object]:
    """The columns that a PATCH changes: only what the caller set, be it to null."""
    given = change.model_fields_set
    changes: dict[str, object] = {name: getattr(change, name) for name in given & {"line", "started_at"}}
    if change.direction is not None:
        changes["direction"] = change.direction
    if change.participants is not None:
        changes |= people(change.participants)
    if change.metadata:
        changes["metadata"] = merged(change.metadata)
    return changes


def people(participants: Iterable[Participant]) -> dict[str, object]:
    """Participants, and by which names their agents are found."""
    listed = tuple(participants)
    return {
        "participants": [participant.model_dump(mode="json", exclude_none=True) for participant in listed],
        "agents": [known_as(participant) for participant in listed if participant.role is Role.AGENT],
    }


def known_as(participant: Participant) -> str:
    """What an agent is called in filters and summaries: the caller's own reference, else the name, else the local id."""
    return participant.reference or participant.name or participant.id


def merged(metadata: dict[str, MetadataValue]) -> ColumnElement[object]:
    """Old keys stay, new ones replace, a null removes. PostgreSQL's jsonb_strip_nulls is not it: old nulls are values."""
    removed = [key for key, value in metadata.items() if value is None]
    kept = {key: value for key, value in metadata.items() if value is not None}
    column = conversations.c.metadata
    without: ColumnElement[object] = column.op("-")(literal(removed, conversations.c.agents.type))
    return without.op("||")(literal(kept, column.type))
