"""One stack for all (stores, compressor, rules, gateway); each test starts the process that it harms itself, beside it."""

import json
import os
import platform
import random
import sys
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from itertools import count
from pathlib import Path
from typing import Any

import pytest
import redis
from auricle_cli.stack import ports
from auricle_cli.stack.local_stack import LocalStack
from auricle_cli.stack.ports import any_free
from auricle_cli.stack.processes import Process
from drain.subjects import Subject
from fixtures.scripted_stack import ROOT, engine, scripted_stack, state_folder
from fixtures.storm.proofs import Proofs

ALONE = ("compressor", "rules", "llm")
"""These need no store."""
Start = Callable[..., Subject]
Slow = Callable[[str, int], str]
Note = Callable[..., None]
_numbers = count(1)
_facts: list[dict[str, Any]] = []


@pytest.fixture(scope="session")
def stack() -> Iterator[LocalStack]:
    settings = {"AURICLE_RAW_SHARE": "0", "AURICLE_RATE_PER_MINUTE": "0"}
    with (
        state_folder() as state,
        scripted_stack(state, services=("compressor", "rules", "gateway"), settings=settings) as made,
    ):
        yield made


@pytest.fixture
def proofs(stack: LocalStack) -> Proofs:
    return Proofs(stack)


@pytest.fixture
def queue(stack: LocalStack) -> redis.Redis:
    """The stack's Redis, emptied."""
    client = redis.Redis.from_url(stack.plan.redis_url)
    client.flushall()
    return client


@pytest.fixture
def start(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Start]:
    """`start(name, drain_s, SETTING=…)`: the service's process, answering."""
    started: list[Subject] = []

    def begin(name: str, drain_s: float, **settings: str) -> Subject:
        port = any_free()
        environment = _alone() if name in ALONE else request.getfixturevalue("stack").plan.environment(name)
        own = {"AURICLE_PORT": str(port), "AURICLE_DRAIN_SECONDS": str(drain_s)} | settings
        log = tmp_path / f"{name}-{len(started)}.log"
        process = Process(name, [sys.executable, "-m", f"auricle_{name}"], environment | own, log)
        process.start()
        started.append(Subject(process, f"http://{ports.LOOPBACK}:{port}"))
        started[-1].wait_until_ready()
        return started[-1]

    yield begin
    for one in started:
        one.process.stop(1.0)


def _alone() -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if not name.startswith("AURICLE_")}
    own = {"AURICLE_PROMPTS_DIR": ROOT / "prompts", "AURICLE_JUDGE_DIR": ROOT / "models" / "judge"}
    return kept | {name: str(value) for name, value in own.items()} | {"OMP_NUM_THREADS": "2"}


@pytest.fixture
def slow(tmp_path: Path) -> Iterator[Slow]:
    """`slow("model" or "speech", latency_ms)`: the address of a scripted engine of the test's own."""
    engines: list[Process] = []

    def begin(name: str, latency_ms: int) -> str:
        port = any_free()
        engines.append(engine(name, port, tmp_path, latency_ms))
        engines[-1].start()
        return f"http://{ports.LOOPBACK}:{port}/v1"

    yield begin
    for one in engines:
        one.stop(0.1)


@pytest.fixture
def number() -> int:
    """A number for the test's own conversation."""
    return next(_numbers)


@pytest.fixture
def rng(number: int) -> random.Random:
    return random.Random(number)


@pytest.fixture(scope="session")
def note() -> Iterator[Note]:
    """`note(workload=…, deed=…, …)`: a line of the evidence, written when the whole list of `make test-drain` ran."""

    def keep(**facts: object) -> None:
        _facts.append(facts)

    yield keep
    machine = f"{os.cpu_count()} cores, {platform.system()} {platform.machine()}, shared with other work"
    head = {"command": "make test-drain", "date": datetime.now(UTC).date().isoformat(), "machine": machine}
    if {"gateway", "asr", "scorer", "keeper", "console", "llm"} <= {one["workload"] for one in _facts}:
        folder = Path(os.environ.get("AURICLE_EVIDENCE", ROOT / "docs" / "evidence"))
        (folder / "drain.json").write_text(json.dumps(head | {"seen": _facts}, indent=2) + "\n")
