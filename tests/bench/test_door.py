"""The door beside its limits: a raw upload against a bare socket that writes a file, against multipart; and accepted chats a second.

`make bench` writes docs/evidence/door.json. Ratios are of one run; the named alternative is an asyncio server on uvloop that writes
what comes to a file, without HTTP, key or row: once as it is, once with the SHA-256 (in a thread) and the sync that we do too.
"""

import asyncio
import json
import os
import subprocess
import sys
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from auricle_cli.stack.ports import any_free
from auricle_contracts import Scope
from auricle_records import keys, workspaces
from auricle_records.database import Database
from fixtures.gateway_process import ROOT, GatewayProcess, gateway_process

pytestmark = [pytest.mark.bench, pytest.mark.timeout(600)]
MIB = 1024 * 1024
SIZE, AT_ONCE, ROUNDS = 32 * MIB, 4, 5
CHATS, CONNECTIONS, GOAL, GOAL_CPU_MS = 1500, 16, 350, 2.5
PIECE = b"\x5a" * 262144
BARE = """
import asyncio, hashlib, os, sys, tempfile, uvloop
port, folder, is_safe = int(sys.argv[1]), sys.argv[2], sys.argv[3] == "safe"
def keep(file, digest, piece):
    file.write(piece)
    if is_safe:
        digest.update(piece)
async def serve(reader, writer):
    digest = hashlib.sha256()
    with tempfile.TemporaryFile(dir=folder) as file:
        left = int(await reader.readline())
        while left:
            piece = await reader.read(262144)
            await asyncio.to_thread(keep, file, digest, piece) if is_safe else keep(file, digest, piece)
            left -= len(piece)
        if is_safe:
            file.flush()
            await asyncio.to_thread(os.fsync, file.fileno())
    writer.write(b"HTTP/1.1 202 ok\\r\\n\\r\\n")
    await writer.drain()
    writer.close()
async def main():
    async with await asyncio.start_server(serve, "127.0.0.1", port, limit=1 << 20) as server:
        await server.serve_forever()
uvloop.run(main())
"""


