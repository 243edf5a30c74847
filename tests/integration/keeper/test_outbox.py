"""Events reach their receivers: signed, once where all goes well, until they are taken where it does not."""

import asyncio
import json
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
from auricle_contracts import EventData
from auricle_keeper.sending import PER_ENDPOINT, Outbox
from auricle_keeper.webhook import Sender, asked_seconds
from auricle_kit.egress import Policy
from auricle_records import outbox, webhooks
from fixtures.tenant import Tenant
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


async def allow(tenant: Tenant, *hosts: str) -> None:
    """The operator's own list, without which no private address is called."""
    async with tenant.db.transaction(tenant.workspace) as connection:
        await connection.execute(text("UPDATE workspaces SET allowed_hosts = :hosts"), {"hosts": list(hosts)})


async def event(tenant: Tenant, event_id: str = "evt_1", traceparent: str = "") -> None:
    data = EventData(workspace=tenant.workspace, conversation_id="c-1", evaluation_id="e-1")
    async with tenant.db.transaction(tenant.workspace) as connection:
        await outbox.add(connection, "evaluation.completed", event_id, data, traceparent=traceparent)


async def rows(tenant: Tenant) -> list[tuple[str, int, str | None]]:
    async with tenant.db.transaction(tenant.workspace) as connection:
        found = await connection.execute(text("SELECT state, attempts, last_error FROM outbox ORDER BY id"))
        return [(row.state, row.attempts, row.last_error) for row in found]


async def make_due(tenant: Tenant) -> None:
    async with tenant.db.transaction(tenant.workspace) as connection:
        await connection.execute(text("UPDATE outbox SET next_at = now() WHERE state = 'pending'"))


@pytest.fixture
async def sending(tenant: Tenant) -> Outbox:
    return Outbox(tenant.db, Sender(Policy(), total_seconds=5))


async def test_an_event_arrives_signed_and_with_its_trace(tenant: Tenant, receiver: Receiver, sending: Outbox) -> None:
    await allow(tenant, receiver.host)
    _, secret = await webhooks.add(tenant.db, tenant.workspace, url=receiver.url)
    await event(tenant, traceparent="00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01")
    assert await sending.round() == 1
    ((headers, body),) = receiver.heard
    told = Webhook(secret).verify(body, headers)
    assert told["type"] == "evaluation.completed"
    assert told["data"]["conversation_id"] == "c-1"
    assert headers["webhook-id"] == "evt_1"
    assert "0af7651916cd43dd8448eb211c80319c" in headers["traceparent"]
    assert await rows(tenant) == [("sent", 1, None)]
    assert await sending.round() == 0


async def test_a_forged_body_does_not_verify(tenant: Tenant, receiver: Receiver, sending: Outbox) -> None:
    await allow(tenant, receiver.host)
    _, secret = await webhooks.add(tenant.db, tenant.workspace, url=receiver.url)
    await event(tenant)
    await sending.round()
    ((headers, body),) = receiver.heard
    with pytest.raises(WebhookVerificationError):
        Webhook(secret).verify(body.replace("c-1", "c-2"), headers)


async def test_a_failure_is_tried_again_with_the_same_id_and_body(
    tenant: Tenant, receiver: Receiver, sending: Outbox
) -> None:
    await allow(tenant, receiver.host)
    await webhooks.add(tenant.db, tenant.workspace, url=receiver.url)
    await event(tenant)
    receiver.answers = [(500, {}), (302, {"location": "http://127.0.0.1:1/"})]
    await sending.round()
    assert await rows(tenant) == [("pending", 1, "status 500")]
    assert await sending.round() == 0, "not before its time"
    await make_due(tenant)
    await sending.round()
    assert await rows(tenant) == [("pending", 2, "status 302")]
    await make_due(tenant)
    await sending.round()
    assert await rows(tenant) == [("sent", 3, None)]
    assert len({(headers["webhook-id"], body) for headers, body in receiver.heard}) == 1


