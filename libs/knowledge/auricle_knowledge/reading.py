"""The parent's side of the sandbox: a document in, a title and passages out, and an end in time."""

import asyncio
import json
import signal
import sys
from asyncio.subprocess import DEVNULL, PIPE
from typing import Any

from auricle_contracts import Code
from auricle_contracts.knowledge import Passage

from auricle_knowledge.errors import DocumentUnreadable

MAX_BYTES = 10 * 1024 * 1024
MEDIA_TYPES = ("text/markdown", "text/html", "text/plain", "application/pdf")
SECONDS = 60
_TOO_MUCH = "reading it takes longer than allowed"
_IN_PARTS = "Send it in parts, an article each."
_CPU_SIGNALS = (-signal.SIGXCPU, -signal.SIGKILL)


async def read(body: bytes, media_type: str, *, charset: str | None = None) -> tuple[str | None, tuple[Passage, ...]]:
    """The document's own title and its passages, not yet numbered (their ids are empty). Raises DocumentUnreadable.

    The media type is one of MEDIA_TYPES, the body at most MAX_BYTES long: the caller has seen to both.
    """
    order = json.dumps({"media_type": media_type, "charset": charset}).encode()
    reply = await _replied(order + b"\n" + body)
    if "code" in reply:
        raise DocumentUnreadable(Code(reply["code"]), reply["why"], action=reply["action"])
    passages = (
        Passage(id="", text=one["text"], headings=one["headings"], page=one["page"]) for one in reply["passages"]
    )
    return reply["title"], tuple(passages)


async def _replied(given: bytes) -> dict[str, Any]:
    child = await asyncio.create_subprocess_exec(
        sys.executable, "-I", "-m", "auricle_knowledge.sandbox", stdin=PIPE, stdout=PIPE, stderr=DEVNULL, env={}
    )
    try:
        async with asyncio.timeout(SECONDS):
            told, _ = await child.communicate(given)
    except TimeoutError:
        raise DocumentUnreadable(Code.DOCUMENT_TOO_LONG, _TOO_MUCH, action=_IN_PARTS) from None
    finally:
        if child.returncode is None:
            child.kill()
            await child.wait()
    if child.returncode in _CPU_SIGNALS:
        raise DocumentUnreadable(Code.DOCUMENT_TOO_LONG, _TOO_MUCH, action=_IN_PARTS)
    if child.returncode != 0 or not told:
        raise DocumentUnreadable(Code.DOCUMENT_BROKEN, "it cannot be read", action="Save it anew, or as Markdown.")
    reply: dict[str, Any] = json.loads(told)
    return reply
