"""A process of the stack: started with its own log, ended with its whole group, and never outliving its launcher."""

import ctypes
import os
import signal
import subprocess
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

_PR_SET_PDEATHSIG = 1
_libc = ctypes.CDLL(None, use_errno=True)


def _end_with_parent() -> None:
    """In the child, before exec: SIGTERM when the launcher vanishes, so that a crash of it leaves nothing running."""
    _libc.prctl(_PR_SET_PDEATHSIG, signal.SIGTERM)


@dataclass
class Process:
    """A command with its environment and log; `start` may be called again after it ended."""

    name: str
    command: Sequence[str]
    environment: Mapping[str, str]
    log: Path
    restarts: int = 0
    _running: subprocess.Popen[bytes] | None = field(default=None, repr=False)

    def start(self) -> None:
        """Start it in a session of its own."""
        self.log.parent.mkdir(parents=True, exist_ok=True)
        with self.log.open("ab") as log:
            self._running = subprocess.Popen(  # noqa: S603 - our own command lines
                self.command,
                env=dict(self.environment),
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,
                preexec_fn=_end_with_parent,  # noqa: PLW1509 - the launcher starts processes before it has threads
            )

    @property
    def pid(self) -> int | None:
        """Its process id, None when it never started."""
        return self._running.pid if self._running else None

    @property
    def exit_code(self) -> int | None:
        """None while it runs (or before it started)."""
        return self._running.poll() if self._running else None

    def is_running(self) -> bool:
        """Started and not ended."""
        return self._running is not None and self._running.poll() is None

    def signal(self, number: signal.Signals) -> None:
        """To the whole group."""
        if self._running is None:
            return
        try:
            os.killpg(self._running.pid, number)
        except ProcessLookupError:
            return

    def stop(self, grace_seconds: float = 20.0) -> int | None:
        """SIGTERM to the process, SIGKILL to its group when the grace is over; its exit code."""
        if self._running is None:
            return None
        if self._running.poll() is None:
            self._running.terminate()
        try:
            self._running.wait(grace_seconds)
        except subprocess.TimeoutExpired:
            self.signal(signal.SIGKILL)
        self.signal(signal.SIGKILL)
        return self._running.wait(5)

    def last_lines(self, count: int = 12) -> str:
        """The end of its log, for an error that somebody can act on."""
        if not self.log.exists():
            return "(no log)"
        return "\n".join(self.log.read_text(errors="replace").splitlines()[-count:])


def wait_gone(pid: int, seconds: float) -> bool:
    """Wait until no such process is left; False when it is still there."""
    end = time.monotonic() + seconds
    while Path(f"/proc/{pid}").exists():
        if time.monotonic() > end:
            return False
        time.sleep(0.05)
    return True
