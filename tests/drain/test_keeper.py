"""keeper with a delivery under way: it ends within the grace; one that is cut off is sent again, under the same id."""

import threading
from collections.abc import Iterator
from dataclasses import dataclass, field

import httpx
import pytest
import uvicorn
from auricle_cli.stack.local_stack import LocalStack
from auricle_cli.stack.ports import any_free
from drain.conftest import Note, Start
from drain.subjects import SLACK_S, until
from fastapi import FastAPI, Request, Response
from fixtures.storm.proofs import Proofs

pytestmark = [pytest.mark.drain, pytest.mark.timeout(400)]

PATIENT = {"AURICLE_WEBHOOK_SECONDS": "45"}


@dataclass
class SlowReceiver:
    """Answers when `let_go` is set; `heard` are the ids of the deliveries that came, `answered` of those that got their 200."""

    host: str
    heard: list[str] = field(default_factory=list)
    answered: list[str] = field(default_factory=list)
    let_go: threading.Event = field(default_factory=threading.Event)


@pytest.fixture
def receiver() -> Iterator[SlowReceiver]:
    memory = SlowReceiver(f"127.0.0.1:{(port := any_free())}")
    api = FastAPI(openapi_url=None)

    @api.post("/hook")
    def hook(request: Request) -> Response:
        memory.heard.append(request.headers["webhook-id"])
        memory.let_go.wait(30)
        memory.answered.append(request.headers["webhook-id"])
        return Response(status_code=200)

    server = uvicorn.Server(uvicorn.Config(api, port=port, log_config=None, lifespan="off"))
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    yield memory
    memory.let_go.set()
    server.should_exit = True
    thread.join(5)


@pytest.fixture
def event(stack: LocalStack, proofs: Proofs, receiver: SlowReceiver, number: int) -> str:
    """An event for the receiver alone; its id."""
    proofs.execute(f"DELETE FROM webhook_endpoints; UPDATE workspaces SET allowed_hosts = ARRAY['{receiver.host}']")
    added = httpx.post(
        stack.plan.url("gateway") + "/v1/webhooks",
        json={"url": f"http://{receiver.host}/hook"},
        headers={"Authorization": f"Bearer {stack.key}"},
    )
    assert added.status_code == 201, added.text
    proofs.execute(
        "INSERT INTO outbox (workspace_id, id, event_id, endpoint_id, type, data) "
        f"SELECT workspace_id, 'drain-{number}.' || id, 'drain-{number}', id, 'conversation.deleted', "
        "jsonb_build_object('workspace', workspace_id, 'conversation_id', 'c') FROM webhook_endpoints"
    )
    return f"drain-{number}"


def state_of(proofs: Proofs, event: str) -> str:
    (row,) = proofs.sql(f"SELECT state FROM outbox WHERE event_id = '{event}'")
    return str(row["state"])


def test_a_delivery_under_way_ends(
    start: Start, proofs: Proofs, receiver: SlowReceiver, event: str, note: Note
) -> None:
    keeper = start("keeper", 20, **PATIENT)
    until(lambda: receiver.heard == [event], 60, "the delivery")
    keeper.sigterm()
    threading.Timer(1.0, receiver.let_go.set).start()
    code, took_s = keeper.ended(SLACK_S)
    assert (code, state_of(proofs, event), receiver.heard) == (0, "sent", [event])
    note(workload="keeper", deed="SIGTERM in a delivery", sent=1, ended_s=took_s, exit=code)


@pytest.mark.parametrize("deed", ["grace of 3 s over", "SIGKILL"])
def test_a_delivery_that_was_cut_off_comes_again_under_the_same_id(
    start: Start, proofs: Proofs, receiver: SlowReceiver, event: str, deed: str, note: Note
) -> None:
    """Nobody else takes it for 120 s; the test moves that time, and not the clock."""
    keeper = start("keeper", 3, **PATIENT)
    until(lambda: receiver.heard == [event], 60, "the delivery")
    if deed == "SIGKILL":
        keeper.lose_node()
    else:
        keeper.sigterm()
        assert keeper.ended(3 + SLACK_S)[0] == 0
    assert state_of(proofs, event) == "pending"
    receiver.let_go.set()
    proofs.execute(f"UPDATE outbox SET next_at = now() WHERE event_id = '{event}'")
    start("keeper", 3, **PATIENT)
    until(lambda: state_of(proofs, event) == "sent", 60, "the second delivery")
    assert receiver.heard == [event, event]
    note(workload="keeper", deed=f"{deed} in a delivery", sent=2, ids=1)
