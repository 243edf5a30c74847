"""Event streams: one reader for all viewers, a cap on them, and an end when their key is revoked."""

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from typing import Any

import httpx
import pytest
from auricle_contracts import Scope
from auricle_records import conversations, keys
from integration.gateway import outcomes
from integration.gateway.conftest import Door, running
from integration.gateway.posted import post_chat

VIEWERS = 12


@asynccontextmanager
async def opened(client: httpx.AsyncClient, conversation: str) -> AsyncIterator[AsyncIterator[str]]:
    """The stream's lines, behind its first event."""
    async with client.stream("GET", f"/v1/conversations/{conversation}/events") as response:
        assert response.status_code == 200, await response.aread()
        lines = response.aiter_lines()
        assert await anext(lines) == "event: state"
        yield lines


async def rest(lines: AsyncIterator[str]) -> list[str]:
    return [line async for line in lines if line]


async def test_many_viewers_cost_one_reader(door: Door, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[int] = []
    views = conversations.views

    async def counted(connection: Any, ids: Any) -> Any:
        asked.append(len(ids))
        return await views(connection, ids)

    monkeypatch.setattr(conversations, "views", counted)
    conversation = await post_chat(door.ours)
    async with AsyncExitStack() as stack:
        streams = [await stack.enter_async_context(opened(door.ours, conversation)) for _ in range(VIEWERS)]
        began, asked_before = time.monotonic(), len(asked)
        await asyncio.sleep(1.6)
        ticks = (time.monotonic() - began) / 0.5
        assert 1 <= len(asked) - asked_before <= ticks + 2, "transactions grow with ticks, not with viewers"
        assert set(asked) == {1}
        await outcomes.judge(door, conversation)
        ends = await asyncio.gather(*map(rest, streams))
    assert all('"progress":"done"' in lines[-1] for lines in ends)


async def test_a_deleted_conversation_is_told(door: Door) -> None:
    conversation = await post_chat(door.ours)
    async with opened(door.ours, conversation) as lines:
        await door.ours.delete(f"/v1/conversations/{conversation}")
        assert (await rest(lines))[-2:] == ["event: deleted", "data: {}"]


async def test_a_revoked_key_sees_no_more(door: Door) -> None:
    conversation = await post_chat(door.ours)
    made = await keys.create_key(door.db, "ours", name="viewer", scopes=[Scope.READ])
    viewer = httpx.AsyncClient(base_url=door.url, headers={"Authorization": f"Bearer {made.token}"})
    async with viewer, opened(viewer, conversation) as lines, asyncio.timeout(5):
        await keys.revoke(door.db, "ours", made.row.id)
        await rest(lines)
    assert door.parts.progress_feed._count == 0


async def test_viewers_are_bounded(
    module_postgres_url: str, redis_server: Any, tmp_path_factory: pytest.TempPathFactory
) -> None:
    blobs = tmp_path_factory.mktemp("blobs")
    async with running(module_postgres_url, redis_server.url, blobs, rate_per_minute=0, max_event_streams=2) as door:
        conversation = await post_chat(door.ours)
        async with opened(door.ours, conversation), opened(door.ours, conversation):
            more = await door.ours.get(f"/v1/conversations/{conversation}/events")
            assert (more.status_code, more.json()["code"]) == (503, "busy")
        for _ in range(50):
            if door.parts.progress_feed._count == 0:
                break
            await asyncio.sleep(0.1)
        async with opened(door.ours, conversation):
            assert door.parts.progress_feed._count == 1
