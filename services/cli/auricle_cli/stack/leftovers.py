"""What an earlier, crashed launcher left behind: its processes are ended, nothing else is touched."""

import contextlib
import json
import os
import signal
from pathlib import Path

from auricle_cli.stack.processes import wait_gone

FILE = "stack.json"


def remember(state: Path, pids: dict[str, int], facts: dict[str, str]) -> None:
    """Write down who runs, so that a later launcher can tell a live stack from a dead one."""
    body = {"launcher": os.getpid(), "pids": pids, "facts": facts}
    temporary = state / (FILE + ".new")
    temporary.write_text(json.dumps(body, indent=2))
    temporary.replace(state / FILE)


def _is_ours(pid: int, state: Path) -> bool:
    """Pids are used again by the system; ours carry the state folder in their environment or command line."""
    found = b""
    for name in ("environ", "cmdline"):
        with contextlib.suppress(OSError):
            found += Path(f"/proc/{pid}/{name}").read_bytes()
    return str(state).encode() in found


def living(state: Path) -> dict[str, str] | None:
    """The facts of the stack that runs on this folder now; None when its launcher is gone."""
    try:
        body = json.loads((state / FILE).read_text())
    except (OSError, ValueError):
        return None
    launcher = int(body["launcher"])
    command = Path(f"/proc/{launcher}/cmdline")
    if command.exists() and b"auricle" in command.read_bytes():
        return dict(body["facts"])
    return None


def sweep(state: Path) -> list[str]:
    """End what a dead launcher of this folder left running; the names of what was ended."""
    try:
        pids: dict[str, int] = json.loads((state / FILE).read_text())["pids"]
    except (OSError, ValueError, KeyError):
        return []
    ended = []
    for name, pid in pids.items():
        if _is_ours(pid, state):
            with contextlib.suppress(ProcessLookupError, PermissionError):
                os.kill(pid, signal.SIGTERM if name == "postgres" else signal.SIGKILL)
                ended.append(name)
            wait_gone(pid, 5.0)
    (state / FILE).unlink(missing_ok=True)
    return ended
