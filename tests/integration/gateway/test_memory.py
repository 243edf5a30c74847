"""A recording passes through in pieces: memory does not grow with its size."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import httpx
from auricle_contracts import Scope
from auricle_records import keys, workspaces
from auricle_records.database import Database
from fixtures.gateway_process import GatewayProcess, gateway_process

MIB = 1024 * 1024
UPLOADS = 4
ALLOWED_PER_UPLOAD = 2 * MIB


async def body(size: int) -> AsyncIterator[bytes]:
    piece = b"\x5a" * 65536
    for _ in range(size // len(piece)):
        yield piece


async def upload(http: httpx.AsyncClient, size: int, at_once: int = UPLOADS) -> None:
    headers = {"Content-Type": "audio/wav"}
    sent = [http.post("/v1/conversations", content=body(size), headers=headers) for _ in range(at_once)]
    for response in await asyncio.gather(*sent):
        assert response.status_code == 202, response.text


async def growth(gateway: GatewayProcess, http: httpx.AsyncClient, size: int) -> int:
    """Peak over rest while recordings of this size come in at once, per upload."""
    before = gateway.reset_peak()
    await upload(http, size)
    return (gateway.peak() - before) // UPLOADS


async def test_an_upload_takes_two_megabytes_whatever_its_size(
    database: Database, redis_url: str, postgres_url: str, tmp_path: Path
) -> None:
    await workspaces.ensure(database, "w")
    token = (await keys.create_key(database, "w", name="t", scopes=tuple(Scope))).token
    headers = {"Authorization": f"Bearer {token}"}
    with gateway_process(postgres_url, redis_url, tmp_path) as gateway:
        async with httpx.AsyncClient(base_url=gateway.url, headers=headers, timeout=60) as http:
            for _ in range(3):
                await upload(http, 8 * MIB, at_once=1)  # code, threads and caches that stay
            small, large = await growth(gateway, http, 8 * MIB), await growth(gateway, http, 64 * MIB)
    print(f"MiB per upload: {small / MIB:.2f} of 8 MiB, {large / MIB:.2f} of 64 MiB")
    assert large <= ALLOWED_PER_UPLOAD
