"""A reservation is renewed while its body is written, so that an upload may take as long as it takes; where the process dies, the renewals
end, and soon a retry with the same key is taken by any gateway.
"""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from auricle_kit import log
from auricle_kit.errors import AuricleError
from auricle_records import conversations
from auricle_records.conversations import Received

from auricle_gateway.parts import Parts

LONGEST_SECONDS = 6 * 3600.0
"""The largest recording over a line of 256 kbit/s takes less; what hangs for longer is given up after all."""
RENEWALS = 4
"""Within the time after which a reservation counts as given up."""
logger = log.get("gateway.renewal")


@asynccontextmanager
async def renewing(parts: Parts, workspace: str, place: Received) -> AsyncIterator[None]:
    """While the block runs. A body that comes at once costs no statement."""
    task = asyncio.create_task(_renew(parts, workspace, place))
    try:
        yield
    finally:
        task.cancel()


async def _renew(parts: Parts, workspace: str, place: Received) -> None:
    every_s = parts.limits.receiving_stale_seconds / RENEWALS
    for _ in range(int(LONGEST_SECONDS / every_s)):
        await asyncio.sleep(every_s)
        try:
            if not await conversations.renew(parts.db, workspace, place):
                return
        except AuricleError as error:  # the next one may do better
            logger.warning("receiving_not_renewed", conversation=place.conversation_id, code=error.code)