async def send(port: int, head: bytes, tail: bytes = b"") -> None:
    """One upload over a connection of its own, by hand: an HTTP client would be the slower side."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    writer.write(head)
    for _ in range(SIZE // len(PIECE)):
        writer.write(PIECE)
        await writer.drain()
    writer.write(tail)
    status = await reader.readline()
    assert b" 202 " in status, status
    writer.close()


async def megabytes_a_second(port: int, head: bytes, tail: bytes = b"") -> float:
    began = time.perf_counter()
    await asyncio.gather(*(send(port, head, tail) for _ in range(AT_ONCE)))
    return SIZE * AT_ONCE / 1e6 / (time.perf_counter() - began)


def raw_head(token: str) -> bytes:
    lines = ["POST /v1/conversations HTTP/1.1", "Host: x", f"Authorization: Bearer {token}", "Content-Type: audio/wav"]
    return "\r\n".join([*lines, f"Content-Length: {SIZE}", "Connection: close", "", ""]).encode()


def multipart(token: str) -> tuple[bytes, bytes]:
    part = (
        b'--b\r\nContent-Disposition: form-data; name="recording"; filename="a.wav"\r\nContent-Type: audio/wav\r\n\r\n'
    )
    tail = b"\r\n--b--\r\n"
    head = raw_head(token).replace(b"audio/wav", b"multipart/form-data; boundary=b")
    return head.replace(str(SIZE).encode(), str(SIZE + len(part) + len(tail)).encode()) + part, tail


async def accepts_a_second(port: int, token: str) -> float:
    """Small chats over kept connections, each with its own external id; 202 is after one commit."""
    numbers = iter(range(CHATS))

    async def client() -> None:
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        for number in numbers:
            body = json.dumps(_chat(number)).encode()
            lines = [
                "POST /v1/conversations HTTP/1.1",
                "Host: x",
                f"Authorization: Bearer {token}",
                "Content-Type: application/json",
            ]
            writer.write("\r\n".join([*lines, f"Content-Length: {len(body)}", "", ""]).encode() + body)
            head = await reader.readuntil(b"\r\n\r\n")
            assert b" 202 " in head.split(b"\r\n")[0], head
            length = next(
                int(line.split(b":")[1]) for line in head.lower().split(b"\r\n") if line.startswith(b"content-length")
            )
            await reader.readexactly(length)
        writer.close()

    began = time.perf_counter()
    await asyncio.gather(*(client() for _ in range(CONNECTIONS)))
    return CHATS / (time.perf_counter() - began)


def _chat(number: int) -> dict[str, object]:
    people = [{"id": "a", "role": "agent", "reference": "7"}, {"id": "c", "role": "customer"}]
    turns = [{"participant": "ca"[at % 2], "text": "Сколько стоит доставка до понедельника?"} for at in range(8)]
    about = {"channel": "chat", "source": "bench", "external_id": f"{time.time_ns()}-{number}"}
    return about | {"participants": people, "turns": turns}


@pytest.fixture
async def token(database: Database) -> str:
    await workspaces.ensure(database, "w")
    return (await keys.create_key(database, "w", name="bench", scopes=tuple(Scope))).token


@pytest.fixture
async def gateway(postgres_url: str, redis_url: str, tmp_path: Path) -> AsyncIterator[GatewayProcess]:
    with gateway_process(postgres_url, redis_url, tmp_path) as process:
        yield process


@contextmanager
def bare(folder: Path, kind: str) -> Iterator[int]:
    port = any_free()
    process = subprocess.Popen([sys.executable, "-c", BARE, str(port), str(folder), kind])
    time.sleep(1.5)
    try:
        yield port
    finally:
        process.terminate()
        process.wait(5)


@pytest.fixture
def bare_sockets(tmp_path: Path) -> Iterator[tuple[int, int]]:
    with bare(tmp_path, "plain") as plain, bare(tmp_path, "safe") as safe:
        yield plain, safe


async def uploads(port: int, bare_sockets: tuple[int, int], token: str) -> dict[str, float]:
    """MB/s, best of some rounds; interleaved, so that a noisy minute hits all of them."""
    plain, safe = bare_sockets
    head, (form, tail) = raw_head(token), multipart(token)
    found: dict[str, list[float]] = {"bare_socket": [], "bare_socket_hashed_synced": [], "raw": [], "multipart": []}
    for _ in range(ROUNDS):
        found["bare_socket"].append(await megabytes_a_second(plain, f"{SIZE}\n".encode()))
        found["bare_socket_hashed_synced"].append(await megabytes_a_second(safe, f"{SIZE}\n".encode()))
        found["raw"].append(await megabytes_a_second(port, head))
        found["multipart"].append(await megabytes_a_second(port, form, tail))
    return {name: round(max(values), 1) for name, values in found.items()}


async def test_the_door(gateway: GatewayProcess, bare_sockets: tuple[int, int], token: str) -> None:
    port = int(urlsplit(gateway.url).port or 0)
    best = await uploads(port, bare_sockets, token)
    await accepts_a_second(port, token)
    before = gateway.cpu_seconds()
    rates = [await accepts_a_second(port, token) for _ in range(3)]
    cpu_ms = (gateway.cpu_seconds() - before) / (3 * CHATS) * 1000
    figures = {
        "command": "make bench",
        "date": datetime.now(UTC).date().isoformat(),
        "machine": f"{os.cpu_count()} cores, Linux x86-64, load {os.getloadavg()[0]:.1f} at the end",
        "upload": {"mib": SIZE // MIB, "at_once": AT_ONCE, "best_of": ROUNDS, "mb_per_second": best},
        "raw_over_bare_socket": round(best["raw"] / best["bare_socket"], 2),
        "raw_over_bare_socket_hashed_synced": round(best["raw"] / best["bare_socket_hashed_synced"], 2),
        "raw_over_multipart": round(best["raw"] / best["multipart"], 2),
        "accepted_chats_per_second": round(max(rates)),
        "goal_accepted_chats_per_second": GOAL,
        "goal_reached": max(rates) >= GOAL,
        "gateway_cpu_ms_per_chat": round(cpu_ms, 2),
        "goal_gateway_cpu_ms_per_chat": GOAL_CPU_MS,
        "note": "One process; the load generator and Postgres (without fsync) share its cores. Recordings are synced; chats are rows.",
    }
    print(json.dumps(figures, indent=2))
    (ROOT / "docs" / "evidence" / "door.json").write_text(json.dumps(figures, indent=2) + "\n")
    assert best["raw"] > best["multipart"]
