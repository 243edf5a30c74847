"""The states of one conversation as server-sent events. It asks Postgres: the truth is there, and one query a second is cheap."""

import asyncio
from collections.abc import AsyncIterator

from auricle_contracts import ConversationView
from auricle_kit.errors import AuricleError
from auricle_records import conversations
from auricle_records.database import Database
from auricle_records.errors import Gone, NotFound

ASK_SECONDS = 0.5
LONGEST_SECONDS = 600.0
HEARTBEAT_EVERY = 30  # asks
ENDED = frozenset({"done", "dead", "deleted"})


async def changes(db: Database, workspace: str, view: ConversationView) -> AsyncIterator[str]:
    """The given view, then each later one that differs, as SSE text. A store that does not answer is only waited for."""
    yield _event(view)
    for asked in range(1, int(LONGEST_SECONDS / ASK_SECONDS)):
        if view.progress in ENDED:
            return
        await asyncio.sleep(ASK_SECONDS)
        try:
            now = await conversations.get(db, workspace, view.id)
        except (Gone, NotFound):
            yield "event: deleted\ndata: {}\n\n"
            return
        except AuricleError:
            continue
        if now != view:
            yield _event(now)
            view = now
        elif asked % HEARTBEAT_EVERY == 0:
            yield ": still here\n\n"


def _event(view: ConversationView) -> str:
    return f"event: state\ndata: {view.model_dump_json()}\n\n"
