"""The four ways in which a body comes, each of which writes one blob.

Source
├── Turns      JSON turns                  hash known before
├── Remote     JSON recording_url          hash (of the request) known before
├── Uploaded   JSON upload_id              hash (of the request) known before
└── Streamed   raw body or multipart part  hash known behind the last byte
"""

import asyncio
import hashlib
from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Protocol

from auricle_contracts import ConversationIn
from auricle_kit import egress
from auricle_records import paths, uploads, workspaces
from auricle_records.conversations import Body, Received
from auricle_records.errors import BlobMissing
from auricle_records.uploads import Upload

from auricle_gateway.bodies import AUDIO
from auricle_gateway.errors import BodyMissing, BodyTooLarge, NotReady
from auricle_gateway.parts import Parts
from auricle_gateway.texts import transcript_of

JSON = "application/json"
UNTOLD = "application/octet-stream"


class Source(Protocol):
    """Something that can be written to the blob store once its row stands."""

    async def write(self, parts: Parts, workspace: str, place: Received) -> Body:
        """Write the blob. Raises what is wrong with the body."""
        ...

    async def sha256(self) -> str | None:
        """For a replayed request: the hash of a streamed body, read to its end and dropped; None where the request says it all."""
        ...


@dataclass(frozen=True)
class Turns:
    """A chat, an e-mail thread, a ready transcript."""

    conversation: ConversationIn

    async def write(self, parts: Parts, workspace: str, place: Received) -> Body:
        """One small JSON blob per revision."""
        transcript = transcript_of(self.conversation, place.conversation_id, place.revision, parts.limits.duration_ms)
        key = paths.turns(workspace, place.conversation_id, place.revision)
        stored = await parts.store.put_bytes(key, transcript.model_dump_json().encode())
        return Body("turns", key, JSON, stored.size, stored.sha256)

    async def sha256(self) -> None:
        """The request says it all."""


@dataclass(frozen=True)
class Streamed:
    """The bytes come with the request."""

    chunks: AsyncIterator[bytes]
    media_type: str

    async def write(self, parts: Parts, workspace: str, place: Received) -> Body:
        """Straight into the store, which hashes off the loop."""
        return await _recording(parts, workspace, place, self.chunks, self.media_type)

    async def sha256(self) -> str:
        """Read to the end, hashed in a thread, kept nowhere."""
        digest = hashlib.sha256()
        async for chunk in self.chunks:
            await asyncio.to_thread(digest.update, chunk)
        return digest.hexdigest()


@dataclass(frozen=True)
class Remote:
    """The bytes lie at an address of the caller's."""

    url: str

    async def write(self, parts: Parts, workspace: str, place: Received) -> Body:
        """Fetched within the workspace's policy."""
        hosts = (await workspaces.get(parts.db, workspace)).allowed_hosts
        async with egress.fetch(self.url, parts.egress.with_hosts(hosts)) as fetched:
            kind = fetched.media_type if AUDIO.fullmatch(fetched.media_type) else UNTOLD
            return await _recording(parts, workspace, place, fetched.chunks, kind)

    async def sha256(self) -> None:
        """The request says it all."""


@dataclass(frozen=True)
class Uploaded:
    """The bytes were uploaded before."""

    upload_id: str

    async def write(self, parts: Parts, workspace: str, place: Received) -> Body:
        """Copied under the conversation's prefix (hashed on the way), then claimed; the upload itself is left to its expiry.

        Claimed last: a copy that fails leaves the upload to be used again, and of two that copy at once one is told Gone.
        """
        upload = await uploads.get(parts.db, workspace, self.upload_id)
        await _check_upload(parts, upload)
        body = await _recording(parts, workspace, place, parts.store.read(upload.blob_key), UNTOLD)
        await uploads.claim(parts.db, workspace, self.upload_id, place.conversation_id)
        return body

    async def sha256(self) -> None:
        """The request says it all."""


async def _check_upload(parts: Parts, upload: Upload) -> None:
    try:
        size = await parts.store.size(upload.blob_key)
    except BlobMissing:
        raise NotReady("nothing was uploaded under this upload_id yet", action="Upload the recording first.") from None
    if size > upload.max_bytes:
        raise BodyTooLarge(f"the upload is larger than {upload.max_bytes} bytes")


async def _recording(
    parts: Parts, workspace: str, place: Received, chunks: AsyncIterator[bytes], media_type: str
) -> Body:
    key = paths.recording(workspace, place.conversation_id)
    stored = await parts.store.put(key, chunks)
    if stored.size == 0:
        raise BodyMissing("the recording is empty")
    return Body("recording", key, media_type, stored.size, stored.sha256)


def source_of(conversation: ConversationIn) -> Source:
    """The source that a JSON body names. Raises BodyMissing when it names none."""
    if conversation.recording_url is not None:
        return Remote(conversation.recording_url)
    if conversation.upload_id is not None:
        return Uploaded(conversation.upload_id)
    if conversation.turns is not None:
        return Turns(conversation)
    raise BodyMissing(
        "there is nothing to work on: no turns, recording_url or upload_id",
        action="Send one of them, or the recording itself as an audio/* body.",
    )
