"""Server-sent events of conversations' progress: one reader of the process asks for all viewers, however many there are.

tick (0.5 s) ─► a transaction a workspace: the watched conversations, and which keys still hold ─► what changed, to its viewers

Postgres is asked, and no notice waited for: the truth is there, and a notice that was missed would be a page that stands still.
"""

import asyncio
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from contextvars import Context
from dataclasses import dataclass, field

from auricle_contracts import ConversationView
from auricle_kit import log
from auricle_kit.errors import AuricleError
from auricle_records import conversations, keys
from auricle_records.callers import Caller
from auricle_records.database import Database
from auricle_records.people import sessions

from auricle_gateway.errors import Busy

logger = log.get("gateway.sse")
TICK_SECONDS = 0.5
LONGEST_SECONDS = 600.0
HEARTBEAT_SECONDS = 15.0
ENDED = frozenset({"done", "dead", "deleted"})


@dataclass(eq=False)
class Viewer:
    """One open stream. `view` is the newest state, None when the conversation was deleted; `is_over` when its key was revoked."""

    caller: Caller
    view: ConversationView | None
    is_over: bool = False
    changed: asyncio.Event = field(default_factory=asyncio.Event)

    def tell(self, view: ConversationView | None) -> None:
        """A state that was read; nothing where it is the same."""
        if view != self.view:
            self.view = view
            self.changed.set()

    def end(self) -> None:
        """Its key no longer holds."""
        self.is_over = True
        self.changed.set()


class ProgressFeed:
    """All viewers of this process, at most `most`; asks only while there are any."""

    def __init__(self, db: Database, most: int) -> None:
        self._db = db
        self._most = most
        self._viewers: dict[str, dict[str, set[Viewer]]] = {}
        self._count = 0
        self._reader: asyncio.Task[None] | None = None

    def check_room(self) -> None:
        """Raises Busy where there are as many viewers as may be."""
        if self._count >= self._most:
            raise Busy("too many event streams are open")

    async def events(
        self, caller: Caller, view: ConversationView, shown: Callable[[ConversationView], ConversationView]
    ) -> AsyncIterator[str]:
        """The state now, then each later one that differs, as SSE text, until the conversation, its key or its time is over.

        `shown` makes of a view what this caller may see.
        """
        viewer = Viewer(caller, view)
        self._open(viewer, view.id)
        try:
            over_at = time.monotonic() + LONGEST_SECONDS
            while time.monotonic() < over_at and not viewer.is_over:
                viewer.changed.clear()
                yield _event(shown(viewer.view) if viewer.view else None)
                if viewer.view is None or viewer.view.progress in ENDED:
                    return
                while not await _changed(viewer) and time.monotonic() < over_at:
                    yield ": still here\n\n"
        finally:
            self._close(viewer, view.id)

    def _open(self, viewer: Viewer, conversation_id: str) -> None:
        self._count += 1
        self._viewers.setdefault(viewer.caller.workspace, {}).setdefault(conversation_id, set()).add(viewer)
        if self._reader is None or self._reader.done():
            # All viewers share it: it must not be limited to what the first one may see.
            self._reader = asyncio.create_task(self._read(), context=Context())

    def _close(self, viewer: Viewer, conversation_id: str) -> None:
        watched = self._viewers[viewer.caller.workspace]
        watched[conversation_id].discard(viewer)
        if not watched[conversation_id]:
            del watched[conversation_id]
        if not watched:
            del self._viewers[viewer.caller.workspace]
        self._count -= 1

    async def _read(self) -> None:
        while self._viewers:
            await asyncio.sleep(TICK_SECONDS)
            for workspace in tuple(self._viewers):
                try:
                    await self._read_workspace(workspace)
                except AuricleError as error:  # a store that does not answer is only waited for
                    logger.warning("progress_not_read", code=error.code)

    async def _read_workspace(self, workspace: str) -> None:
        watched = {name: tuple(viewers) for name, viewers in self._viewers[workspace].items()}
        everybody = [viewer for viewers in watched.values() for viewer in viewers]
        callers = [viewer.caller for viewer in everybody]
        async with self._db.transaction(workspace) as connection:
            views = await conversations.views(connection, tuple(watched))
            valid = await keys.valid(connection, {one.id for one in callers if one.session_id is None})
            valid |= await sessions.valid(connection, {one.session_id for one in callers if one.session_id is not None})
        for name, viewers in watched.items():
            for viewer in viewers:
                viewer.tell(views.get(name))
        for viewer in everybody:
            if (viewer.caller.session_id or viewer.caller.id) not in valid:
                viewer.end()

    @classmethod
    @asynccontextmanager
    async def running(cls, db: Database, most: int) -> AsyncIterator["ProgressFeed"]:
        """A feed that stops asking at the end."""
        feed = cls(db, most)
        try:
            yield feed
        finally:
            if feed._reader is not None:
                feed._reader.cancel()
                await asyncio.wait([feed._reader])


async def _changed(viewer: Viewer) -> bool:
    """Whether there is news within the time of a heartbeat."""
    try:
        async with asyncio.timeout(HEARTBEAT_SECONDS):
            await viewer.changed.wait()
    except TimeoutError:
        return False
    return True


def _event(view: ConversationView | None) -> str:
    if view is None:
        return "event: deleted\ndata: {}\n\n"
    return f"event: state\ndata: {view.model_dump_json()}\n\n"
