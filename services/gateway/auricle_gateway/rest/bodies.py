"""Reading what a request brings, within bounds: bytes, JSON, multipart, and the description of a raw recording."""

import json
import re
from collections.abc import AsyncIterator, Mapping
from contextlib import AsyncExitStack
from dataclasses import dataclass
from typing import TypeVar

from auricle_contracts import ConversationIn
from auricle_kit.audio.sniffing import HEAD_BYTES, AudioFormat, sniff
from fastapi import Request
from fastapi.exceptions import RequestValidationError
from pydantic import BaseModel, JsonValue, ValidationError
from pydantic_core import from_json
from starlette.datastructures import UploadFile
from starlette.types import Message

from auricle_gateway.errors import BodyMissing, BodyTooLarge, InvalidRequest, LengthMismatch, UnsupportedMediaType

M = TypeVar("M", bound=BaseModel)
JSON = "application/json"
MULTIPART = "multipart/form-data"
AUDIO = re.compile(
    r"audio/[a-z0-9][a-z0-9.+-]{0,63}|video/(mp4|3gpp|quicktime)|application/ogg|application/octet-stream"
)
UNTOLD = "application/octet-stream"
MEDIA_TYPES = {
    AudioFormat.WAV: "audio/wav",
    AudioFormat.MP3: "audio/mpeg",
    AudioFormat.AAC: "audio/aac",
    AudioFormat.OGG: "audio/ogg",
    AudioFormat.FLAC: "audio/flac",
    AudioFormat.MP4: "audio/mp4",
    AudioFormat.AMR: "audio/amr",
}
METADATA_HEADER = "Auricle-Metadata"
MAX_HEADER_BYTES = 32 * 1024
SMALL_BYTES = 128 * 1024
BYTE_ORDER_MARK = b"\xef\xbb\xbf"
FILE_CHUNK_BYTES = 256 * 1024


def media_type(request: Request) -> str:
    """The bare content type of a request."""
    return bare(request.headers.get("content-type"))


def bare(kind: str | None) -> str:
    """A content type in lower case without its parameters; "" when there is none."""
    return (kind or "").partition(";")[0].strip().lower()


def audio_type(kind: str) -> str:
    """A content type that a recording may have. Raises UnsupportedMediaType."""
    if not AUDIO.fullmatch(kind):
        raise UnsupportedMediaType(
            "this is not a recording's content type", action="Send audio/*, for example audio/wav."
        )
    return kind


def limited(request: Request, max_bytes: int) -> Request:
    """The same request, whose body ends in BodyTooLarge behind `max_bytes`, declared or sent."""
    too_large = BodyTooLarge(f"the body is larger than {max_bytes} bytes", action=f"Send at most {max_bytes} bytes.")
    declared = request.headers.get("content-length", "")
    if declared.isdigit() and int(declared[:20]) > max_bytes:
        raise too_large
    seen = 0

    async def receive() -> Message:
        nonlocal seen
        message = await request.receive()
        if message["type"] == "http.disconnect":  # an answer that nobody hears, and no crash
            raise LengthMismatch("the connection ended before the body did")
        seen += len(message.get("body", b""))
        if seen > max_bytes:
            raise too_large
        return message

    return Request(request.scope, receive)


async def read_json(request: Request, model: type[M], max_bytes: int) -> M:
    """A JSON body as a model."""
    check_json(request)
    return parse(model, await read_bytes(request, max_bytes))


def check_json(request: Request) -> None:
    """Raises UnsupportedMediaType for a body that does not call itself JSON."""
    if media_type(request) != JSON:
        raise UnsupportedMediaType("the body must be JSON", action=f"Send Content-Type: {JSON}.")


async def read_bytes(request: Request, max_bytes: int) -> bytes:
    """The whole body."""
    return await limited(request, max_bytes).body()


