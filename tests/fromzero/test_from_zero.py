"""0 → 1 → N → 0, by the documented formulas, of real workers on a real Redis and Postgres: nothing lost, nothing doubled, nobody left."""

import json
import os
import platform
import random
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import psutil
import pytest
from auricle_cli.stack import ports
from auricle_cli.stack.local_stack import LocalStack
from auricle_cli.stack.processes import Process
from fixtures.scripted_stack import ROOT, scripted_stack, state_folder
from fixtures.storm import load, proofs
from fromzero import drawing
from fromzero.cluster import LOSSES, Cluster, busy_of, lengths_of
from fromzero.pods import Deployment, Make
from fromzero.workloads import DRAIN_S, workloads

BACKLOG = int(os.environ.get("AURICLE_FROM_ZERO_BACKLOG", "500"))
SPEED = float(os.environ.get("AURICLE_FROM_ZERO_SPEED", "10"))
TIMEOUT_S = 900.0
BACKLOG_TIMEOUT_S = 60.0
CALLS_OF_TEN = 3
SEED = 20261121

pytestmark = [pytest.mark.fromzero, pytest.mark.timeout(1500)]


@dataclass
class Scene:
    """A stack whose workers and model server are pods."""

    stack: LocalStack
    cluster: Cluster
    proofs: proofs.Proofs
    accepted: dict[str, str]
    slept: bool
    real_s: float


@pytest.fixture(scope="module")
def scene() -> Iterator[Scene]:
    model = ports.any_free()
    settings = {
        "AURICLE_MODEL_URL": f"http://127.0.0.1:{model}/v1",
        "AURICLE_RAW_SHARE": "0",
        "AURICLE_RATE_PER_MINUTE": "0",
    }
    with (
        state_folder() as state,
        scripted_stack(state, services=("compressor", "rules", "gateway", "keeper"), settings=settings) as stack,
    ):
        accepted = load.post_all(stack.plan.url("gateway"), stack.key, backlog())
        lengths = lengths_of(stack.plan.redis_url)
        wait_for_backlog(lengths)
        deployments = [Deployment(one, pod_of(stack, one.name, model), SPEED) for one in workloads()]
        cluster = Cluster(deployments, lengths, busy_of(stack.plan.redis_url), SPEED)
        began_s = time.monotonic()
        try:
            slept = cluster.run(TIMEOUT_S)
            made = Scene(stack, cluster, proofs.Proofs(stack), accepted, slept, time.monotonic() - began_s)
            write_evidence(made)
            yield made
        finally:
            for pod in [pod for one in deployments for pod in one.pods]:
                pod.process.stop(1.0)


def wait_for_backlog(length: Callable[[str], int]) -> None:
    """Until every item waits for a pod: chats pass compressor and rules, which run from the start, while later ones are posted."""
    streams = {stream for workload in workloads() for stream in workload.streams}
    give_up_s = time.monotonic() + BACKLOG_TIMEOUT_S
    while sum(map(length, streams)) < BACKLOG and time.monotonic() < give_up_s:
        time.sleep(0.1)


def backlog() -> list[load.Item]:
    """Three calls to seven chats, as random as the seed."""
    rng = random.Random(SEED)
    return [load.call(rng, n) if n % 10 < CALLS_OF_TEN else load.chat(rng, n) for n in range(BACKLOG)]


def pod_of(stack: LocalStack, name: str, model_port: int) -> Make:
    """A worker of the stack without a health server, or the scripted twin of vLLM."""

    def make(number: int) -> Process:
        log = stack.state / "logs" / f"{name}-{number}.log"
        if name == "vllm":
            script = str(ROOT / "tests/fixtures/scripted_model.py")
            command = [sys.executable, script, "--port", str(model_port), "--latency-ms", "20"]
            return Process(f"vllm-{number}", command, dict(os.environ), log)
        environment = stack.plan.environment(name) | {"AURICLE_PORT": "0", "AURICLE_DRAIN_SECONDS": str(DRAIN_S)}
        return Process(f"{name}-{number}", stack.plan.command(name), environment, log)

    return make


