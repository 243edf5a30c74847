"""GET /report: one file that opens from disk, with its audio, styles and scripts inside."""

import asyncio
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Annotated

from auricle_contracts import ListedConversation
from auricle_kit.errors import InvalidRequest
from fastapi import APIRouter, Query
from starlette.concurrency import run_in_threadpool
from starlette.responses import Response

from auricle_console.gateway import Agent, Gateway
from auricle_console.report.document import POLICY_ON_DISK, Entry, document
from auricle_console.report.sound import Sound, embed
from auricle_console.routes.callers import GatewayOf, PartsOf, WordsOf
from auricle_console.routes.conversations import material
from auricle_console.views.agents import agent_table
from auricle_console.views.conversation import Material, conversation_page
from auricle_console.views.listing import listing
from auricle_console.wiring import Parts
from auricle_console.wording import Wording

router = APIRouter()
AT_ONCE = 2  # each is a decoder and an encoder on a core of its own


@router.get("/report")
async def report(
    parts: PartsOf, gateway: GatewayOf, words: WordsOf, ids: Annotated[str, Query(max_length=10_000)]
) -> Response:
    """The conversations named by `ids` (comma-separated) in their order. Raises InvalidRequest, GatewaySaid."""
    wanted = [one.strip() for one in ids.split(",") if one.strip()]
    most = parts.settings.report_max_conversations
    if not wanted or len(wanted) > most:
        raise InvalidRequest(f"name 1 to {most} conversations", action="ids=first,second")
    materials = [await material(gateway, one) for one in wanted]
    sounds = await _sounds(parts, gateway, materials)
    agents = await gateway.agents({"id": [one.view.id for one in materials]})
    html = await run_in_threadpool(_written, parts, words, materials, sounds, agents)
    headers = {
        "Content-Disposition": 'attachment; filename="auricle-report.html"',
        "Content-Security-Policy": POLICY_ON_DISK,
    }
    return Response(html, media_type="text/html; charset=utf-8", headers=headers)


def _written(
    parts: Parts, words: Wording, materials: Sequence[Material], sounds: Sequence[Sound], agents: Sequence[Agent]
) -> str:
    """In a thread: it may be megabytes of text."""
    entries = [Entry(conversation_page(one, words), sound) for one, sound in zip(materials, sounds, strict=True)]
    return document(
        parts.templates,
        words,
        entries=entries,
        listing=listing([ListedConversation(**dict(one.view), summary=one.summary) for one in materials], words),
        agents=agent_table(agents, words),
        made_at=datetime.now(UTC),
    )


async def _sounds(parts: Parts, gateway: Gateway, materials: list[Material]) -> list[Sound]:
    gate = asyncio.Semaphore(AT_ONCE)

    async def one(material: Material) -> Sound:
        if material.view.recording is None:
            return Sound()
        async with gate:
            most = parts.settings.report_max_recording_bytes
            return await embed(gateway, material.view.id, most, masked=material.hides)

    return list(await asyncio.gather(*map(one, materials)))
