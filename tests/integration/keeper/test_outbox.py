"""Events reach their receivers: signed, once where all goes well, until they are taken where it does not."""

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
from auricle_contracts import EventData
from auricle_keeper.sending import Outbox
from auricle_keeper.webhook import Sender
from auricle_kit.egress import Policy
from auricle_records import outbox, webhooks
from fixtures.house import House
from sqlalchemy import text
from standardwebhooks.webhooks import Webhook, WebhookVerificationError

Heard = tuple[dict[str, str], str]


@dataclass
class Receiver:
    """Answers with the next of `answers`, 200 when there is none; remembers what it heard."""

    url: str = ""
    host: str = ""
    answers: list[tuple[int, dict[str, str]]] = field(default_factory=list)
    heard: list[Heard] = field(default_factory=list)


@contextmanager
def receiving() -> Iterator[Receiver]:
    memory = Receiver()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["content-length"])).decode()
            memory.heard.append(({key.lower(): value for key, value in self.headers.items()}, body))
            status, headers = memory.answers.pop(0) if memory.answers else (200, {})
            self.send_response(status)
            for name, value in headers.items():
                self.send_header(name, value)
            self.send_header("content-length", "0")
            self.end_headers()

        def log_message(self, *_: object) -> None:
            """Quiet."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        memory.host = f"127.0.0.1:{server.server_port}"
        memory.url = f"http://{memory.host}/hook"
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield memory
        server.shutdown()


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    with receiving() as memory:
        yield memory


async def allow(house: House, *hosts: str) -> None:
    """The operator's own list, without which no private address is called."""
    async with house.db.transaction(house.workspace) as connection:
        await connection.execute(text("UPDATE workspaces SET allowed_hosts = :hosts"), {"hosts": list(hosts)})


async def event(house: House, event_id: str = "evt_1", traceparent: str = "") -> None:
    data = EventData(workspace=house.workspace, conversation_id="c-1", evaluation_id="e-1")
    async with house.db.transaction(house.workspace) as connection:
        await outbox.add(connection, "evaluation.completed", event_id, data, traceparent=traceparent)


async def rows(house: House) -> list[tuple[str, int, str | None]]:
    async with house.db.transaction(house.workspace) as connection:
        found = await connection.execute(text("SELECT state, attempts, last_error FROM outbox ORDER BY id"))
        return [(row.state, row.attempts, row.last_error) for row in found]


async def make_due(house: House) -> None:
    async with house.db.transaction(house.workspace) as connection:
        await connection.execute(text("UPDATE outbox SET next_at = now() WHERE state = 'pending'"))


@pytest.fixture
async def sending(house: House) -> Outbox:
    return Outbox(house.db, Sender(Policy(), total_seconds=5))


async def test_an_event_arrives_signed_and_with_its_trace(house: House, receiver: Receiver, sending: Outbox) -> None:
    await allow(house, receiver.host)
    _, secret = await webhooks.add(house.db, house.workspace, url=receiver.url)
    await event(house, traceparent="00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01")
    assert await sending.round() == 1
    ((headers, body),) = receiver.heard
    told = Webhook(secret).verify(body, headers)
    assert told["type"] == "evaluation.completed"
    assert told["data"]["conversation_id"] == "c-1"
    assert headers["webhook-id"] == "evt_1"
    assert "0af7651916cd43dd8448eb211c80319c" in headers["traceparent"]
    assert await rows(house) == [("sent", 1, None)]
    assert await sending.round() == 0


async def test_a_forged_body_does_not_verify(house: House, receiver: Receiver, sending: Outbox) -> None:
    await allow(house, receiver.host)
    _, secret = await webhooks.add(house.db, house.workspace, url=receiver.url)
    await event(house)
    await sending.round()
    ((headers, body),) = receiver.heard
    with pytest.raises(WebhookVerificationError):
        Webhook(secret).verify(body.replace("c-1", "c-2"), headers)


async def test_a_failure_is_tried_again_with_the_same_id_and_body(
    house: House, receiver: Receiver, sending: Outbox
) -> None:
    await allow(house, receiver.host)
    await webhooks.add(house.db, house.workspace, url=receiver.url)
    await event(house)
    receiver.answers = [(500, {}), (302, {"location": "http://127.0.0.1:1/"})]
    await sending.round()
    assert await rows(house) == [("pending", 1, "status 500")]
    assert await sending.round() == 0, "not before its time"
    await make_due(house)
    await sending.round()
    assert await rows(house) == [("pending", 2, "status 302")]
    await make_due(house)
    await sending.round()
    assert await rows(house) == [("sent", 3, None)]
    assert len({(headers["webhook-id"], body) for headers, body in receiver.heard}) == 1


async def test_a_receiver_that_is_gone_is_disabled(house: House, receiver: Receiver, sending: Outbox) -> None:
    await allow(house, receiver.host)
    await webhooks.add(house.db, house.workspace, url=receiver.url)
    await event(house)
    receiver.answers = [(410, {})]
    await sending.round()
    assert await rows(house) == [("dead", 1, "status 410")]
    (endpoint,) = await webhooks.list_endpoints(house.db, house.workspace)
    assert not endpoint.active
    await event(house, "evt_2")
    assert await sending.round() == 0


async def test_a_target_inside_is_not_called(house: House, receiver: Receiver, sending: Outbox) -> None:
    """Without the operator's list; the receiver is there and would answer."""
    await webhooks.add(house.db, house.workspace, url=receiver.url)
    await event(house)
    await sending.round()
    assert receiver.heard == []
    ((state, _, error),) = await rows(house)
    assert state == "dead"
    assert error is not None
    assert receiver.host not in error


async def test_a_receiver_that_is_down_is_tried_again(house: House, sending: Outbox) -> None:
    await allow(house, "127.0.0.1:9")
    await webhooks.add(house.db, house.workspace, url="http://127.0.0.1:9/hook")
    await event(house)
    await sending.round()
    assert await rows(house) == [("pending", 1, "ConnectError")]


async def test_two_receivers_get_one_id_and_do_not_wait_for_each_other(
    house: House, receiver: Receiver, sending: Outbox
) -> None:
    await allow(house, receiver.host, "127.0.0.1:9")
    await webhooks.add(house.db, house.workspace, url="http://127.0.0.1:9/hook")
    await webhooks.add(house.db, house.workspace, url=receiver.url)
    await event(house)
    assert await sending.round() == 2
    assert sorted(state for state, _, _ in await rows(house)) == ["pending", "sent"]


async def test_a_secret_that_is_none_kills_the_delivery_and_not_the_round(
    house: House, receiver: Receiver, sending: Outbox
) -> None:
    await allow(house, receiver.host)
    await webhooks.add(house.db, house.workspace, url=receiver.url, secret="whsec_")
    await event(house)
    assert await sending.round() == 1
    ((state, _, _),) = await rows(house)
    assert state == "dead"


async def test_the_body_holds_ids_and_no_content(house: House, receiver: Receiver, sending: Outbox) -> None:
    await allow(house, receiver.host)
    await webhooks.add(house.db, house.workspace, url=receiver.url)
    await event(house)
    await sending.round()
    told = json.loads(receiver.heard[0][1])
    assert set(told) == {"type", "timestamp", "data"}
    assert set(told["data"]) <= set(EventData.model_fields)