def parse(model: type[M], raw: bytes) -> M:
    """Strict JSON (no NaN, no half surrogates, at most 200 levels deep) as a model, without coercion; faults are listed by field.

    A byte order mark in front is passed over, as RFC 8259 allows.
    """
    raw = raw.removeprefix(BYTE_ORDER_MARK)
    if not raw:
        raise BodyMissing("the body is empty")
    try:
        from_json(raw, allow_inf_nan=False)
    except ValueError as error:
        raise InvalidRequest(f"the body is not JSON: {error}") from None
    try:
        return model.model_validate_json(raw, strict=True)
    except ValidationError as error:
        raise faults(error) from None


def faults(error: ValidationError) -> RequestValidationError:
    """What is wrong, by field, without what was sent."""
    found = error.errors(include_url=False, include_input=False, include_context=False)
    return RequestValidationError([fault | {"loc": ("body", *fault["loc"])} for fault in found])


def raw_conversation(request: Request, query: Mapping[str, JsonValue]) -> ConversationIn:
    """The description of a raw recording."""
    return _bodiless(parse(ConversationIn, json.dumps(raw_description(request, query)).encode()))


def raw_description(request: Request, query: Mapping[str, JsonValue]) -> dict[str, JsonValue]:
    """What is said beside a raw body: the header's JSON, then what the query says."""
    header = request.headers.get(METADATA_HEADER, "")
    if len(header) > MAX_HEADER_BYTES:
        raise BodyTooLarge(f"{METADATA_HEADER} is longer than {MAX_HEADER_BYTES} bytes")
    try:
        fields = from_json(header.encode("latin-1"), allow_inf_nan=False) if header else {}
    except ValueError as error:
        raise InvalidRequest(f"{METADATA_HEADER} is not JSON: {error}") from None
    if not isinstance(fields, dict):
        raise InvalidRequest(f"{METADATA_HEADER} must be a JSON object")
    return fields | dict(query)


@dataclass(frozen=True)
class Form:
    """The parts of a multipart body; `described` is the part `conversation` as it came."""

    recording: UploadFile
    media_type: str
    conversation: ConversationIn
    described: bytes

    async def chunks(self) -> AsyncIterator[bytes]:
        """The recording, piece by piece."""
        async for chunk in file_chunks(self.recording):
            yield chunk


async def file_chunks(file: UploadFile) -> AsyncIterator[bytes]:
    """A file of a form, piece by piece."""
    while chunk := await file.read(FILE_CHUNK_BYTES):
        yield chunk


async def multipart(request: Request, max_bytes: int, cleanup: AsyncExitStack) -> Form:
    """The parts `recording` (a file, spooled to disk above 1 MiB until `cleanup`) and `conversation` (JSON, may be missing)."""
    whole = limited(request, max_bytes + SMALL_BYTES)
    form = await whole.form(max_files=2, max_fields=1, max_part_size=SMALL_BYTES)
    cleanup.push_async_callback(form.close)
    if set(form) - {"recording", "conversation"}:
        raise InvalidRequest("the only parts are recording and conversation")
    recording, described = form.get("recording"), form.get("conversation", "{}")
    if not isinstance(recording, UploadFile):
        raise BodyMissing("the part recording is missing or is no file")
    raw = await described.read(SMALL_BYTES) if isinstance(described, UploadFile) else described.encode()
    return Form(recording, await part_type(recording), _bodiless(parse(ConversationIn, raw)), raw)


async def part_type(recording: UploadFile) -> str:
    """The part's own type; where it has none, as ordinary clients send it, that of its first bytes."""
    told = bare(recording.content_type)
    if told and told != UNTOLD:
        return audio_type(told)
    audio_format = sniff(await recording.read(HEAD_BYTES))
    await recording.seek(0)
    return MEDIA_TYPES[audio_format] if audio_format else UNTOLD


def _bodiless(conversation: ConversationIn) -> ConversationIn:
    if conversation.turns is not None or conversation.recording_url or conversation.upload_id:
        raise InvalidRequest(
            "the recording comes with the request; turns, recording_url and upload_id do not go with it"
        )
    return conversation
