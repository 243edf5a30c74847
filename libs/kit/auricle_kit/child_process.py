"""Child processes: one that dies with its parent, and whether one is running, stopped or gone (Linux)."""

import ctypes
import os
import signal
from pathlib import Path

PR_SET_PDEATHSIG = 1
EXIT_ORPHANED = 70


def die_with_parent(parent_pid: int) -> None:
    """Ask the kernel for SIGKILL when the parent dies; exits at once if it is dead already. Call it first thing in the child.

    The kernel means the parent's thread that forked: start children from a thread that lives as long as the process.
    """
    ctypes.CDLL(None, use_errno=True).prctl(PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)
    if os.getppid() != parent_pid:
        os._exit(EXIT_ORPHANED)


def state_of(pid: int) -> str:
    """The letter of /proc: R, S, D run or wait, T stopped, Z dead and not yet collected; "X" when there is no such process."""
    try:
        stat = Path(f"/proc/{pid}/stat").read_text()
    except (FileNotFoundError, ProcessLookupError):
        return "X"
    return stat.rpartition(")")[2].split()[0]


def is_working(pid: int) -> bool:
    """False when the process is stopped (SIGSTOP), dead or gone: then nobody should renew for it."""
    return state_of(pid) not in {"T", "Z", "X"}
