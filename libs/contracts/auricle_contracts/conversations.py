"""A conversation as a caller describes it and as the gateway shows it."""

import json
import re
from contextlib import suppress
from datetime import datetime
from typing import Annotated, Literal

from pydantic import (
    AfterValidator,
    BeforeValidator,
    Field,
    StringConstraints,
    TypeAdapter,
    ValidationError,
    model_validator,
)

from auricle_contracts.contract import Contract
from auricle_contracts.languages import Language
from auricle_contracts.vocabulary import Channel, ConversationState, Direction, Priority, Role, RunState, Step

Reference = Annotated[str, StringConstraints(min_length=1, max_length=256, pattern=r"^[^\x00-\x1f\x7f]+$")]
MetadataValue = str | int | float | bool | None
MAX_METADATA_KEYS, MAX_METADATA_VALUE_BYTES, MAX_METADATA_BYTES = 64, 4 * 1024, 64 * 1024
MAX_TURNS = 20_000
MAX_TURN_CHARS = 20_000


def bounded_metadata(metadata: dict[str, MetadataValue]) -> dict[str, MetadataValue]:
    """The same metadata. Raises ValueError for more than 64 keys, a value above 4 KiB, or more than 64 KiB of JSON (UTF-8)."""
    if len(metadata) > MAX_METADATA_KEYS:
        raise ValueError(f"metadata has {len(metadata)} keys, at most {MAX_METADATA_KEYS} are kept")
    for key, value in metadata.items():
        if isinstance(value, str) and len(value.encode("utf-8", "surrogatepass")) > MAX_METADATA_VALUE_BYTES:
            raise ValueError(f"the metadata value {key!r} is longer than {MAX_METADATA_VALUE_BYTES} bytes")
    if metadata and len(json.dumps(metadata, ensure_ascii=False).encode("utf-8", "surrogatepass")) > MAX_METADATA_BYTES:
        raise ValueError(f"metadata is longer than {MAX_METADATA_BYTES} bytes of JSON")
    return metadata


Metadata = Annotated[
    dict[Annotated[str, StringConstraints(max_length=64)], MetadataValue],
    Field(max_length=MAX_METADATA_KEYS, description="At most 64 keys, 4 KiB a value and 64 KiB in all."),
    AfterValidator(bounded_metadata),
]


_LAX_TIME = TypeAdapter(datetime)


def spelt_out(value: object) -> object:
    """A time written out. Raises ValueError, also for a number in disguise: "1759831384" is as little a time as 1759831384.

    It is read here, since strict JSON takes no text from a validator that comes before.
    """
    if isinstance(value, datetime):
        return value
    if isinstance(value, str) and re.match(r"\d{4}-\d\d-\d\d", value):
        with suppress(ValidationError):
            return _LAX_TIME.validate_python(value, strict=False)
    raise ValueError("a time is written as 2026-11-02T09:15:00Z")


Moment = Annotated[
    datetime, BeforeValidator(spelt_out), Field(description="RFC 3339. A time without a zone is read as UTC.")
]


class Participant(Contract):
    """Somebody in the conversation. `id` is local to it ("agent", "p2"); `reference` is the caller's own number of the person.

    `track` is the zero-based audio channel on which this participant speaks, when that is known.
    """

    id: Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9_.-]{1,64}$")]
    role: Role
    reference: Reference | None = None
    name: Annotated[str, StringConstraints(max_length=200)] | None = None
    track: Annotated[int, Field(ge=0, le=1)] | None = None


class TurnIn(Contract):
    """One utterance as a chat, e-mail or transcript system sends it. Times are optional: ms from the start, or `at`."""

    participant: str
    text: Annotated[str, StringConstraints(max_length=MAX_TURN_CHARS)]
    start_ms: Annotated[int, Field(ge=0)] | None = None
    end_ms: Annotated[int, Field(ge=0)] | None = None
    at: Moment | None = None


class ConversationIn(Contract):
    """The JSON that describes a conversation; exactly one body comes with it.

    The body is `turns`, `recording_url` or `upload_id` here, or a recording beside it: the multipart part `recording`,
    or a raw `audio/*` body.
    """

    channel: Channel = Channel.CALL
    source: Reference = "api"
    external_id: Reference | None = None
    direction: Direction = Direction.INBOUND
    line: Reference | None = None
    language: Language | None = None
    started_at: Moment | None = None
    priority: Priority = Priority.LIVE
    participants: Annotated[tuple[Participant, ...], Field(max_length=32)] = ()
    metadata: Metadata = Field(default_factory=dict)
    turns: Annotated[tuple[TurnIn, ...], Field(max_length=MAX_TURNS)] | None = None
    recording_url: Annotated[str, StringConstraints(max_length=4096)] | None = None
    upload_id: Reference | None = None

    @model_validator(mode="after")
    def _one_body(self) -> "ConversationIn":
        given = [name for name in ("turns", "recording_url", "upload_id") if getattr(self, name) is not None]
        if len(given) > 1:
            raise ValueError(f"give one of turns, recording_url, upload_id; got {', '.join(given)}")
        return self

    @model_validator(mode="after")
    def _turns_name_participants(self) -> "ConversationIn":
        known = {participant.id for participant in self.participants}
        if len(known) != len(self.participants):
            raise ValueError("two participants have the same id")
        for number, turn in enumerate(self.turns or ()):
            if turn.participant not in known:
                raise ValueError(
                    f"turns[{number}] names the participant {turn.participant!r}, who is not in participants"
                )
        return self


class ConversationPatch(Contract):
    """Late data from a CRM. Metadata keys are merged; a null value removes the key."""

    line: Reference | None = None
    direction: Direction | None = None
    started_at: Moment | None = None
    participants: Annotated[tuple[Participant, ...], Field(max_length=32)] | None = None
    metadata: Metadata | None = None


class Recording(Contract):
    """Facts about the audio as received; duration and tracks are known after the asr step has decoded it."""

    media_type: str
    size_bytes: int
    sha256: str
    duration_ms: int | None = None
    declared_duration_ms: int | None = None
    tracks: int | None = None
    sample_rate_hz: int | None = None
    flags: tuple[str, ...] = ()


class RunView(Contract):
    """One step of one conversation under one recipe, as the API shows it. `last_error` is an error code with its detail."""

    id: str
    conversation_id: str
    step: Step
    recipe: str
    reason: str
    priority: Priority
    state: RunState
    attempts: int
    lost_leases: int
    last_error: str | None = None
    waiting_for: str | None = None
    updated_at: datetime


class ConversationView(Contract):
    """What GET /v1/conversations/{id} answers."""

    id: str
    workspace: str
    channel: Channel
    source: str
    external_id: str | None
    direction: Direction
    line: str | None
    language: str | None
    state: ConversationState
    revision: int
    participants: tuple[Participant, ...]
    metadata: dict[str, MetadataValue]
    recording: Recording | None = None
    runs: tuple[RunView, ...] = ()
    progress: Literal["receiving", "waiting", "transcribing", "evaluating", "done", "dead", "deleted"]
    started_at: datetime | None
    created_at: datetime
    updated_at: datetime