@pytest.mark.parametrize("as_date", [False, True])
async def test_a_receiver_is_left_alone_for_as_long_as_it_asks(
    tenant: Tenant, receiver: Receiver, sending: Outbox, as_date: bool
) -> None:
    await allow(tenant, receiver.host)
    await webhooks.add(tenant.db, tenant.workspace, url=receiver.url)
    await event(tenant)
    asked = format_datetime(datetime.now(UTC) + timedelta(hours=2), usegmt=True) if as_date else "7200"
    receiver.answers = [(503, {"retry-after": asked})]
    await sending.round()
    async with tenant.db.transaction(tenant.workspace) as connection:
        waits = await connection.scalar(text("SELECT extract(epoch FROM next_at - now()) FROM outbox"))
    assert 7000 < float(waits) <= 7200


async def test_a_receiver_that_is_gone_is_disabled(tenant: Tenant, receiver: Receiver, sending: Outbox) -> None:
    await allow(tenant, receiver.host)
    await webhooks.add(tenant.db, tenant.workspace, url=receiver.url)
    await event(tenant)
    receiver.answers = [(410, {})]
    await sending.round()
    assert await rows(tenant) == [("dead", 1, "status 410")]
    (endpoint,) = await webhooks.list_endpoints(tenant.db, tenant.workspace)
    assert not endpoint.active
    await event(tenant, "evt_2")
    assert await sending.round() == 0


async def test_a_target_inside_is_not_called(tenant: Tenant, receiver: Receiver, sending: Outbox) -> None:
    """Without the operator's list; the receiver is there and would answer."""
    await webhooks.add(tenant.db, tenant.workspace, url=receiver.url)
    await event(tenant)
    await sending.round()
    assert receiver.heard == []
    ((state, _, error),) = await rows(tenant)
    assert state == "dead"
    assert error is not None
    assert receiver.host not in error


async def test_a_receiver_that_is_down_is_tried_again(tenant: Tenant, sending: Outbox) -> None:
    await allow(tenant, "127.0.0.1:9")
    await webhooks.add(tenant.db, tenant.workspace, url="http://127.0.0.1:9/hook")
    await event(tenant)
    await sending.round()
    assert await rows(tenant) == [("pending", 1, "ConnectError")]


async def test_two_receivers_get_one_id_and_do_not_wait_for_each_other(
    tenant: Tenant, receiver: Receiver, sending: Outbox
) -> None:
    await allow(tenant, receiver.host, "127.0.0.1:9")
    await webhooks.add(tenant.db, tenant.workspace, url="http://127.0.0.1:9/hook")
    await webhooks.add(tenant.db, tenant.workspace, url=receiver.url)
    await event(tenant)
    assert await sending.round() == 2
    assert sorted(state for state, _, _ in await rows(tenant)) == ["pending", "sent"]


async def test_a_secret_that_is_none_kills_the_delivery_and_not_the_round(
    tenant: Tenant, receiver: Receiver, sending: Outbox
) -> None:
    await allow(tenant, receiver.host)
    await webhooks.add(tenant.db, tenant.workspace, url=receiver.url, secret="whsec_")
    await event(tenant)
    assert await sending.round() == 1
    ((state, _, _),) = await rows(tenant)
    assert state == "dead"


async def test_the_body_holds_ids_and_no_content(tenant: Tenant, receiver: Receiver, sending: Outbox) -> None:
    await allow(tenant, receiver.host)
    await webhooks.add(tenant.db, tenant.workspace, url=receiver.url)
    await event(tenant)
    await sending.round()
    told = json.loads(receiver.heard[0][1])
    assert set(told) == {"type", "timestamp", "data"}
    assert set(told["data"]) <= set(EventData.model_fields)


