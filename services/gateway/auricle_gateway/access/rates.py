"""How many requests one key may send: counted in Redis over all gateways, and in this process while Redis does not answer.

A recording is never refused because Redis is down.
"""

import asyncio
import time
from typing import Any

from auricle_kit import log
from limits import RateLimitItemPerMinute
from limits.aio.storage import MemoryStorage, RedisStorage
from limits.aio.strategies import SlidingWindowCounterRateLimiter
from limits.errors import StorageError

from auricle_gateway.errors import TOO_MANY_REQUESTS, RateLimited

logger = log.get("rates")
REDIS_SECONDS = 0.5
RETRY_REDIS_SECONDS = 5.0


class Rates:
    """`per_minute` requests a key in any sliding minute; 0 lets everything pass. `pool` is the queue's own pool of connections."""

    def __init__(self, per_minute: int, redis_url: str, pool: Any, *, detail: str = TOO_MANY_REQUESTS) -> None:
        self._detail = detail
        self._item = RateLimitItemPerMinute(max(per_minute, 1))
        self._off = per_minute == 0
        shared = RedisStorage(
            f"async+{redis_url}",
            implementation="redispy",
            wrap_exceptions=True,
            key_prefix="auricle:rate",
            connection_pool=pool,
        )
        self._shared = SlidingWindowCounterRateLimiter(shared)
        self._own = SlidingWindowCounterRateLimiter(MemoryStorage())
        self._shared_again_at = 0.0

    async def check(self, key_id: str) -> None:
        """Count one request. Raises RateLimited with the seconds until the window moves on."""
        if self._off:
            return
        if time.monotonic() >= self._shared_again_at:
            try:
                async with asyncio.timeout(REDIS_SECONDS):
                    await self._hit(self._shared, key_id)
            except (StorageError, TimeoutError):
                logger.warning("rates_counted_alone", retry_seconds=RETRY_REDIS_SECONDS)
                self._shared_again_at = time.monotonic() + RETRY_REDIS_SECONDS
            else:
                return
        await self._hit(self._own, key_id)

    async def _hit(self, limiter: SlidingWindowCounterRateLimiter, key_id: str) -> None:
        if not await limiter.hit(self._item, key_id):
            window = await limiter.get_window_stats(self._item, key_id)
            raise RateLimited(max(1, round(window.reset_time - time.time())), self._detail)
