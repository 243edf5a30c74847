"""Group commit for a script: what is asked while the round trips are under way goes together in the next.

A lone caller pays nothing for it; sixteen busy ones pay for a few round trips instead of sixteen (measured: docs/evidence/queue.json).
"""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from redis.exceptions import NoScriptError

from auricle_streams.scripts import Script

LANES = 4
"""Round trips under way at once: with one alone the next batch would wait for a busy Redis."""


@dataclass(frozen=True, slots=True)
class Call:
    """One caller's keys and arguments, and where its reply goes."""

    keys: Sequence[str]
    args: Sequence[str]
    reply: asyncio.Future[Any]


class Batch:
    """Calls one script for many callers, each with its own keys and arguments, its own reply or error."""

    def __init__(self, redis: Any, script: Script) -> None:
        self._redis = redis
        self._script = script
        self._waiting: list[Call] = []
        self._lanes: set[asyncio.Task[None]] = set()

    async def __call__(self, *, keys: Sequence[str], args: Sequence[str]) -> Any:
        """The script's reply; raises what redis-py raises."""
        call = Call(keys, args, asyncio.get_running_loop().create_future())
        self._waiting.append(call)
        if len(self._lanes) < LANES:
            lane = asyncio.create_task(self._send_all())
            self._lanes.add(lane)
            lane.add_done_callback(self._lanes.discard)
        return await call.reply

    async def _send_all(self) -> None:
        while self._waiting:
            calls, self._waiting = self._waiting, []
            for call, reply in zip(calls, await self._replies(calls), strict=True):
                if call.reply.done():  # its caller was cancelled
                    continue
                if isinstance(reply, BaseException):
                    call.reply.set_exception(reply)
                else:
                    call.reply.set_result(reply)

    async def _replies(self, calls: Sequence[Call]) -> Sequence[Any]:
        try:
            if len(calls) == 1:
                return [await self._script(keys=calls[0].keys, args=calls[0].args)]
            return await self._together(calls)
        except Exception as error:  # noqa: BLE001 - every caller gets it
            return [error] * len(calls)

    async def _together(self, calls: Sequence[Call]) -> Sequence[Any]:
        """By hash, without redis-py's question before each pipeline whether the script is there; where it is not, one by one."""
        pipeline = self._redis.pipeline(transaction=False)
        for call in calls:
            pipeline.execute_command("EVALSHA", self._script.sha, len(call.keys), *call.keys, *call.args)
        replies = list(await pipeline.execute(raise_on_error=False))
        for at, call in enumerate(calls):
            if isinstance(replies[at], NoScriptError):
                replies[at] = await self._script(keys=call.keys, args=call.args)
        return replies
