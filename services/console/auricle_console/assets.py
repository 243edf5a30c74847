"""Assets of the page under names that hold their own hash, so that a browser keeps them for good and never an old one."""

import hashlib
import re
from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from importlib.resources.abc import Traversable
from mimetypes import guess_type

from fastapi import APIRouter
from starlette.exceptions import HTTPException
from starlette.responses import Response

router = APIRouter()
HASH_CHARS = 12
ASKED = re.compile(r'url\("([\w.-]+)"\)')
FOR_GOOD = {"Cache-Control": "public, max-age=31536000, immutable"}
NOT_KEPT = {"Cache-Control": "no-cache"}


@cache
def shelf() -> Mapping[str, Traversable]:
    """Our files and those of `static/vendor`, by name."""
    static = files("auricle_console") / "static"
    return {one.name: one for folder in (static / "vendor", static) for one in folder.iterdir() if one.is_file()}


@cache
def read(name: str) -> bytes:
    """A file as it is served: what a sheet asks for by its plain name stands there by its address. Raises KeyError."""
    content = shelf()[name].read_bytes()
    if not name.endswith(".css"):
        return content
    return ASKED.sub(lambda asked: f'url("{address(asked[1])}")', content.decode()).encode()


@cache
def hash_of(name: str) -> str:
    """The beginning of its SHA-256."""
    return hashlib.sha256(read(name)).hexdigest()[:HASH_CHARS]


def address(name: str) -> str:
    """Where a page asks for it: `/static/player.1a2b3c4d5e6f.js`. Raises KeyError."""
    stem, _, suffix = name.rpartition(".")
    return f"/static/{stem}.{hash_of(name)}.{suffix}"


@router.get("/static/{asked}", include_in_schema=False)
async def serve(asked: str) -> Response:
    """The file. Under the name of another version it is served too, for pages that are still open, and not kept."""
    stem, _, suffix = asked.rpartition(".")
    plain, _, version = stem.rpartition(".")
    name = f"{plain or version}.{suffix}"
    if name not in shelf():
        raise HTTPException(404)
    kept = FOR_GOOD if version == hash_of(name) else NOT_KEPT
    media_type = guess_type(name)[0] or "application/octet-stream"
    return Response(read(name), media_type=media_type, headers=kept | {"ETag": f'"{hash_of(name)}"'})
