"""asr and scorer with an item in their hands: it ends, or goes back uncharged; a lost node costs one lease. Never twice, never lost."""

import random
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest
import redis
from auricle_cli.stack.local_stack import LocalStack
from auricle_contracts import GROUP, Priority, Step, stream_of
from drain.conftest import Note, Slow, Start
from drain.subjects import SLACK_S, Subject, until
from drain.told import SPOT_NOTICE_S, endings
from fixtures.storm import load
from fixtures.storm.proofs import Proofs

pytestmark = [pytest.mark.drain, pytest.mark.timeout(400)]
STUCK_MS = 600_000


@dataclass(frozen=True)
class Work:
    """A worker, its step, what feeds it, and the engine that it asks."""

    service: str
    step: Step
    item: Callable[[random.Random, int], load.Item]
    engine: str
    setting: str

    @property
    def stream(self) -> str:
        return stream_of(self.step, Priority.LIVE)


ASR = Work("asr", Step.TRANSCRIBE, load.call, "speech", "AURICLE_SPEECH_URL")
SCORER = Work("scorer", Step.EVALUATE, load.chat, "model", "AURICLE_MODEL_URL")
BOTH = pytest.mark.parametrize("work", [ASR, SCORER], ids=["asr", "scorer"])


@dataclass
class Scene:
    """What the tests below do and see."""

    stack: LocalStack
    proofs: Proofs
    queue: redis.Redis
    start: Start
    slow: Slow
    rng: random.Random
    number: int

    def post(self, work: Work) -> str:
        """A conversation of its own; its id."""
        return load.post(self.stack.plan.url("gateway"), self.stack.key, work.item(self.rng, self.number))

    def worker(self, work: Work, latency_ms: int, drain_s: float = 30) -> Subject:
        return self.start(work.service, drain_s, **{work.setting: self.slow(work.engine, latency_ms)})

    def run(self, work: Work, conversation: str) -> dict[str, object]:
        """State and counts of its run."""
        query = "SELECT state, attempts, lost_leases FROM runs WHERE conversation_id = '{}' AND step = '{}'"
        (row,) = self.proofs.sql(query.format(conversation, work.step))
        return row

    def begun(self, work: Work) -> str:
        """Posted, and in a worker's hands; the conversation's id."""
        conversation = self.post(work)
        until(lambda: self.run(work, conversation)["state"] == "working", 60, "the work")
        return conversation

    def held(self, work: Work) -> int:
        """Entries that are delivered and not acknowledged."""
        summary: Any = self.queue.xpending(work.stream, GROUP)
        return int(summary["pending"])

    def finished(self, work: Work, conversation: str) -> dict[str, object]:
        """The run, when it is done; once."""
        until(lambda: self.run(work, conversation)["state"] == "done", 120, "the end of the run")
        table = "evaluations" if work is SCORER else "transcripts"
        assert self.proofs.count(f"SELECT count(*) FROM {table} WHERE conversation_id = '{conversation}'") == 1
        return self.run(work, conversation)


@pytest.fixture
def scene(
    stack: LocalStack, proofs: Proofs, queue: redis.Redis, start: Start, slow: Slow, rng: random.Random, number: int
) -> Scene:
    return Scene(stack, proofs, queue, start, slow, rng, number)


def counted(run: dict[str, object]) -> tuple[object, object]:
    return run["attempts"], run["lost_leases"]


@BOTH
def test_work_that_ends_within_the_grace_is_finished(scene: Scene, work: Work, note: Note) -> None:
    worker = scene.worker(work, latency_ms=800)
    conversation = scene.begun(work)
    worker.sigterm()
    code, took_s = worker.ended(30 + SLACK_S)
    assert code == 0
    assert scene.run(work, conversation)["state"] == "done"
    assert counted(scene.finished(work, conversation)) == (0, 0)
    note(workload=work.service, deed="SIGTERM, work ends within the grace", ended_s=took_s, exit=code, attempts=0)


@BOTH
def test_work_that_does_not_end_goes_back_and_counts_as_nothing(scene: Scene, work: Work, note: Note) -> None:
    worker = scene.worker(work, STUCK_MS, drain_s=4)
    conversation = scene.begun(work)
    worker.sigterm()
    code, took_s = worker.ended(4 + SLACK_S)
    assert code == 0
    assert scene.queue.xlen(work.stream) == 1
    scene.worker(work, latency_ms=0)
    assert counted(scene.finished(work, conversation)) == (0, 0)
    note(
        workload=work.service,
        deed="grace of 4 s over, handed back",
        ended_s=took_s,
        exit=code,
        attempts=0,
        lost_leases=0,
    )


@BOTH
def test_a_lost_node_costs_a_lease_and_nothing_else(scene: Scene, work: Work, note: Note) -> None:
    worker = scene.worker(work, STUCK_MS)
    conversation = scene.begun(work)
    worker.lose_node()
    assert scene.held(work) == 1
    scene.worker(work, latency_ms=0)
    assert counted(scene.finished(work, conversation)) == (0, 1)
    note(workload=work.service, deed="SIGKILL of the whole pod", attempts=0, lost_leases=1)


def test_a_spot_notice_in_real_time(scene: Scene, note: Note) -> None:
    """The chart's own numbers, an engine that never answers: both are gone before the node is, and the work is back."""
    told = {work: endings()[work.service] for work in (ASR, SCORER)}
    workers = {work: scene.worker(work, STUCK_MS, told[work].drain_s) for work in told}
    conversations = {ASR: scene.begun(ASR)}
    scene.number += 1000
    conversations[SCORER] = scene.begun(SCORER)
    for worker in workers.values():
        worker.sigterm()
    for work, worker in workers.items():
        code, took_s = worker.ended(SPOT_NOTICE_S)
        assert code == 0
        assert took_s < told[work].grace_s - told[work].sleep_s
        note(
            workload=work.service,
            deed="spot notice, the engine never answers",
            ended_s=took_s,
            node_goes_s=SPOT_NOTICE_S,
        )
    for work, conversation in conversations.items():
        scene.worker(work, latency_ms=0)
        assert counted(scene.finished(work, conversation)) == (0, 0)


@pytest.mark.parametrize("service", ["compressor", "rules"])
def test_a_scorer_without_its_neighbour_hands_back(scene: Scene, service: str, note: Note) -> None:
    neighbour = scene.start(service, 20)
    scorer = scene.start("scorer", 20, **{f"AURICLE_{service.upper()}_URL": neighbour.url})
    neighbour.lose_node()
    conversation = scene.post(SCORER)
    until(lambda: scene.held(SCORER) == 1, 60, "the delivery")
    scorer.sigterm()
    assert scorer.ended(20 + SLACK_S)[0] == 0
    scene.start("scorer", 20)
    assert counted(scene.finished(SCORER, conversation)) == (0, 0)
    note(workload=service, deed="SIGKILL, asked by a scorer", attempts=0, lost_leases=0)
