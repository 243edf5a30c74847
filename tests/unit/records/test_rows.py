"""Small promises that need no store."""

from datetime import UTC, datetime

import pytest
from auricle_contracts import ConversationPatch, Message, Priority, RunState, Step
from auricle_records import paths
from auricle_records.conversations import Received
from auricle_records.conversations.models import known_as, patched
from auricle_records.database import new_id
from auricle_records.errors import DeletedMeanwhile, Gone, IdempotencyConflict, StillReceiving
from auricle_records.runs import Begun, RunRow, Start
from fixtures.tenant import AGENT, CUSTOMER

NOW = datetime(2026, 1, 1, tzinfo=UTC)
RUN = RunRow(
    "r1",
    "demo",
    "c1",
    1,
    Step.EVALUATE,
    "recipe",
    "ingest",
    Priority.BACKFILL,
    RunState.WAITING,
    0,
    0,
    None,
    None,
    "tp",
    NOW,
    NOW,
)


def test_a_run_knows_its_stream_and_message() -> None:
    assert RUN.stream == "{auricle}:score:backfill"
    assert RUN.message == Message(run_id="r1", traceparent="tp")
    assert (RUN.view().id, RUN.view().state) == ("r1", RunState.WAITING)
    assert Begun(Start.DONE, next=(RUN,)).next_runs == (("r1", "{auricle}:score:backfill"),)


def test_a_fresh_place_at_the_door_takes_any_body() -> None:
    Received("c1", 1, fresh=True).check_body("anything")
    Received("c1", 1, fresh=False, body_hash="h").check_body("h")
    with pytest.raises(IdempotencyConflict):
        Received("c1", 1, fresh=False, body_hash="h").check_body("other")


def test_only_what_the_caller_set_is_patched() -> None:
    assert patched(ConversationPatch()) == {}
    assert patched(ConversationPatch(line=None, started_at=NOW)) == {"line": None, "started_at": NOW}
    assert patched(ConversationPatch(direction=None, participants=None, metadata=None)) == {}
    assert patched(ConversationPatch(participants=(AGENT, CUSTOMER)))["agents"] == ["A-7"]


def test_an_agent_is_known_by_the_best_name_there_is() -> None:
    assert known_as(AGENT) == "A-7"
    assert known_as(AGENT.model_copy(update={"reference": None})) == "Анна"
    assert known_as(AGENT.model_copy(update={"reference": None, "name": None})) == "agent"


def test_two_workers_never_write_the_same_key() -> None:
    assert paths.transcript("demo", "c", 1) != paths.transcript("demo", "c", 1)
    assert paths.digest("demo", "c", 1, "r") != paths.digest("demo", "c", 1, "r")
    assert paths.transcript("demo", "c", 1).startswith(paths.revision_prefix("demo", "c", 1))


def test_ids_grow() -> None:
    made = [new_id() for _ in range(1000)]
    assert made == sorted(set(made))


def test_errors_know_what_they_mean() -> None:
    assert issubclass(DeletedMeanwhile, Gone)
    assert StillReceiving("x").headers == {"Retry-After": "2"}
    assert StillReceiving.retryable
