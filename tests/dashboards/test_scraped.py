"""A real Prometheus scrapes the running stack; every panel of Operations and every rule is asked, and after N posted conversations says N.

What only a cluster's exporters know comes from cluster.prom, synthetic, so that those queries meet series of their shape too.
"""

import json
import os
import platform
import random
import shutil
import subprocess
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import pytest
import redis
from auricle_cli.stack.local_stack import LocalStack
from auricle_contracts import STREAMS, Priority, Step
from fixtures.prometheus import Labels, Prometheus, page, prometheus
from fixtures.scripted_stack import scripted_stack, state_folder
from fixtures.storm import load

ROOT = Path(__file__).parents[2]
SERVICES = ("compressor", "rules", "gateway", "keeper", "asr", "scorer")
CALLS, CHATS, BROKEN, UNREADABLE = 6, 4, 1, 1
QUIET_SECONDS = 300.0
QUEUE = STREAMS[Step.EVALUATE, Priority.LIVE]
CERTAIN = {"RunsDead", "EntriesUnreadable", "GpuIdle"}
"""Alerts whose condition holds after what was posted: one dead run, one unreadable entry, two GPU nodes and empty streams."""
BY_RATE = {"ConversationCostly", "ErrorsMany"}
"""Of a few seconds' rates they may say either."""
Found = dict[Labels, float]

pytestmark = [
    pytest.mark.dashboards,
    pytest.mark.skipif(shutil.which("prometheus") is None, reason="needs Debian's prometheus"),
    pytest.mark.timeout(900),
]


@dataclass(frozen=True)
class Between:
    """A value that is not known but has limits."""

    low: float
    high: float

    def __eq__(self, other: object) -> bool:
        return isinstance(other, float) and self.low <= other <= self.high

    __hash__ = None  # type: ignore[assignment]


SOME, SECONDS = Between(1e-9, 1e9), Between(0.0, 900.0)
Expected = Mapping[str, float | Between]
STEPS: Expected = {"transcribe": SOME, "evaluate": SOME}
KNOWN: dict[str, Expected] = {
    "Work waiting and in flight": dict.fromkeys(STREAMS.values(), 0.0),
    "Age of the oldest entry": dict.fromkeys(STREAMS.values(), 0.0),
    "Dead runs": {"": float(BROKEN)},
    "Unreadable entries": {"": float(UNREADABLE)},
    "Events not delivered": {"": 0.0},
    "Age of the oldest event": {"": 0.0},
    "Runs finished": {"transcribe": float(CALLS), "evaluate": float(CALLS + CHATS)},
    "Runs in the workers' hands": {"transcribe": 0.0, "evaluate": 0.0},
    "Deliveries a second": {"transcribe done": SOME, "evaluate done": SOME},
    "Time on a run, 95th percentile": STEPS,
    "Wait for the first hand, 95th percentile": STEPS,
    "Requests a second": {"gateway 202": SOME, "compressor 200": SOME, "rules 200": SOME},
    "Share of failed answers": {},
    "Since keeper's jobs last ended well": {"gauges": SECONDS, "feeder": SECONDS, "outbox": SECONDS},
    "Cold start: from the process's start": {f"{step} {mark}": SOME for step in STEPS for mark in ("engine_ready", "first_item")},
    "Cold start: pod made to pod scheduled": {"auricle-asr-1": 55.0},
    "Cold start: pod scheduled to container started (image, volumes)": {"auricle-asr-1": 34.0},
    "Cold start: container started to pod ready (weights, engine)": {"auricle-asr-1": 13.0},
    "Pods ready": {"auricle-asr": 1.0, "auricle-scorer": 1.0},
    "GPU nodes": {"speech": 1.0, "language": 1.0},
    "Answers on digests against uncut, points apart": {"politeness": Between(0.0, 100.0), "stage": Between(0.0, 100.0)},
}  # fmt: skip
"""Title → name of the series as the legend makes it → value. More series may be there; those that are named must."""


def panels() -> dict[str, tuple[str, str]]:
    """Title → expression and legend, from the JSON that Grafana gets."""
    board = json.loads((ROOT / "charts/auricle/dashboards/operations.json").read_text())
    targets = ((panel["title"], panel["targets"][0]) for panel in board["panels"])
    return {title: (target["expr"], target.get("legendFormat", "")) for title, target in targets}


def legended(found: Found, legend: str) -> dict[str, float]:
    """Series by their names, as Grafana makes them of labels."""
    named = {}
    for labels, value in found.items():
        name = legend
        for label, told in labels:
            name = name.replace("{{" + label + "}}", told)
        named[name] = value
    return named


def wrong(found: Mapping[str, float], expected: Expected) -> list[str]:
    """What differs from the known values, in words."""
    return [
        f"{name!r} is {found.get(name)}, not {value}" for name, value in expected.items() if found.get(name) != value
    ]


