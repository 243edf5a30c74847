"""A document as it comes in: bounded, read in the sandbox, numbered after the version before it."""

import hashlib
from dataclasses import dataclass
from pathlib import PurePath
from typing import Annotated

from auricle_contracts.conversations import Reference
from auricle_contracts.knowledge import ArticleReference, Passage
from auricle_contracts.languages import Language
from auricle_knowledge.reading import MAX_BYTES, MEDIA_TYPES, read
from auricle_knowledge.versions import numbered
from auricle_records.callers import Caller
from auricle_records.knowledge.articles import NewVersion
from fastapi import Request
from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from auricle_gateway.errors import BodyMissing, UnsupportedMediaType
from auricle_gateway.parts import Parts
from auricle_gateway.rest import bodies

Title = Annotated[
    str, StringConstraints(strip_whitespace=True, min_length=1, max_length=300, pattern=r"^[^\x00-\x1f\x7f]+$")
]
DOCUMENT = {
    "requestBody": {
        "required": True,
        "description": f"The document as it is, at most {MAX_BYTES} bytes.",
        "content": {media_type: {} for media_type in MEDIA_TYPES},  # any bytes: OpenAPI 3.1 has no schema for them
    }
}


class VersionQuery(BaseModel):
    """What is said beside a document."""

    model_config = ConfigDict(extra="forbid")

    title: Annotated[Title | None, Field(description="By default the document's own, else its file's name.")] = None
    file_name: Reference | None = None
    note: Annotated[Title | None, Field(description="What has changed, for those who look at the versions.")] = None


class ArticleQuery(VersionQuery):
    """What is said beside the first document of an article."""

    reference: ArticleReference
    language: Language | None = None


@dataclass(frozen=True)
class Received:
    """A document that was read. Its passages have no ids yet."""

    title: str | None
    passages: tuple[Passage, ...]
    media_type: str
    sha256: str
    size_bytes: int

    def version(
        self, query: VersionQuery, caller: Caller, *, before: tuple[Passage, ...] = (), next_passage: int = 1, name: str
    ) -> NewVersion:
        """A version behind one with these passages; `name` is its title where nothing else gives one."""
        of_version, following = numbered(self.passages, before, next_passage)
        return NewVersion(
            title=query.title or self.title or (query.file_name and PurePath(query.file_name).stem) or name,
            media_type=self.media_type,
            sha256=self.sha256,
            size_bytes=self.size_bytes,
            passages=of_version,
            next_passage=following,
            author=caller.actor,
            file_name=query.file_name,
            note=query.note,
        )


async def receive(request: Request, parts: Parts, workspace: str) -> Received:
    """The document of a request. Raises UnsupportedMediaType, BodyTooLarge, BodyMissing, QuotaExceeded, DocumentUnreadable."""
    media_type = bodies.media_type(request)
    if media_type not in MEDIA_TYPES:
        raise UnsupportedMediaType(
            "this is not the content type of a document that is understood",
            action=f"Send one of {', '.join(MEDIA_TYPES)}.",
        )
    await parts.storage_quota.check(workspace)
    async with parts.body_slots.taken(request):
        body = await bodies.read_bytes(request, MAX_BYTES)
        if not body:
            raise BodyMissing("the document is empty")
        title, passages = await read(body, media_type, charset=_charset(request))
    return Received(title, passages, media_type, hashlib.sha256(body).hexdigest(), len(body))


def _charset(request: Request) -> str | None:
    parameters = request.headers.get("content-type", "").split(";")[1:]
    named = dict(one.strip().partition("=")[::2] for one in parameters)
    return named.get("charset", "").strip('"')[:40] or None