async def test_a_receiver_that_never_answers_keeps_nobody_waiting(tenant: Tenant, receiver: Receiver) -> None:
    """Twenty events for it came first; those of another receiver and another workspace arrive in the first round."""
    other = await tenant.neighbour()
    with socket.create_server(("127.0.0.1", 0)) as silent:
        host = f"127.0.0.1:{silent.getsockname()[1]}"
        await allow(tenant, host, receiver.host)
        await allow(other, receiver.host)
        await webhooks.add(tenant.db, tenant.workspace, url=f"http://{host}/hook")
        for number in range(20):
            await event(tenant, f"evt_{number}")
        await webhooks.add(tenant.db, tenant.workspace, url=receiver.url)
        await webhooks.add(other.db, other.workspace, url=receiver.url)
        await event(tenant, "evt_late")
        await event(other, "evt_other")
        sending = Outbox(tenant.db, Sender(Policy(), total_seconds=60))
        begun = await sending.round()
        assert {headers["webhook-id"] for headers, _ in receiver.heard} == {"evt_late", "evt_other"}
        assert begun == PER_ENDPOINT + 2
        assert await sending.round() == 0, "its places are full"
        finishing = asyncio.create_task(sending.finish())
        await asyncio.sleep(0)
        finishing.cancel()
        with pytest.raises(asyncio.CancelledError):
            await finishing
    assert {attempts for _, attempts, _ in await rows(tenant)} == {0, 1}


async def test_a_receiver_that_fails_is_paused_and_tried_with_one_event(
    tenant: Tenant, receiver: Receiver, sending: Outbox
) -> None:
    await allow(tenant, receiver.host)
    await webhooks.add(tenant.db, tenant.workspace, url=receiver.url)
    receiver.answers = [(500, {})] * (outbox.FAILURES_TO_PAUSE + 1)
    for number in range(outbox.FAILURES_TO_PAUSE):
        await event(tenant, f"evt_{number}")
        await sending.round()
    (endpoint,) = await webhooks.list_endpoints(tenant.db, tenant.workspace)
    assert endpoint.failures == outbox.FAILURES_TO_PAUSE
    assert endpoint.paused_until is not None
    await make_due(tenant)
    assert await sending.round() == 0, "paused"
    await unpause(tenant)
    assert await sending.round() == 1, "one trial"
    (endpoint,) = await webhooks.list_endpoints(tenant.db, tenant.workspace)
    assert endpoint.paused_until is not None, "which failed"
    await unpause(tenant)
    await make_due(tenant)
    while await sending.round():
        pass
    assert {state for state, _, _ in await rows(tenant)} == {"sent"}
    (endpoint,) = await webhooks.list_endpoints(tenant.db, tenant.workspace)
    assert (endpoint.failures, endpoint.paused_until) == (0, None)


async def unpause(tenant: Tenant) -> None:
    async with tenant.db.transaction(tenant.workspace) as connection:
        await connection.execute(text("UPDATE webhook_endpoints SET paused_until = now()"))


async def test_what_waits_too_long_is_given_up_with_its_reason(tenant: Tenant) -> None:
    await webhooks.add(tenant.db, tenant.workspace, url="https://receiver.example/hook")
    await event(tenant)
    assert await outbox.expire(tenant.db, tenant.workspace, older_s=60) == 0
    assert await outbox.expire(tenant.db, tenant.workspace, older_s=0) == 1
    assert await rows(tenant) == [("dead", 0, "expired; before: not tried")]


@pytest.mark.parametrize(
    ("asked", "seconds"),
    [
        ("120", 120),
        (" 7 ", 7),
        ("Sun, 29 Nov 2026 12:01:30 GMT", 90),
        ("Sunday, 29-Nov-26 12:01:30 GMT", 90),
        ("Sun, 29 Nov 2026 11:00:00 GMT", 0),
        ("Wed, 29 Nov 2028 12:00:00 GMT", 86_400),
        ("999999999999999999", 86_400),
        ("-5", 0),
        ("soon", 0),
        ("", 0),
    ],
)
def test_retry_after_is_seconds_or_a_date(asked: str, seconds: float) -> None:
    assert asked_seconds(asked, datetime(2026, 11, 29, 12, 0, 0, tzinfo=UTC)) == seconds