@pytest.fixture(scope="module")
def stack() -> Iterator[LocalStack]:
    settings = {"AURICLE_GAUGES_SECONDS": "1", "AURICLE_RAW_SHARE": "1"}
    with state_folder() as state, scripted_stack(state, services=SERVICES, settings=settings) as stack:
        yield stack


@pytest.fixture(scope="module")
def asked(stack: LocalStack, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Prometheus]:
    """Prometheus, after everything that was posted has ended."""
    alerts = ROOT / "charts/auricle/alerts"
    services = [stack.plan.url(name).removeprefix("http://") for name in SERVICES]
    with (
        page((Path(__file__).parent / "cluster.prom").read_text()) as cluster,
        prometheus(tmp_path_factory.mktemp("prometheus"), [*services, cluster], alerts) as server,
    ):
        server.until("sum(up)", len(services) + 1, 60)
        post(stack, server)
        server.until("sum(max by (step) (auricle_dead_runs))", BROKEN, 60)
        server.until("sum(max by (stream) (auricle_queue_unreadable))", UNREADABLE, 60)
        server.until("sum(max by (stream) (auricle_queue_length))", 0, 60)
        yield server


def post(stack: LocalStack, server: Prometheus) -> None:
    """Chats, calls, one recording that is none, and an entry of the stream that nobody can read.

    In two halves, the second when the first is scraped: a counter has no rate before two scrapes saw two values.
    """
    mixed = load.mixture(7, CALLS + CHATS)
    half = len(mixed) // 2
    for items, ended in ((mixed[:half], half), (mixed[half:], len(mixed))):
        load.post_all(stack.plan.url("gateway"), stack.key, items)
        server.until('sum(auricle_runs_total{step="evaluate", outcome="done"})', ended, QUIET_SECONDS)
    noise = (ROOT / "tests/data/calls/92-not-audio.wav").read_bytes()
    load.post(stack.plan.url("gateway"), stack.key, load.Item("broken", noise, load.call(random.Random(1), 99).headers))
    with redis.Redis.from_url(stack.plan.redis_url) as direct:
        direct.xadd(QUEUE, {"nobody": "knows"})


def test_every_panel_says_what_is_known(asked: Prometheus) -> None:
    assert panels().keys() == KNOWN.keys()
    found = {
        title: wrong(legended(asked.ask(query), legend), KNOWN[title]) for title, (query, legend) in panels().items()
    }
    assert {title: said for title, said in found.items() if said} == {}


def test_every_rule_is_evaluated(asked: Prometheus) -> None:
    rules = asked.rules()
    assert len(rules) > 16
    assert [(rule["name"], rule["lastError"]) for rule in rules if rule["health"] != "ok"] == []
    alerts = {rule["name"]: rule for rule in rules if rule["type"] == "alerting"}
    on = {name for name, rule in alerts.items() if asked.ask(rule["query"])}
    assert on - BY_RATE == CERTAIN
    assert asked.ask(alerts["RunsDead"]["query"]) == {frozenset({("step", "transcribe")}): float(BROKEN)}


def test_a_query_that_is_none_is_refused(asked: Prometheus) -> None:
    with pytest.raises(ValueError, match="parse error"):
        asked.ask("sum by (stream (auricle_queue_length)")


def test_a_wrong_value_a_lost_series_and_a_mistyped_name_are_found(asked: Prometheus) -> None:
    query, legend = panels()["Runs finished"]
    known = KNOWN["Runs finished"]
    assert wrong(legended(asked.ask(query), legend), known) == []
    assert len(wrong(legended(asked.ask(query.replace("auricle_runs_total", "auricle_run_total")), legend), known)) == 2
    assert len(wrong(legended(asked.ask(query), legend), {**known, "evaluate": 11.0})) == 1
    assert len(wrong(legended(asked.ask(query.replace("done", "dead")), legend), known)) == 2


@pytest.mark.skipif("AURICLE_EVIDENCE" not in os.environ, reason="written by make dashboards")
def test_evidence(asked: Prometheus) -> None:
    version = subprocess.run(["prometheus", "--version"], capture_output=True, text=True, check=True)
    said = {title: legended(asked.ask(query), legend) for title, (query, legend) in panels().items()}
    facts = {
        "command": "make dashboards",
        "date": datetime.now(UTC).date().isoformat(),
        "machine": f"{os.cpu_count()} shared cores, {platform.machine()}, no GPU; engines scripted, cluster.prom synthetic",
        "prometheus": (version.stdout + version.stderr).splitlines()[0],
        "posted": {"calls": CALLS, "chats": CHATS, "not audio": BROKEN, "unreadable entries": UNREADABLE},
        "panels": said,
        "rules": {rule["name"]: rule["health"] for rule in asked.rules()},
    }
    path = Path(os.environ["AURICLE_EVIDENCE"])
    path.write_text(json.dumps(facts, indent=1, ensure_ascii=False, sort_keys=True) + "\n", encoding="utf-8")
