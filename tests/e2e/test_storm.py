"""At least fifty faults over two hundred conversations: nothing accepted is lost, nothing happens twice. Proved by SQL."""

import json
import os
import random
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import httpx
import pytest
from auricle_cli.stack import ports
from auricle_cli.stack.local_stack import LocalStack
from auricle_kit.failpoints import SEAMS
from fixtures.scripted_stack import ROOT, scripted_stack, state_folder
from fixtures.storm import diagnosis, load, proofs
from fixtures.storm.faults import Storm
from fixtures.storm.receiver import Receiver, receiver

SEED = int(os.environ.get("AURICLE_STORM_SEED", "20261121"))
CONVERSATIONS = int(os.environ.get("AURICLE_STORM_CONVERSATIONS", "200"))
FAULTS = int(os.environ.get("AURICLE_STORM_FAULTS", "55"))
PAUSE_SECONDS = 0.8
CALM = 8  # posted after the last fault, so that whatever was planted at the door is taken
QUIET_SECONDS = 180.0
UNFINISHED = (
    "SELECT count(*) FROM runs WHERE state IN ('waiting', 'working')",
    "SELECT count(*) FROM outbox WHERE state = 'pending'",
)
ENDED = ("SELECT count(*) FROM runs WHERE state = 'done'", "SELECT count(*) FROM outbox WHERE state = 'sent'")
BUCKET, PREFIX = "auricle", "storm"

pytestmark = [pytest.mark.fault, pytest.mark.timeout(1500)]


@dataclass
class Scene:
    """Everything that the storm blows over."""

    stack: LocalStack
    receiver: Receiver
    s3: str
    proofs: proofs.Proofs


@pytest.fixture(scope="module")
def state() -> Iterator[Path]:
    with state_folder() as folder:
        yield folder


@pytest.fixture(scope="module")
def scene(state: Path) -> Iterator[Scene]:
    port = ports.any_free()
    command = [sys.executable, str(ROOT / "tests/fixtures/flaky_s3.py"), "--port", str(port)]
    credentials = {"AWS_ACCESS_KEY_ID": "storm", "AWS_SECRET_ACCESS_KEY": "storm"}
    os.environ.update(credentials)
    s3 = f"http://127.0.0.1:{port}"
    settings = {
        "AURICLE_BLOB_URL": f"s3://{BUCKET}/{PREFIX}?endpoint={s3}",
        "AURICLE_FAILPOINTS": str(state / "failpoints"),
        # A gateway that is killed between row and blob leaves a key that is free again when it was not renewed for so long.
        "AURICLE_RECEIVING_STALE_SECONDS": "30",
        "AURICLE_RECEIVING_SECONDS": "2",
    } | credentials
    with subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as store:
        try:
            assert _wait(lambda: httpx.get(s3 + "/auricle", timeout=2.0).status_code == 200, 90), "no S3"
            with receiver() as hook, scripted_stack(state, settings=settings, latency_ms=150) as stack:
                asked = proofs.Proofs(stack)
                asked.execute(f"UPDATE workspaces SET allowed_hosts = ARRAY['{hook.host}']")
                answer = httpx.post(
                    stack.plan.url("gateway") + "/v1/webhooks",
                    json={"url": hook.url},
                    headers={"Authorization": f"Bearer {stack.key}"},
                )
                assert answer.is_success, answer.text
                yield Scene(stack, hook, s3, asked)
        finally:
            store.terminate()


def _wait(condition: Callable[[], bool], seconds: float) -> bool:
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        try:
            if condition():
                return True
        except httpx.HTTPError:
            pass
        time.sleep(0.25)
    return False


def _becomes_quiet(scene: Scene) -> bool:
    """Waits as long as something ends now and then, however busy the machine is; False when nothing has for QUIET_SECONDS."""
    ended, since = -1, time.monotonic()
    while _count(scene, UNFINISHED):
        now = _count(scene, ENDED)
        if now != ended:
            ended, since = now, time.monotonic()
        elif time.monotonic() - since > QUIET_SECONDS:
            return False
        time.sleep(0.25)
    return True


def _count(scene: Scene, queries: tuple[str, str]) -> int:
    try:
        return sum(scene.proofs.count(query) for query in queries)
    except subprocess.CalledProcessError:  # Postgres is restarting
        return -1


@pytest.fixture(scope="module")
def storm(scene: Scene) -> Storm:
    """Blow, once; where nobody knows why it failed, the stack tells."""
    try:
        return _blown(scene)
    except AssertionError as error:
        error.add_note(diagnosis.of(scene.stack))
        raise


