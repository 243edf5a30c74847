"""Where decoding children come from: processes that have PyAV loaded and fork for each recording.

A child that loads it for itself spends more on that than on decoding a short call.
"""

import asyncio
import json
import signal
import sys
from asyncio.subprocess import DEVNULL, PIPE, Process
from dataclasses import asdict
from pathlib import Path
from types import TracebackType
from typing import Self

from auricle_asr.errors import AudioBroken, DecoderLimit
from auricle_asr.recordings.order import FACTS, Facts, Order

CPU_SIGNALS = (-signal.SIGXCPU, -signal.SIGKILL)


class DecoderPool:
    """As many parents as decode at once; a parent that had to be stopped is not used again."""

    def __init__(self) -> None:
        self._idle: list[Process] = []

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        while self._idle:
            await _end(self._idle.pop())

    async def run(self, order: Order, wall_seconds: float) -> Facts:
        """A child's facts. Raises DecoderLimit when it was stopped, AudioBroken when it crashed."""
        parent = await self._parent()
        try:
            async with asyncio.timeout(wall_seconds):
                ended = await _obeyed(parent, order)
        except TimeoutError as error:
            await _end(parent)
            raise DecoderLimit(f"decoding took longer than {wall_seconds:.0f} s") from error
        except BaseException:
            await _end(parent)
            raise
        self._idle.append(parent)
        if ended in CPU_SIGNALS:
            raise DecoderLimit(f"decoding took more than {order.cpu_seconds} s of CPU")
        if ended != 0:
            raise AudioBroken(f"the decoder ended with {ended} on it")
        return Facts(**json.loads(await asyncio.to_thread((Path(order.into) / FACTS).read_bytes)))

    async def _parent(self) -> Process:
        while self._idle:
            parent = self._idle.pop()
            if parent.returncode is None:
                return parent
        return await asyncio.create_subprocess_exec(
            sys.executable, "-I", "-m", "auricle_asr.recordings.decoder",
            stdin=PIPE, stdout=PIPE, stderr=DEVNULL, env={"LC_ALL": "C.UTF-8"},
        )  # fmt: skip


async def _obeyed(parent: Process, order: Order) -> int:
    """The child's exit code. Raises AudioBroken when the parent ended with it."""
    assert parent.stdin
    assert parent.stdout
    parent.stdin.write(json.dumps(asdict(order)).encode() + b"\n")
    said = await parent.stdout.readline()
    if not said:
        raise AudioBroken("the decoder ended on it")
    return int(said)


async def _end(parent: Process) -> None:
    """With its child, which dies with it."""
    if parent.returncode is None:
        parent.kill()
    await parent.wait()
