"""recording_url from a host that an operator trusts for the workspace, and only for it."""

import asyncio
import hashlib
from collections.abc import AsyncIterator

import pytest
from integration.gateway.conftest import Door
from integration.gateway.posted import wav
from sqlalchemy import text


@pytest.fixture
async def telephony(door: Door) -> AsyncIterator[str]:
    """A recording server on loopback that `ours` may fetch from; its `host:port`."""

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        request = await reader.readuntil(b"\r\n\r\n")
        body = wav() if b"GET /a.wav" in request else b""
        status = "200 OK" if body else "404 Not Found"
        writer.write(
            f"HTTP/1.1 {status}\r\nContent-Type: audio/wav\r\nContent-Length: {len(body)}\r\nConnection: close\r\n\r\n".encode()
            + body
        )
        await writer.drain()
        writer.close()

    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    host = f"127.0.0.1:{server.sockets[0].getsockname()[1]}"
    async with door.db.transaction("ours") as connection:
        await connection.execute(text("UPDATE workspaces SET allowed_hosts = ARRAY[:host]"), {"host": host})
    yield host
    async with door.db.transaction("ours") as connection:
        await connection.execute(text("UPDATE workspaces SET allowed_hosts = '{}'"))
    server.close()


async def test_a_recording_is_fetched_from_a_trusted_host(door: Door, telephony: str) -> None:
    response = await door.ours.post("/v1/conversations", json={"recording_url": f"http://{telephony}/a.wav"})
    assert response.status_code == 202, response.text
    recording = response.json()["recording"]
    assert (recording["media_type"], recording["sha256"]) == ("audio/wav", hashlib.sha256(wav()).hexdigest())


async def test_trust_is_one_workspaces_and_the_list_is_closed(door: Door, telephony: str) -> None:
    url = f"http://{telephony}/a.wav"
    theirs = await door.theirs.post("/v1/conversations", json={"recording_url": url})
    assert theirs.json()["code"] == "url_refused"
    elsewhere = await door.ours.post("/v1/conversations", json={"recording_url": "https://example.com/a.wav"})
    assert elsewhere.json()["code"] == "url_refused"


async def test_what_is_not_there_fails_clearly(door: Door, telephony: str) -> None:
    response = await door.ours.post("/v1/conversations", json={"recording_url": f"http://{telephony}/missing.wav"})
    assert (response.status_code, response.json()["code"]) == (424, "fetch_failed")


async def test_a_url_with_a_password_is_refused_with_what_to_do(door: Door) -> None:
    body = {"channel": "call", "recording_url": "https://name:word@recordings.example.com/a.wav"}
    refused = await door.ours.post("/v1/conversations", json=body)
    assert (refused.status_code, refused.json()["code"]) == (422, "url_refused")
    assert "signed" in refused.json()["action"]
    assert "word@" not in refused.text