def _blown(scene: Scene) -> Storm:
    """Post, blow, wait until it is quiet, and write down what happened."""
    began = time.monotonic()
    blowing = Storm(scene.stack, scene.s3, random.Random(SEED))
    thread = threading.Thread(target=blowing.blow, args=(FAULTS, PAUSE_SECONDS))
    thread.start()
    items = load.mixture(SEED, CONVERSATIONS)
    door = (scene.stack.plan.url("gateway"), scene.stack.key)
    accepted = load.post_all(*door, items[:-CALM], lasting_seconds=FAULTS * PAUSE_SECONDS)
    thread.join()
    accepted |= load.post_all(*door, items[-CALM:], clients=1)
    quiet = _becomes_quiet(scene)
    assert len(set(accepted.values())) == CONVERSATIONS
    _write_evidence(blowing, time.monotonic() - began, scene)
    assert quiet, scene.proofs.sql(proofs.NOT_DONE)[:10]
    return blowing


def _write_evidence(storm: Storm, seconds: float, scene: Scene) -> None:
    evidence = {
        "command": "make test-fault",
        "date": datetime.now(UTC).date().isoformat(),
        "machine": f"{os.cpu_count()} cores, Linux x86-64",
        "seed": SEED,
        "conversations": CONVERSATIONS,
        "faults": sum(storm.count.values()),
        "faults_by_kind": dict(sorted(storm.count.items())),
        "seconds": round(seconds, 1),
        "lost": scene.proofs.count(proofs.ONE_CURRENT),
        "doubled_results": len(scene.proofs.sql(proofs.TWO_RESULTS)),
        "lost_leases": scene.proofs.count("SELECT coalesce(sum(lost_leases), 0) FROM runs"),
        "attempts": scene.proofs.count("SELECT coalesce(sum(attempts), 0) FROM runs"),
    }
    target = Path(os.environ.get("AURICLE_EVIDENCE", ROOT / "docs" / "evidence")) / "test-fault.json"
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_text(json.dumps(evidence, indent=2) + "\n")


ANY_RUN = "(SELECT run_id FROM evaluations LIMIT 1)"
HARMS = {
    "an evaluation that is current no more": (
        "UPDATE evaluations SET current = false WHERE run_id = " + ANY_RUN,
        proofs.ONE_CURRENT,
    ),
    "a run that is left": ("UPDATE runs SET state = 'waiting' WHERE id = " + ANY_RUN, proofs.NOT_DONE),
    "a ledger line twice": (
        "INSERT INTO ledger (workspace_id, conversation_id, run_id, step, part, device, seconds) "
        "SELECT workspace_id, conversation_id, run_id, step, part, device, seconds FROM ledger WHERE run_id = "
        + ANY_RUN,
        proofs.LEDGER_DOUBLED,
    ),
    "an event twice": (
        (
            "INSERT INTO outbox (workspace_id, id, event_id, endpoint_id, type, data) "
            "SELECT workspace_id, 'planted', 'planted', endpoint_id, type, data FROM outbox LIMIT 1"
        ),
        proofs.EVENTS_PER_EVALUATION,
    ),
}


@pytest.mark.parametrize("harm", HARMS)
def test_each_proof_can_fail(storm: Storm, scene: Scene, harm: str) -> None:
    statement, query = HARMS[harm]
    rows = scene.proofs.after(statement, query)
    assert rows
    assert rows[0].get("count", 1) > 0


def test_every_planted_fault_was_taken(storm: Storm, scene: Scene) -> None:
    folder = Path(scene.stack.settings["AURICLE_FAILPOINTS"])
    names = {path.name for path in folder.iterdir()}
    assert {name.partition(".")[0] for name in names} == set(SEAMS)
    assert [name for name in names if "." not in name] == []


def test_there_was_a_storm(storm: Storm) -> None:
    assert sum(storm.count.values()) >= min(50, FAULTS)
    assert len(storm.count) >= min(20, FAULTS)


def test_each_conversation_has_one_current_evaluation(storm: Storm, scene: Scene) -> None:
    assert scene.proofs.count("SELECT count(*) FROM conversations") == CONVERSATIONS
    assert scene.proofs.sql(proofs.NOT_DONE) == []
    assert scene.proofs.count(proofs.ONE_CURRENT) == 0
    assert scene.proofs.sql(proofs.TWO_RESULTS) == []


def test_each_evaluation_has_one_event_and_the_receiver_accepted_it(storm: Storm, scene: Scene) -> None:
    (row,) = [row for row in scene.proofs.sql(proofs.EVENTS) if row["type"] == "evaluation.completed"]
    assert scene.proofs.sql(proofs.EVENTS_PER_EVALUATION) == []
    assert row["count"] == CONVERSATIONS
    assert len(scene.receiver.accepted) == CONVERSATIONS


def test_the_ledger_counts_each_effect_once(storm: Storm, scene: Scene) -> None:
    assert scene.proofs.sql(proofs.LEDGER_DOUBLED) == []


def test_no_blob_is_an_orphan_and_no_entry_is_left(storm: Storm, scene: Scene) -> None:
    assert scene.proofs.orphans(scene.s3, BUCKET, PREFIX) == set()
    assert set(scene.proofs.waiting_entries().values()) == {0}
