"""The worker process as its parent sees it: started, heard, renewed for, and once it is dead, its last words and its leavings."""

import asyncio
import os
import signal
import socket
import time
from asyncio.subprocess import Process
from collections.abc import Sequence
from contextlib import suppress

from auricle_kit import log
from auricle_kit.child_process import is_working

from auricle_streams.control import PARENT_RESTS_S, Line, Word
from auricle_streams.leases import Renewer

CHILD_ENV = "AURICLE_CHILD"
"""Set by the parent for its child: file descriptor, parent's pid, consumer name."""
logger = log.get("streams.supervisor")


class Child:
    """One life of the worker process. `cause` is set when the parent itself ended it."""

    def __init__(self, process: Process, line: Line, renewer: Renewer) -> None:
        self.renewer = renewer
        self.cause: str | None = None
        self._process = process
        self._line = line
        self._started_s = time.monotonic()
        renewer.lost = lambda entry_id: line.say("lost", entry_id)
        line.hear(self._heard, lambda: None, rest_s=PARENT_RESTS_S)

    @classmethod
    async def start(cls, command: Sequence[str], renewer: Renewer) -> "Child":
        """Start it in a process group of its own, so that a terminal's Ctrl-C reaches the parent only and its leavings can be swept."""
        ours, theirs = socket.socketpair()
        with theirs:
            told = f"{theirs.fileno()},{os.getpid()},{renewer.claims.consumer}"
            process = await asyncio.create_subprocess_exec(
                *command,
                pass_fds=[theirs.fileno()],
                env={**os.environ, CHILD_ENV: told},
                process_group=0,
            )
        logger.info("child_started", pid=process.pid, consumer=renewer.claims.consumer)
        return cls(process, Line(ours), renewer)

    @property
    def exit_code(self) -> int:
        """0, a positive status, or minus a signal's number; only after `wait`."""
        assert self._process.returncode is not None
        return self._process.returncode

    @property
    def lived_s(self) -> float:
        """Seconds since the start."""
        return time.monotonic() - self._started_s

    @property
    def crash(self) -> str:
        """What killed it, in the word that the run's `last_error` will show."""
        if self.cause:
            return self.cause
        return signal.Signals(-self.exit_code).name if self.exit_code < 0 else f"exit {self.exit_code}"

    async def wait(self) -> None:
        """Until it is dead; its process group is dead with it, and its last words are heard."""
        await self._process.wait()
        with suppress(ProcessLookupError, PermissionError):
            os.killpg(self._process.pid, signal.SIGKILL)
        self._line.read_rest(self._heard)
        self._line.close()
        logger.info("child_ended", pid=self._process.pid, exit_code=self.exit_code, cause=self.cause)

    async def beat(self) -> None:
        """Renew for it, unless it is stopped; end it when it is past an item's deadline."""
        if not is_working(self._process.pid):
            return
        if overdue := self.renewer.overdue():
            logger.error("deadline_passed", entry_ids=overdue)
            self.kill("deadline")
            return
        await self.renewer.beat()

    def terminate(self) -> None:
        """Ask it to drain."""
        with suppress(ProcessLookupError):
            self._process.terminate()

    def kill(self, cause: str) -> None:
        """End it, and say why."""
        self.cause = cause
        with suppress(ProcessLookupError):
            self._process.kill()

    def _heard(self, word: Word) -> None:
        if word.say == "hold":
            self.renewer.hold(word.stream, word.id)
        elif word.say == "work":
            self.renewer.work(word.id)
        elif word.say == "drop":
            self.renewer.drop(word.id)
