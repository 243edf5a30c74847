"""A browser before the page before a real gateway."""

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import Any

import httpx
from auricle_console.app import create_app
from auricle_console.sessions import Sessions
from auricle_console.settings import ConsoleSettings
from auricle_console.wiring import Parts, templates
from integration.gateway.conftest import Door

OWN = {"origin": "http://console"}
Hook = Callable[[httpx.Request], Awaitable[None]]


@asynccontextmanager
async def browsing(
    door: Door, api: httpx.AsyncClient | None = None, *, on_request: Hook | None = None, **settings: Any
) -> AsyncIterator[httpx.AsyncClient]:
    """Logged in with the key of `api`; without one not signed in. `on_request` sees what the page asks the gateway."""
    hooks = {"request": [on_request] if on_request else []}
    async with httpx.AsyncClient(base_url=door.url, timeout=60, event_hooks=hooks) as client:
        given = ConsoleSettings(gateway_url=door.url, **settings)
        transport = httpx.ASGITransport(create_app(Parts(given, client, Sessions(b"secret", 3600), templates())))
        headers = {"accept": "text/html", "accept-language": "en"}
        async with httpx.AsyncClient(transport=transport, base_url="http://console", headers=headers) as browser:
            if api is not None:
                key = api.headers["authorization"].removeprefix("Bearer ")
                assert (await browser.post("/login", data={"key": key}, headers=OWN)).status_code == 303
            yield browser
