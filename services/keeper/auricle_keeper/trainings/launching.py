"""What starts and ends the jobs of trainings."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol


class Phase(StrEnum):
    """nothing: none is known here (never started, or forgotten). ended and failed jobs are there until they are removed."""

    NOTHING = "nothing"
    RUNNING = "running"
    ENDED = "ended"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class Seen:
    """A job as its launcher sees it; `detail` says why it failed."""

    phase: Phase
    detail: str = ""


class Launcher(Protocol):
    """All of it may be asked again: what is there already stays, what is gone is no fault. Each raises LauncherAway."""

    async def start(self, training_id: str, token: str) -> None:
        """A job that goes on from what the training's folder has; `token` is its key."""

    async def look(self, training_id: str) -> Seen:
        """How its job does."""

    async def remove(self, training_id: str) -> None:
        """End it, and forget it."""

    async def close(self) -> None:
        """Keeper ends."""
