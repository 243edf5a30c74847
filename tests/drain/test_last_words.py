"""A request that is cut off takes back what it began, on stores that are still open."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import httpx
import pytest
from auricle_cli.stack.ports import any_free
from auricle_kit import web
from auricle_kit.drain import Drain
from fastapi import FastAPI
from fixtures.patience import eventually


async def said(monkeypatch: pytest.MonkeyPatch, last_words_s: float) -> list[str]:
    """What happened in a server with a grace of one second, and a request that needs 0.3 s to take itself back."""
    heard: list[str] = []
    begun, drain, port = asyncio.Event(), Drain(), any_free()
    monkeypatch.setattr(web, "LAST_WORDS_S", last_words_s)

    @asynccontextmanager
    async def stores(_: FastAPI) -> AsyncIterator[None]:
        yield
        heard.append("stores closed")

    app = web.create_app("cut", lifespan=stores)

    @app.get("/slow")
    async def slow() -> None:
        begun.set()
        try:
            await asyncio.sleep(60)
        finally:
            await asyncio.sleep(0.3)
            heard.append("taken back")

    async with httpx.AsyncClient(base_url=f"http://127.0.0.1:{port}") as client, asyncio.TaskGroup() as group:
        group.create_task(web.serve(app, "127.0.0.1", port, drain=drain, grace_seconds=1.0))
        await eventually(lambda: _listens(port), what="the server")
        asking = asyncio.gather(client.get("/slow"), return_exceptions=True)
        await begun.wait()
        drain.stopping.set()
        await asking
    await asyncio.sleep(0.5)
    return heard


async def _listens(port: int) -> bool:
    try:
        _, writer = await asyncio.open_connection("127.0.0.1", port)
    except OSError:
        return False
    writer.close()
    return True


async def test_what_is_cut_off_ends_before_the_stores_close(monkeypatch: pytest.MonkeyPatch) -> None:
    assert await said(monkeypatch, last_words_s=2.0) == ["taken back", "stores closed"]


async def test_without_that_time_the_stores_would_be_closed_first(monkeypatch: pytest.MonkeyPatch) -> None:
    assert await said(monkeypatch, last_words_s=0.0) == ["stores closed", "taken back"]
