"""A hook on the running gateway, posts of vendors from tests/data/exchange, and a telephony server that gives recordings."""

import asyncio
import base64
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx
from integration.gateway.conftest import Door
from integration.gateway.posted import wav
from sqlalchemy import text

DATA = Path(__file__).parents[2] / "data" / "exchange"


@dataclass
class Telephony:
    """Recordings on loopback. `missing`: how many requests are answered with 404 first; `asked`: what was asked for, and by whom."""

    host: str = ""
    missing: int = 0
    asked: list[tuple[str, str]] = field(default_factory=list)

    def url(self, path: str = "/rec/1") -> str:
        return f"http://{self.host}{path}"

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = (await reader.readuntil(b"\r\n\r\n")).decode()
        lines = head.split("\r\n")
        given = next((line.partition(": ")[2] for line in lines if line.lower().startswith("authorization:")), "")
        user = base64.b64decode(given.removeprefix("Basic ")).decode() if given.startswith("Basic ") else given
        self.asked.append((lines[0].split(" ")[1], user))
        found, self.missing = self.missing == 0, max(0, self.missing - 1)
        body = wav() if found else b""
        answer = "200 OK" if found else "404 Not Found"
        writer.write(
            f"HTTP/1.1 {answer}\r\nContent-Type: audio/wav\r\nContent-Length: {len(body)}\r\nConnection: close\r\n\r\n".encode()
            + body
        )
        await writer.drain()
        writer.close()


@asynccontextmanager
async def telephony(door: Door, workspace: str = "ours") -> AsyncIterator[Telephony]:
    """A server that the workspace trusts."""
    made = Telephony()
    server = await asyncio.start_server(made.serve, "127.0.0.1", 0)
    made.host = f"127.0.0.1:{server.sockets[0].getsockname()[1]}"
    await allow(door, workspace, made.host)
    yield made
    await allow(door, workspace)
    server.close()


async def allow(door: Door, workspace: str, *hosts: str) -> None:
    async with door.db.transaction(workspace) as connection:
        await connection.execute(text("UPDATE workspaces SET allowed_hosts = :hosts"), {"hosts": list(hosts)})


async def a_hook(door: Door, integration: str, **fields: Any) -> dict[str, Any]:
    response = await door.ours.post("/v1/hooks", json={"integration": integration} | fields)
    assert response.status_code == 201, response.text
    made: dict[str, Any] = response.json()
    return made


def said(name: str, **words: str) -> bytes:
    """A file of tests/data/exchange with words replaced."""
    found = (DATA / name).read_text(encoding="utf-8")
    for old, new in words.items():
        found = found.replace(old, new)
    return found.encode()


async def post(hook: dict[str, Any], body: bytes, below: str = "", **headers: str) -> httpx.Response:
    """As a vendor does: without any API key."""
    async with httpx.AsyncClient(timeout=30) as vendor:
        return await vendor.post(hook["url"] + below, content=body, headers=headers)


async def ended(door: Door, hook: dict[str, Any], count: int, seconds: float = 60.0) -> list[dict[str, Any]]:
    """The hook's events, the oldest first, once `count` of them have ended."""
    for _ in range(int(seconds / 0.1)):
        items = (await door.ours.get(f"/v1/hooks/{hook['id']}/events")).json()["items"]
        over = [one for one in reversed(items) if one["state"] != "pending"]
        if len(over) >= count:
            return over
        await asyncio.sleep(0.1)
    raise TimeoutError(f"only {len(over)} of {count} events ended: {items}")


async def conversation(door: Door, event: dict[str, Any]) -> dict[str, Any]:
    assert event["state"] == "done", event
    found: dict[str, Any] = (await door.ours.get(f"/v1/conversations/{event['conversation_id']}")).json()
    return found