def write_evidence(scene: Scene) -> None:
    cluster = scene.cluster
    named = {one.workload.name: one for one in cluster.deployments}
    evidence = {
        "command": "make from-zero",
        "date": datetime.now(UTC).date().isoformat(),
        "machine": f"{os.cpu_count()} cores, {platform.system()} {platform.machine()}, shared with other work",
        "what": "real asr and scorer with scripted speech and model servers; the cluster is a model",
        "backlog": BACKLOG,
        "modelled_seconds_in_a_real_one": SPEED,
        "real_seconds": round(scene.real_s, 1),
        "modelled_seconds": cluster.samples[-1].seconds,
        "losses": [{"at_s": round(at, 1), "what": what} for at, what in cluster.events],
        "pods": {
            name: {
                "desired_at_most": max(one.desired[name] for one in cluster.samples),
                "running_at_most": max(one.running[name] for one in cluster.samples),
                "lives": len(deployment.over) + len(deployment.pods),
                "restarts": deployment.restarts,
                "killed_after_grace": deployment.killed_after_grace,
                "first_running_s": next((one.seconds for one in cluster.samples if one.running[name]), None),
            }
            for name, deployment in named.items()
        },
        "queues_empty_s": next((one.seconds for one in cluster.samples[1:] if not any(one.waiting.values())), None),
        "lost": scene.proofs.count(proofs.ONE_CURRENT),
        "doubled_results": len(scene.proofs.sql(proofs.TWO_RESULTS)),
        "lost_leases": scene.proofs.count("SELECT coalesce(sum(lost_leases), 0) FROM runs"),
        "attempts": scene.proofs.count("SELECT coalesce(sum(attempts), 0) FROM runs"),
    }
    folder = Path(os.environ.get("AURICLE_EVIDENCE", ROOT / "docs" / "evidence"))
    (folder / "from-zero.json").write_text(json.dumps(evidence, indent=2) + "\n")
    drawing.draw(cluster, folder / "from-zero.svg", f"A backlog of {BACKLOG}, time scaled by {SPEED:g}")


def test_it_began_at_zero_with_the_whole_backlog(scene: Scene) -> None:
    first = scene.cluster.samples[0]
    assert set(first.running.values()) == {0}
    assert sum(first.waiting.values()) == BACKLOG


def test_it_woke_grew_and_slept_again(scene: Scene) -> None:
    assert scene.slept, scene.cluster.samples[-1]
    for workload in workloads():
        running = [one.running[workload.name] for one in scene.cluster.samples]
        assert max(running) == workload.scaled.most or workload.name == "asr"
        assert max(one.desired[workload.name] for one in scene.cluster.samples) <= workload.scaled.most
        assert running[-1] == 0


def test_nothing_is_lost(scene: Scene) -> None:
    assert len(set(scene.accepted.values())) == BACKLOG
    assert scene.proofs.count("SELECT count(*) FROM conversations") == BACKLOG
    assert scene.proofs.sql(proofs.NOT_DONE) == []
    assert scene.proofs.count(proofs.ONE_CURRENT) == 0


def test_nothing_is_doubled(scene: Scene) -> None:
    assert scene.proofs.sql(proofs.TWO_RESULTS) == []
    assert scene.proofs.sql(proofs.LEDGER_DOUBLED) == []


def test_the_nodes_really_went(scene: Scene) -> None:
    assert sorted(said for _, said in scene.cluster.events) == sorted(f"{one.kind}: {one.workload}" for one in LOSSES)
    assert scene.proofs.count("SELECT coalesce(sum(lost_leases), 0) FROM runs") > 0, "nobody missed the lost node"


def test_everybody_ended_within_the_grace(scene: Scene) -> None:
    """Exit code 0 of all whose node did not vanish, and no process left."""
    lives = [pod for one in scene.cluster.deployments for pod in one.over]
    assert [pod.process.name for pod in lives if pod.process.pid and psutil.pid_exists(pod.process.pid)] == []
    assert {one.workload.name: one.killed_after_grace for one in scene.cluster.deployments} == dict.fromkeys(
        ["asr", "vllm", "scorer"], 0
    )
    unclean = [pod.process.name for pod in lives if pod.has_begun and pod.process.exit_code not in (0, -9, -15)]
    assert unclean == []


def test_the_proof_of_loss_can_fail(scene: Scene) -> None:
    harm = "UPDATE runs SET state = 'waiting' WHERE id = (SELECT id FROM runs LIMIT 1)"
    assert scene.proofs.after(harm, proofs.NOT_DONE)
