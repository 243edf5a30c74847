"""Parent and child of every worker: `python -m auricle_asr` is the small parent, which starts itself again as the working child.

The parent renews the leases, so that work which holds the GIL cannot starve them. It hands entries back the moment the child
dies, restarts it with backoff, forwards SIGTERM, and stops renewing for a child that is stopped or past an item's deadline.
The child dies with its parent.

    parent ── starts ──► child ─┬─ exit 0 ────────────────► exit 0
      ▲                         ├─ signal, other exit ────► entries back (worked on: crashed; held: suspect) ──► start again
      │                         └─ past a deadline ───────► killed, the same with cause `deadline`
      └─ SIGTERM: forwarded, waited for, then SIGKILL and entries back uncharged, exit 0
"""

import asyncio
import os
import secrets
import socket
import sys
from collections.abc import Callable, Coroutine, Sequence
from dataclasses import replace

from auricle_contracts import STREAMS
from auricle_kit import log, process
from auricle_kit.child_process import die_with_parent
from auricle_kit.drain import Drain

from auricle_streams.child import CHILD_ENV, Child
from auricle_streams.control import ChildLeases, Line
from auricle_streams.delivery import Why
from auricle_streams.errors import QueueUnavailable
from auricle_streams.leases import Leases, Renewer, beating
from auricle_streams.settings import WorkerSettings
from auricle_streams.streams import Streams

Work = Callable[[Leases], Coroutine[None, None, None]]
DEADLINE_GRACE_MS = 10_000
"""The child's own soft deadline comes first; the parent kills only a child that could not obey it."""
DRAIN_GRACE_S = 3.0
STEADY_S = 30.0
STILLBORN_S = 10.0
MAX_STILLBORN = 5
logger = log.get("streams.supervisor")


def run(service: str, settings: WorkerSettings, work: Work) -> None:
    """The whole `main` of a worker service; returns when it has drained, raises SystemExit when the child cannot live.

    In the parent it supervises; in the child it configures logs and traces (`kit.process.begin`) and runs `work(leases)` on uvloop.
    Import heavy engines inside `work`, so that the parent stays small:

        def main() -> None:
            supervisor.run("asr", AsrSettings(), work)

        async def work(leases: Leases) -> None:
            from auricle_asr.wiring import worker          # heavy
            async with worker(AsrSettings(), leases) as loop, health_server(...):
                await loop.run()
    """
    told = os.environ.pop(CHILD_ENV, "")
    if told:
        _be_child(service, settings, work, told)
        return
    log.configure(f"{service}-supervisor", level=settings.log_level, log_format=settings.log_format)
    code = asyncio.run(Supervisor(service, settings, [sys.executable, *sys.orig_argv[1:]]).run())
    if code:
        raise SystemExit(code)


def _be_child(service: str, settings: WorkerSettings, work: Work, told: str) -> None:
    number, parent, consumer = told.split(",", 2)
    die_with_parent(int(parent))
    leases = ChildLeases(Line(socket.socket(fileno=int(number))), consumer, settings.lease_policy)
    process.run(service, settings, work(leases))


class Supervisor:
    """The parent. `command` starts the child; the consumer's name outlives the children."""

    def __init__(self, service: str, settings: WorkerSettings, command: Sequence[str]) -> None:
        self.consumer = f"{service}-{socket.gethostname()}-{os.getpid()}-{secrets.token_hex(3)}"
        self._settings = settings
        self._renew_s = settings.lease_renew_ms / 1000
        self._hard_deadline = replace(
            settings.lease_policy, deadline_ms=settings.lease_policy.deadline_ms + DEADLINE_GRACE_MS
        )
        self._command = command
        self._drain = Drain()

    async def run(self) -> int:
        """Until drained; the exit code for the process."""
        self._drain.install()
        restarts = Restarts()
        async with Streams.connect(self._settings.redis_url, timeout_s=self._renew_s) as streams:
            while True:
                child = await Child.start(self._command, Renewer(streams, self.consumer, self._hard_deadline))
                await self._watch(child)
                await self._hand_back(child)
                if self._drain.stopping.is_set() or child.exit_code == 0:
                    return 0
                if restarts.hopeless(child):
                    return child.exit_code
                if await self._drain.wait(restarts.wait_s()):
                    return 0

    async def _watch(self, child: Child) -> None:
        """Renew until the child is dead; ask it to stop when we are asked to."""
        renewing = asyncio.create_task(beating(child.beat, self._renew_s))
        beside = [renewing, asyncio.create_task(self._stop_when_asked(child))]
        try:
            await child.wait()
        finally:
            for task in beside:
                task.cancel()
            await asyncio.gather(*beside, return_exceptions=True)

    async def _stop_when_asked(self, child: Child) -> None:
        await self._drain.stopping.wait()
        child.terminate()
        await asyncio.sleep(self._settings.drain_seconds + DRAIN_GRACE_S)
        child.kill("drained")

    async def _hand_back(self, child: Child) -> None:
        """Everything that Redis counts as ours, also what the child had no time to tell. Redis away: the leases run out instead."""
        for _ in range(self._settings.lease_missed):
            try:
                for stream in STREAMS.values():
                    await self._hand_back_from(stream, child)
            except QueueUnavailable as error:
                logger.warning("hand_back_failed", detail=error.detail)
                await asyncio.sleep(self._renew_s)
            else:
                return

    async def _hand_back_from(self, stream: str, child: Child) -> None:
        claims, held = child.renewer.claims, child.renewer.held
        pending = await claims.pending(stream)
        working = [one for one in pending if one in held and held[one].working_since_s is not None]
        others = [one for one in pending if one not in working]
        drained = child.exit_code == 0 or self._drain.stopping.is_set()
        if working:
            await claims.release(
                stream, working, Why.RETURNED if drained else Why.CRASHED, "" if drained else child.crash
            )
        if others:
            await claims.release(
                stream, others, Why.RETURNED if drained else Why.SUSPECT, "" if drained else child.crash
            )
        if pending:
            logger.info("entries_back", stream=stream, working=len(working), held=len(others), drained=drained)


class Restarts:
    """How soon the next child starts, and when to leave that to whoever started us."""

    def __init__(self) -> None:
        self._in_a_row = 0
        self._stillborn = 0

    def hopeless(self, child: Child) -> bool:
        """True after the fifth child in a row that ended by itself within seconds: a wrong setting, a missing file."""
        self._in_a_row = 1 if child.lived_s > STEADY_S else self._in_a_row + 1
        self._stillborn = self._stillborn + 1 if child.exit_code > 0 and child.lived_s < STILLBORN_S else 0
        return self._stillborn >= MAX_STILLBORN

    def wait_s(self) -> float:
        """0.1 s, doubled for each death in a row, 10 s at most."""
        return min(0.1 * 2.0 ** (self._in_a_row - 1), 10.0)
