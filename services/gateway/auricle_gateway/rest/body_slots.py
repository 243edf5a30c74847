"""How many large bodies are held in memory at once, over all requests of the process: a body of 16 MiB is ten times that as objects."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from fastapi import Request

from auricle_gateway.errors import Busy
from auricle_gateway.rest.bodies import SMALL_BYTES

WAIT_SECONDS = 10.0


class BodySlots:
    """A slot for each large body, and for each that does not say how large it is; small ones pass."""

    def __init__(self, at_once: int) -> None:
        self._slots = asyncio.Semaphore(at_once)

    @asynccontextmanager
    async def taken(self, request: Request) -> AsyncIterator[None]:
        """Hold a slot while the body and what was made of it live. Raises Busy where none becomes free in time."""
        declared = request.headers.get("content-length", "")
        if declared.isdigit() and int(declared[:20]) <= SMALL_BYTES:
            yield
            return
        try:
            async with asyncio.timeout(WAIT_SECONDS):
                await self._slots.acquire()
        except TimeoutError:
            raise Busy("too many large bodies are being read at once") from None
        try:
            yield
        finally:
            self._slots.release()
