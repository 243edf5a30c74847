"""The parent's side of the sandbox: a child process with an empty environment, one order, one reply, and an end in time."""

import asyncio
import json
import signal
import sys
from asyncio.subprocess import DEVNULL, PIPE
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from auricle_contracts import Code

from auricle_kit.audio.sniffing import HEAD_BYTES, AudioFormat, sniff
from auricle_kit.errors import AuricleError

CPU_SIGNALS = (-signal.SIGXCPU, -signal.SIGKILL)


class Undecodable(AuricleError):
    """The recording cannot be decoded; `code` says why, and the same bytes will never do better."""

    status = 422

    def __init__(self, code: Code, detail: str, *, action: str | None = None) -> None:
        super().__init__(detail, action=action)
        self.code = code  # type: ignore[misc]  # the one error whose code comes from a child


def format_of(source: Path) -> AudioFormat:
    """The format of a file, by its first bytes. Raises Undecodable (`not_audio`)."""
    with source.open("rb") as file:
        audio_format = sniff(file.read(HEAD_BYTES))
    if audio_format is None:
        raise Undecodable(Code.NOT_AUDIO, "its first bytes are of no audio format that is supported")
    return audio_format


async def run(module: str, order: Mapping[str, Any], *, seconds: float) -> dict[str, Any]:
    """The reply of `python -m module`, which calls `sandbox.main`. It does not outlive the call. Raises Undecodable."""
    child = await asyncio.create_subprocess_exec(
        sys.executable, "-I", "-m", module, stdin=PIPE, stdout=PIPE, stderr=DEVNULL, env={"LC_ALL": "C.UTF-8"}
    )
    try:
        async with asyncio.timeout(seconds):
            told, _ = await child.communicate(json.dumps(order).encode())
    except TimeoutError:
        raise Undecodable(Code.DECODER_LIMIT, f"decoding took longer than {seconds:.0f} s") from None
    finally:
        if child.returncode is None:
            child.kill()
            await child.wait()
    return _reply(child.returncode, told)


def _reply(returncode: int | None, told: bytes) -> dict[str, Any]:
    if returncode in CPU_SIGNALS:
        raise Undecodable(Code.DECODER_LIMIT, "decoding took more CPU than allowed")
    if returncode != 0 or not told:
        raise Undecodable(Code.AUDIO_BROKEN, f"the decoder ended with {returncode} on it")
    reply: dict[str, Any] = json.loads(told)
    if "refused" in reply:
        raise Undecodable(Code(reply["refused"]), f"the recording cannot be decoded: {reply['why']}")
    return reply
