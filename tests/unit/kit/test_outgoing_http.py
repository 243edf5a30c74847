"""What a request over an open connection must not cost: httpcore asks for sniffio at each lock; absent, the disk is searched for it."""

import asyncio
import importlib.abc
import importlib.machinery
import sys
from collections.abc import Sequence
from types import ModuleType

import httpx
import pytest

REPLY = b"HTTP/1.1 204 No Content\r\n\r\n"


class Searches(importlib.abc.MetaPathFinder):
    """Finds nothing, and keeps the names that were looked for."""

    def __init__(self) -> None:
        self.names: list[str] = []

    def find_spec(
        self,
        fullname: str,
        path: Sequence[str] | None,  # noqa: ARG002
        target: ModuleType | None = None,  # noqa: ARG002
    ) -> importlib.machinery.ModuleSpec | None:
        self.names.append(fullname)
        return None


async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """204 to every request, over one connection."""
    while await reader.readline():
        while (await reader.readline()).strip():
            pass
        writer.write(REPLY)
    writer.close()


async def test_no_module_is_searched_for_during_a_request(monkeypatch: pytest.MonkeyPatch) -> None:
    searches = Searches()
    server = await asyncio.start_server(answer, "127.0.0.1")
    url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
    async with server, httpx.AsyncClient(trust_env=False) as client:
        (await client.get(url)).raise_for_status()
        monkeypatch.setattr(sys, "meta_path", [searches, *sys.meta_path])
        (await client.get(url)).raise_for_status()
    assert searches.names == []
