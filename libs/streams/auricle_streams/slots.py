"""How many items are prepared and worked on at once. An item that was near a crash goes through alone: whatever happens then is
its own doing, and no neighbour spends its tries on somebody else's poison.
"""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager


class Slots:
    """`preparing` beside anything but a lone item, `working` for `places` at once, `alone` beside nothing."""

    def __init__(self, places: int) -> None:
        self._places = places
        self._preparing = 0
        self._working = 0
        self._loners = 0
        self._alone = False
        self._changed = asyncio.Condition()

    @property
    def idle(self) -> bool:
        """Nothing is being worked on."""
        return self._working == 0 and not self._alone

    @asynccontextmanager
    async def preparing(self) -> AsyncIterator[None]:
        """Room beside the items at work."""
        async with self._changed:
            await self._changed.wait_for(lambda: not self._loners)
            self._preparing += 1
        try:
            yield
        finally:
            async with self._changed:
                self._preparing -= 1
                self._changed.notify_all()

    @asynccontextmanager
    async def working(self) -> AsyncIterator[None]:
        """One of the places."""
        async with self._changed:
            await self._changed.wait_for(lambda: not self._loners and self._working < self._places)
            self._working += 1
        try:
            yield
        finally:
            async with self._changed:
                self._working -= 1
                self._changed.notify_all()

    @asynccontextmanager
    async def alone(self) -> AsyncIterator[None]:
        """Exclusive slot: waits until no other run is active; new runs are blocked meanwhile."""
        self._loners += 1
        try:
            async with self._changed:
                await self._changed.wait_for(lambda: not (self._alone or self._working or self._preparing))
                self._alone = True
            try:
                yield
            finally:
                self._alone = False
        finally:
            self._loners -= 1
            async with self._changed:
                self._changed.notify_all()
