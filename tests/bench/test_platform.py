"""What the platform adds to a conversation beside its engines: CPU of all services, and wall time against a bare loop.

The named alternative is a loop of the same client library that asks the same scripted engines the same questions and stores
nothing: no queue, no database, no evidence. `make bench` writes docs/evidence/platform.json.
"""

import json
import os
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from pathlib import Path

import httpx
import psutil
import pytest
from auricle_cli.stack.local_stack import LocalStack
from fixtures.scripted_stack import ROOT, scripted_stack, state_folder
from fixtures.storm import load, proofs

pytestmark = [pytest.mark.bench, pytest.mark.timeout(900)]
CONVERSATIONS = 150
CLIENTS = 4
_EVALUATED = (
    "SELECT count(*) FROM evaluations e JOIN conversations c ON c.id = e.conversation_id "
    "WHERE e.current AND c.external_id LIKE 'bench-%'"
)
NOTE = (
    "CPU time grows with the load too (shared caches, and what services do by the clock while the run lasts); "
    "conversations a second and the ratio to the loop are those of the moment, and say little on a loaded machine."
)


@pytest.fixture(scope="module")
def stack() -> Iterator[LocalStack]:
    services = ("compressor", "rules", "gateway", "keeper", "asr", "scorer")
    with state_folder() as state, scripted_stack(state, services=services, latency_ms=0) as running:
        yield running


def _cpu_seconds(stack: LocalStack) -> dict[str, float]:
    """User and system seconds of each service with its children, also those that have ended: a decoder lives for one recording."""
    used = {}
    for name, process in stack.processes.items():
        root = psutil.Process(process.pid)
        times = [one.cpu_times() for one in (root, *root.children(recursive=True))]
        used[name] = sum(one.user + one.system + one.children_user + one.children_system for one in times)
    return used


def _through_the_stack(stack: LocalStack, items: list[load.Item]) -> float:
    began = time.monotonic()
    load.post_all(stack.plan.url("gateway"), stack.key, items, CLIENTS)
    asked = proofs.Proofs(stack)
    while asked.count("SELECT count(*) FROM runs WHERE state IN ('waiting', 'working')"):
        time.sleep(0.05)
    return time.monotonic() - began


def _bare(stack: LocalStack, items: list[load.Item]) -> float:
    """The same engines, asked directly; a chat needs no speech."""
    speech, model = stack.settings["AURICLE_SPEECH_URL"], stack.settings["AURICLE_MODEL_URL"]
    schema = {"type": "object", "properties": {"reasoning": {"type": "string"}}, "required": ["reasoning"]}
    question = {
        "model": "judge",
        "messages": [{"role": "system", "content": "rubric"}, {"role": "user", "content": "T1 agent: добрый день"}],
        "response_format": {"type": "json_schema", "json_schema": {"name": "answer", "schema": schema}},
    }

    def one(item: load.Item) -> None:
        if item.headers["Content-Type"] == "audio/wav":
            client.post(f"{speech}/audio/transcriptions", files={"file": ("a.wav", item.content)}).raise_for_status()
        client.post(f"{model}/chat/completions", json=question).raise_for_status()

    began = time.monotonic()
    with httpx.Client(timeout=30.0) as client, ThreadPoolExecutor(CLIENTS) as pool:
        list(pool.map(one, items))
    return time.monotonic() - began


def test_what_the_platform_adds(stack: LocalStack) -> None:
    _through_the_stack(stack, load.mixture(1, 10))
    items = load.mixture(2, CONVERSATIONS)
    items = [load.Item(f"bench-{item.key}", item.content, item.headers) for item in items]
    items = [_renamed(item) for item in items]
    before = _cpu_seconds(stack)
    seconds = _through_the_stack(stack, items)
    after = _cpu_seconds(stack)
    bare = _bare(stack, items)
    cpu = {name: (after[name] - before[name]) / CONVERSATIONS * 1000 for name in after}
    whole = sum(value for name, value in cpu.items() if name != "redis")
    figures = {
        "command": "make bench",
        "date": datetime.now(UTC).date().isoformat(),
        "machine": f"{os.cpu_count()} cores, Linux x86-64, load {os.getloadavg()[0]:.1f} at the end",
        "conversations": CONVERSATIONS,
        "mixture": "three 8-second two-track calls to two 8-turn chats, scripted engines without latency",
        "cpu_ms_per_conversation": {name: round(value, 1) for name, value in cpu.items()},
        "cpu_ms_per_conversation_all_services": round(whole, 1),
        "goal_cpu_ms": 40,
        "goal_reached": whole <= 40,
        "conversations_per_second": round(CONVERSATIONS / seconds, 1),
        "bare_loop_per_second": round(CONVERSATIONS / bare, 1),
        "wall_ratio_to_bare_loop": round(seconds / bare, 2),
        "note": NOTE,
    }
    print(json.dumps(figures, indent=2))
    target = Path(ROOT, "docs", "evidence", "platform.json")
    target.write_text(json.dumps(figures, indent=2) + "\n")
    evaluated = proofs.Proofs(stack).count(_EVALUATED)
    assert evaluated == CONVERSATIONS, "what was not worked on cost nothing"


def _renamed(item: load.Item) -> load.Item:
    """Other external ids than the warm-up's."""
    return load.Item(
        item.key,
        item.content.replace(b"storm-", b"bench-"),
        {name: value.replace("storm-", "bench-") for name, value in item.headers.items()},
    )
