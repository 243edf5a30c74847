"""The five ways in which a body comes, each of which writes one blob.

Source
├── Turns      JSON turns                  hash known before
├── Remote     JSON recording_url          hash (of the request) known before
├── Bucketed   JSON recording_url, s3://   hash (of the request) known before
├── Uploaded   JSON upload_id              hash (of the request) known before
└── Streamed   raw body or multipart part  hash known behind the last byte
"""

import asyncio
import hashlib
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from typing import Protocol
from urllib.parse import urlsplit

from auricle_contracts import ConversationIn
from auricle_kit import egress
from auricle_kit.egress import FetchFailed, UrlRefused
from auricle_records import paths, uploads, workspaces
from auricle_records.blobs import open_store
from auricle_records.conversations import Body, Received
from auricle_records.errors import BlobMissing
from auricle_records.uploads import Upload

from auricle_gateway.errors import BodyMissing, BodyTooLarge, NotReady
from auricle_gateway.intake.transcripts import transcript_of
from auricle_gateway.parts import Parts
from auricle_gateway.rest.bodies import AUDIO, UNTOLD

JSON = "application/json"
S3 = "s3://"


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

    def body(self, parts: Parts, place: Received) -> bytes:
        """The transcript in JSON."""
        transcript = transcript_of(self.conversation, place.conversation_id, place.revision, parts.limits.duration_ms)
        return transcript.model_dump_json().encode()

    async def write(self, parts: Parts, workspace: str, place: Received) -> Body:
        """One small JSON blob per revision."""
        key = paths.turns(workspace, place.conversation_id, place.revision)
        stored = await parts.store.put_bytes(key, self.body(parts, place))
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
    """The bytes lie at an address of the caller's; `auth` is a basic user and password for its host."""

    url: str
    auth: tuple[str, str] | None = field(default=None, repr=False)

    async def write(self, parts: Parts, workspace: str, place: Received) -> Body:
        """Fetched within the workspace's policy."""
        hosts = (await workspaces.get(parts.db, workspace)).allowed_hosts
        async with egress.fetch(self.url, parts.egress.with_hosts(hosts), auth=self.auth) as fetched:
            kind = fetched.media_type if AUDIO.fullmatch(fetched.media_type) else UNTOLD
            return await _recording(parts, workspace, place, fetched.chunks, kind)

    async def sha256(self) -> None:
        """The request says it all."""


@dataclass(frozen=True)
class Bucketed:
    """The bytes are an object of a bucket that the workspace's list of hosts names (`s3://bucket/prefix?endpoint=…`)."""

    url: str

    async def write(self, parts: Parts, workspace: str, place: Received) -> Body:
        """Read with the gateway's own rights. Raises UrlRefused for a bucket that is not on the list, FetchFailed without the object."""
        listed = (await workspaces.get(parts.db, workspace)).allowed_hosts
        address, key = _drop(self.url, listed)
        drop = open_store(address)
        try:
            if await drop.size(key) > parts.egress.max_bytes:
                raise FetchFailed(f"it is larger than {parts.egress.max_bytes} bytes")
            return await _recording(parts, workspace, place, drop.read(key), UNTOLD)
        except BlobMissing:
            raise FetchFailed("the bucket has no such object") from None
        finally:
            await drop.close()

    async def sha256(self) -> None:
        """The request says it all."""


def _drop(url: str, listed: tuple[str, ...]) -> tuple[str, str]:
    """The listed store that holds the object, and its key there. Raises UrlRefused: an empty list allows no bucket."""
    bucket, _, key = url.removeprefix(S3).partition("/")
    for address in listed:
        place = urlsplit(address)
        prefix = place.path.strip("/")
        inside = not prefix or key.startswith(f"{prefix}/")
        if place.scheme == "s3" and place.netloc == bucket and inside and ".." not in key.split("/"):
            return address, key.removeprefix(f"{prefix}/") if prefix else key
    raise UrlRefused(
        "the bucket is not on this workspace's list of hosts",
        action=f"Let an operator add {S3}{bucket} to the workspace's allowed hosts.",
    )


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
    if conversation.recording_url is not None and conversation.recording_url.startswith(S3):
        return Bucketed(conversation.recording_url)
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
