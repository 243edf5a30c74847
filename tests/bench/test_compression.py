"""Compression measured: planted facts beside other ways of shortening, and what it costs the judge. `make bench-compression`.

Writes docs/evidence/compression.json and .md. Broken off, it goes on where it was: the judge's answers are kept in out/bench.
AURICLE_BENCH_DIALOGUES says how many held-out dialogues are scored (five levels each).
"""

import asyncio
import json
import os
import platform
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import httpx
import pytest
from auricle_judging import ModelClient
from auricle_languages import Languages
from auricle_samples.dialogues import Dialogue
from auricle_scorer.neighbours import Neighbours
from bench import compression_loss, compression_planted
from bench.compression_report import markdown

pytestmark = [pytest.mark.bench, pytest.mark.timeout(1800)]
DATA = Path("tests/data")
EVIDENCE = Path("docs/evidence/compression.json")
STORE = Path("out/bench/compression/answers.jsonl")
WEIGHTS = Path("models/judge")
DIALOGUES = int(os.environ.get("AURICLE_BENCH_DIALOGUES", "60"))


def test_planted_facts() -> None:
    """The compressor alone: no process, no model."""
    rows = compression_planted.table(
        compression_planted.calls(DATA / "compression" / "test.jsonl"), Languages.load(Path("prompts"))
    )
    _write({"planted": rows})
    assert {row["way"] for row in rows} > set(compression_planted.LEVELS)


def test_loss_of_the_judge() -> None:
    """Compressor and model server as processes of their own, asked as the scorer asks."""
    dialogues = _dialogues()
    with ExitStack() as stack:
        model = stack.enter_context(_process("auricle_llm", "/health", AURICLE_JUDGE_DIR=str(WEIGHTS)))
        compressor = stack.enter_context(
            _process("auricle_compressor", "/healthz", AURICLE_MODEL_URL=f"{model}/v1", AURICLE_PROMPTS_DIR="prompts")
        )
        scored = asyncio.run(_scored(dialogues, compressor, model))
    _write(
        {
            "loss": compression_loss.losses(scored, dialogues),
            "speed": compression_loss.speed(scored),
            "dialogues": len(dialogues),
            "judge": "models/judge (demo weights)",
        }
    )
    assert len(scored) == len(dialogues) * len(compression_loss.LEVELS)


def _dialogues() -> list[Dialogue]:
    """Calls of the held-out set."""
    lines = (DATA / "texts" / "heldout.jsonl").read_text("utf-8").splitlines()
    return [Dialogue.model_validate_json(line) for line in lines][:DIALOGUES]


async def _scored(dialogues: Sequence[Dialogue], compressor: str, model: str) -> list[compression_loss.Scored]:
    async with httpx.AsyncClient(timeout=600) as http, ModelClient(f"{model}/v1", "judge", timeout_s=600) as client:
        neighbours = Neighbours(http, compressor, "http://127.0.0.1:9")
        bench = compression_loss.Bench.over(neighbours, client, Path("prompts"), WEIGHTS, STORE)
        return await bench.run(dialogues, print)


@contextmanager
def _process(module: str, health: str, **settings: str) -> Iterator[str]:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = int(probe.getsockname()[1])
    environment = os.environ | {"AURICLE_PORT": str(port), "AURICLE_LOG_LEVEL": "WARNING"} | settings
    process = subprocess.Popen([sys.executable, "-m", module], env=environment)
    try:
        _await(f"http://127.0.0.1:{port}{health}", process)
        yield f"http://127.0.0.1:{port}"
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(30)


def _await(url: str, process: "subprocess.Popen[bytes]") -> None:
    for _ in range(600):
        assert process.poll() is None, f"the process for {url} ended"
        try:
            if httpx.get(url, timeout=2).status_code == httpx.codes.OK:
                return
        except httpx.HTTPError:
            pass
        time.sleep(0.2)
    pytest.fail(f"{url} does not answer")


def _write(part: dict[str, Any]) -> None:
    """Each half replaces its own part of the evidence, with its own date."""
    known = json.loads(EVIDENCE.read_text("utf-8")) if EVIDENCE.exists() else {}
    made = {
        "command": "make bench-compression",
        "machine": f"{os.cpu_count()} cores, Linux x86-64, Python {platform.python_version()}, shared with other work",
        "synthetic": True,
    }
    dated = {name: {"date": datetime.now(UTC).date().isoformat(), "rows": rows} for name, rows in part.items()}
    figures = known | made | dated
    EVIDENCE.write_text(json.dumps(figures, indent=1, ensure_ascii=False) + "\n", "utf-8")
    EVIDENCE.with_suffix(".md").write_text(markdown(figures), "utf-8")
    print(markdown(figures))
