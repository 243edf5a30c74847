"""A gateway on real uvicorn, Postgres and Redis, with two workspaces that must never see each other."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import pytest
from auricle_cli.stack.ports import any_free
from auricle_contracts import Scope
from auricle_gateway.app import create_app
from auricle_gateway.parts import Parts
from auricle_gateway.settings import GatewaySettings
from auricle_kit import log, web
from auricle_kit.drain import Drain
from auricle_records import keys, workspaces
from auricle_records.database import Database
from fastapi import FastAPI

PROMPTS = Path(__file__).parents[3] / "prompts"


@dataclass
class Door:
    """The running gateway: its parts, and a client for each workspace with all scopes."""

    url: str
    app: FastAPI
    ours: httpx.AsyncClient
    theirs: httpx.AsyncClient
    blobs: Path
    db: Database
    """As the role that writes every table: tests do what asr and scorer would do. The gateway itself has its own (`parts.db`)."""

    @property
    def parts(self) -> Parts:
        parts: Parts = self.app.state.parts
        return parts

    async def client(self, workspace: str, *scopes: Scope) -> httpx.AsyncClient:
        made = await keys.create_key(self.db, workspace, name="test", scopes=scopes or tuple(Scope))
        return httpx.AsyncClient(base_url=self.url, headers={"Authorization": f"Bearer {made.token}"}, timeout=30)


@asynccontextmanager
async def running(database_url: str, redis_url: str, blobs: Path, **settings: Any) -> AsyncIterator[Door]:
    """A gateway in this process, on a port of its own."""
    port = any_free()
    url = f"http://127.0.0.1:{port}"
    given: dict[str, Any] = {
        "database_url": database_url, "redis_url": redis_url, "blob_url": f"file://{blobs}", "prompts_dir": PROMPTS,
        "AURICLE_GATEWAY_URL": url, "port": port,
    }  # fmt: skip
    chosen = GatewaySettings(**given | settings)
    app = create_app(chosen)
    drain = Drain()
    proxies = list(map(str, chosen.trusted_proxies))
    served = web.serve(app, "127.0.0.1", port, drain=drain, grace_seconds=2, trusted_proxies=proxies)
    serving = asyncio.create_task(served)
    async with AsyncExitStack() as stack:
        try:
            await _answers(url, serving)
            db = await stack.enter_async_context(Database.connect(database_url))
            door = Door(url, app, httpx.AsyncClient(), httpx.AsyncClient(), blobs, db)
            for name in ("ours", "theirs"):
                await workspaces.ensure(door.db, name)
                setattr(door, name, await stack.enter_async_context(await door.client(name)))
            yield door
        finally:
            drain.stopping.set()
            await serving


async def _answers(url: str, serving: asyncio.Task[None]) -> None:
    async with httpx.AsyncClient() as http:
        for _ in range(1200):
            if serving.done():
                await serving
            try:
                if (await http.get(f"{url}/healthz")).is_success:
                    return
            except httpx.TransportError:
                await asyncio.sleep(0.05)
    raise TimeoutError("the gateway does not answer")


@pytest.fixture(scope="package", autouse=True)
def _strict_logs() -> None:
    """A log line with content of a conversation is an error of the test that caused it."""
    log.configure("gateway", level="WARNING", strict=True)


@pytest.fixture(scope="module")
async def door(
    module_postgres_url: str, redis_server: Any, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[Door]:
    async with running(
        module_postgres_url,
        redis_server.url,
        tmp_path_factory.mktemp("blobs"),
        rate_per_minute=0,
        unknown_keys_per_minute=0,
    ) as door:
        yield door
