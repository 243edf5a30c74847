"""What one conversation costs the model: CPU seconds of services/llm with the demo judge, for the two prompts of the sales scorecard."""

import asyncio
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import httpx
import psutil
from auricle_contracts import Turn
from auricle_contracts.digests import DigestLine
from auricle_criteria.library import Library
from auricle_judging import ModelClient, render

WEIGHTS = Path("models/judge")
MOST_CHARS = 2_000  # of a digest, so that the demo judge's context of 4,096 tokens holds it
MAX_TOKENS = 400


def cpu_seconds(calls: Sequence[Sequence[Turn]]) -> float:
    """CPU seconds a call, mean, of the model server alone."""
    with _server() as (address, process):
        before = _used(process)
        asyncio.run(_asked(address, calls))
        return (_used(process) - before) / len(calls)


async def _asked(address: str, calls: Sequence[Sequence[Turn]]) -> None:
    library = Library.read(Path("prompts"))
    choices = library.scorecard("sales").choices
    async with ModelClient(f"{address}/v1", "judge", timeout_s=600) as client:
        for turns in calls:
            for name in ("evaluate", "intent"):
                rendered = render(library.prompts[name], _lines(turns), choices=choices)
                await client.ask(rendered.messages, rendered.schema, temperature=0.0, max_tokens=MAX_TOKENS)


def _lines(turns: Sequence[Turn]) -> list[DigestLine]:
    """The first turns as they are: a digest is shorter, so a longer call would cost the model no less."""
    lines: list[DigestLine] = []
    for turn in turns:
        if sum(len(line.text) for line in lines) + len(turn.text) <= MOST_CHARS:
            lines.append(DigestLine(role=turn.role, text=turn.text, turns=(turn.id,)))
    return lines


def _used(process: psutil.Process) -> float:
    times = [one.cpu_times() for one in (process, *process.children(recursive=True))]
    return sum(time.user + time.system for time in times)


@contextmanager
def _server() -> Iterator[tuple[str, psutil.Process]]:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = int(probe.getsockname()[1])
    environment = os.environ | {"AURICLE_PORT": str(port), "AURICLE_JUDGE_DIR": str(WEIGHTS)}
    process = subprocess.Popen([sys.executable, "-m", "auricle_llm"], env=environment)
    address = f"http://127.0.0.1:{port}"
    try:
        _wait(f"{address}/health")
        yield address, psutil.Process(process.pid)
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(30)


def _wait(url: str) -> None:
    for _ in range(600):
        try:
            if httpx.get(url, timeout=2).status_code == httpx.codes.OK:
                return
        except httpx.HTTPError:
            pass
        time.sleep(0.2)
    raise TimeoutError(url)
