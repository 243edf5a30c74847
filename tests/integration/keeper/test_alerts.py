"""Alerts from a rule to its destinations: measured in Postgres, opened once, held at night, told to real receivers, closed when over."""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from itertools import count
from typing import Any

import pytest
import uvicorn
from auricle_cli.stack.ports import any_free
from auricle_contracts import AnswerState, ClassOutcome, Code, DetectionState, MemberRole
from auricle_contracts.alerts import (
    AlertDelivery,
    AlertRule,
    AlertRuleIn,
    AlertSettings,
    AlertState,
    DestinationIn,
    DestinationKind,
    Measure,
)
from auricle_keeper.alert_sending import AlertDeliveries
from auricle_keeper.alerts import OPEN, Alerts
from auricle_keeper.mail import Mailer
from auricle_keeper.webhook import Sender
from auricle_kit.egress import Policy
from auricle_kit.sealing import Keyring
from auricle_records import results, runs, workspaces
from auricle_records.alerts import deliveries, destinations, incidents, measuring, rules, settings
from auricle_records.callers import Actor
from auricle_records.database import Database
from auricle_records.people import directory
from auricle_records.people.directory import NewPerson
from fixtures.smtp import MailServer, serving, text_of
from fixtures.tenant import Tenant, a_finding, an_answer, an_evaluation
from integration.keeper.test_notices import at
from sqlalchemy import text
from standardwebhooks.webhooks import Webhook

QUINN = Actor("person", "quinn", "Quinn")
PAGE = "https://auricle.example.com"
KEYRING = Keyring.parse("k1:" + "A" * 43 + "=")
CLASS = "rudeness"
_NUMBERS = count(1)


@dataclass
class Receiver:
    """An HTTP server that keeps what was posted, and answers with `status`."""

    url: str = ""
    status: int = 200
    posts: list[tuple[dict[str, str], str]] = field(default_factory=list)

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        body = b""
        while True:
            message = await receive()
            body += message.get("body", b"")
            if not message.get("more_body"):
                break
        headers = {name.decode(): value.decode() for name, value in scope["headers"]}
        self.posts.append((headers, body.decode()))
        await send({"type": "http.response.start", "status": self.status, "headers": []})
        await send({"type": "http.response.body", "body": b"what the receiver says stays there"})


@asynccontextmanager
async def receiving(receiver: Receiver) -> AsyncIterator[Receiver]:
    port = any_free()
    server = uvicorn.Server(uvicorn.Config(receiver, port=port, log_level="warning", lifespan="off"))
    serving_it = asyncio.create_task(server.serve())
    while not server.started:  # noqa: ASYNC110 - uvicorn has no event for it
        await asyncio.sleep(0.02)
    receiver.url = f"http://127.0.0.1:{port}/hook"
    yield receiver
    server.should_exit = True
    await serving_it


@dataclass
class Desk:
    """A workspace that may call this machine, a receiver and a mail server, and keeper's two jobs."""

    tenant: Tenant
    receiver: Receiver
    server: MailServer
    sender: Sender

    @property
    def db(self) -> Database:
        return self.tenant.db

    async def look(self) -> int:
        return await Alerts(self.db).round()

    async def tell(self, *, mailer: bool = True) -> int:
        made = Mailer(at(self.server)) if mailer else None
        return await AlertDeliveries(self.db, self.sender, made, page_url=PAGE).round()

    async def destination(self, kind: DestinationKind, **given: Any) -> str:
        given |= {} if kind is DestinationKind.EMAIL or "url" in given else {"url": self.receiver.url}
        wanted = DestinationIn(name=f"{kind} {next(_NUMBERS)}", kind=kind, **given)
        return (await destinations.add(self.db, self.tenant.workspace, wanted, keyring=KEYRING))[0].id

    async def rule(self, measure: Measure = Measure.CLASS_COUNT, **given: Any) -> AlertRule:
        given = {"name": "Грубость", "threshold": 2} | given
        if measure in (Measure.CLASS_COUNT, Measure.CLASS_SHARE):
            given |= {"error_class": CLASS}
        return await rules.add(self.db, self.tenant.workspace, AlertRuleIn(measure=measure, **given), QUINN)

    async def judged(self, *, rude: bool = False, line: str = "sales", score: float = 80, told: bool = True) -> None:
        run = await self.tenant.begin(await self.tenant.chat(line=line))
        state = DetectionState.FOUND if rude else DetectionState.NOT_FOUND
        outcome = ClassOutcome(error_class=CLASS, version="c@1", state=state, step="detect")
        untold = an_answer("empathy", None, state=AnswerState.UNDETERMINED, confidence=None, quotes=())
        answers = [an_answer(value=score), *([] if told else [untold])]
        found = [a_finding(error_class=CLASS, fatal=True)] if rude else []
        evaluation = an_evaluation(run, answers, found).model_copy(update={"outcomes": (outcome,)})
        await results.commit_evaluation(self.db, run, evaluation)

    async def run(self, statement: str) -> None:
        async with self.db.transaction(self.tenant.workspace) as connection:
            await connection.execute(text(statement))

    async def told(self) -> list[AlertDelivery]:
        return await deliveries.shown(self.db, self.tenant.workspace)

    async def read(self, rule: AlertRule) -> tuple[float | None, int]:
        now = datetime.now(UTC) + timedelta(seconds=1)
        last, before = await measuring.measure(self.db, self.tenant.workspace, rule, now=now)
        found = measuring.reading(rule, last, before)
        return found.value, found.n


@pytest.fixture
async def desk(tenant: Tenant) -> AsyncIterator[Desk]:
    policy = Policy(schemes=frozenset({"http", "https"}), ports=frozenset({80, 443}))
    sender = Sender(policy, total_seconds=20, keyring=KEYRING)
    async with receiving(Receiver()) as receiver, serving(MailServer()) as server:
        host = receiver.url.split("/")[2]
        await workspaces.allow(tenant.db, tenant.workspace, (host,))
        yield Desk(tenant, receiver, server, sender)
        await sender.close()


async def test_a_class_rings_once_is_told_signed_and_closes_when_it_is_over(desk: Desk) -> None:
    hook = await desk.destination(DestinationKind.WEBHOOK, secret="whsec_" + "A" * 43 + "=")
    rule = await desk.rule(destination_ids=(hook,), line="sales")
    await desk.judged(rude=True)
    await desk.judged(rude=True, line="support")
    assert await desk.look() == 0, "one of the line"
    await desk.judged(rude=True)
    assert await desk.look() == 1
    assert await desk.look() == 0, "it is open already"
    assert OPEN.labels("normal")._value.get() == 1
    assert await desk.tell() == 1
    assert await desk.tell() == 0
    ((headers, body),) = desk.receiver.posts
    said = Webhook("whsec_" + "A" * 43 + "=").verify(body, headers)
    assert (said["type"], said["data"]["value"], said["data"]["rule"]) == ("alert.opened", 2, "Грубость")
    assert said["data"]["url"] == f"{PAGE}/alerts"
    assert "Нет имени" not in body, "no comment of a finding"
    await desk.run("UPDATE evaluations SET created_at = created_at - interval '2 days'")
    assert await desk.look() == 1
    await desk.tell()
    assert json.loads(desk.receiver.posts[1][1])["type"] == "alert.recovered"
    (alert,) = (await incidents.page(desk.db, "demo")).items
    assert (alert.state, alert.first.value, alert.last.value, alert.closed_by_name) == (AlertState.CLOSED, 2, 0, None)
    await desk.judged(rude=True)
    await desk.judged(rude=True)
    assert await desk.look() == 0, "its cooldown runs"
    await desk.run("UPDATE alerts SET closed_at = closed_at - interval '5 hours'")
    assert await desk.look() == 1
    assert (await rules.get(desk.db, "demo", rule.id)).alert_state is AlertState.OPEN


async def test_people_take_up_and_close(desk: Desk) -> None:
    rule = await desk.rule(cooldown_minutes=0, threshold=1)
    await desk.judged(rude=True)
    await desk.look()
    (alert,) = (await incidents.page(desk.db, "demo")).items
    assert (await incidents.acknowledge(desk.db, "demo", alert.id, QUINN)).acknowledged_by_name == "Quinn"
    assert await desk.look() == 0
    assert (await incidents.close(desk.db, "demo", alert.id, QUINN)).closed_by_name == "Quinn"
    assert (await incidents.acknowledge(desk.db, "demo", alert.id, QUINN)).state is AlertState.CLOSED
    assert await desk.look() == 1, "it still rings, and nothing cools it"
    await rules.remove(desk.db, "demo", rule.id, QUINN)
    listed = (await incidents.page(desk.db, "demo")).items
    assert [one.state for one in listed] == [AlertState.CLOSED, AlertState.CLOSED], "the history stays"


async def test_slack_is_told_in_its_form_and_its_address_is_a_secret(desk: Desk) -> None:
    slack = await desk.destination(DestinationKind.SLACK, url=f"{desk.receiver.url}/T0/B0/token", language="en")
    await desk.rule(destination_ids=(slack,), name="A <b> & c", threshold=1)
    await desk.judged(rude=True)
    await desk.look()
    await desk.tell()
    ((_, body),) = desk.receiver.posts
    said = json.loads(body)
    assert said["text"].startswith(
        "The rule “A &lt;b&gt; &amp; c” rings: conversations with rudeness: 1; n = 1; threshold 1"
    )
    assert said["blocks"][0]["text"] == {"type": "plain_text", "text": "The rule “A <b> & c” rings"}
    assert f"<{PAGE}/alerts|Open in Auricle>" in said["blocks"][1]["text"]["text"]
    (shown,) = await destinations.list_destinations(desk.db, "demo")
    assert "token" not in str(shown)
    async with desk.db.transaction("demo") as connection:
        rows = (await connection.execute(text("SELECT * FROM alert_destinations"))).all()
    assert "token" not in str(rows)


async def test_mails_go_to_a_role_and_a_second_try_only_to_whom_it_did_not_reach(desk: Desk) -> None:
    for name in ("quinn", "rosa"):
        person = NewPerson(f"{name}@ours.example", name, (MemberRole.QUALITY_MANAGER,))
        await directory.add(desk.db, "demo", person)
    mail = await desk.destination(DestinationKind.EMAIL, roles=(MemberRole.QUALITY_MANAGER,))
    await desk.rule(destination_ids=(mail,), threshold=1)
    await desk.judged(rude=True)
    await desk.look()
    await desk.tell(mailer=False)
    assert [(one.state, one.answer) for one in await desk.told()] == [("pending", "no mail server")]
    await desk.run("UPDATE alert_deliveries SET next_at = now()")
    await desk.run("UPDATE alert_deliveries SET told = ARRAY(SELECT id FROM people WHERE email = 'quinn@ours.example')")
    await desk.tell()
    assert [mail["To"] for mail in desk.server.mails] == ["rosa@ours.example"]
    assert "Сработало правило «Грубость»" in text_of(desk.server.mails[0])
    assert [(one.state, one.answer) for one in await desk.told()] == [("sent", "smtp 250: 2")]


async def test_a_test_is_marked_and_shows_the_answer_whatever_it_is(desk: Desk) -> None:
    hook = await desk.destination(DestinationKind.WEBHOOK)
    inside = await desk.destination(DestinationKind.WEBHOOK, url="http://169.254.169.254/latest")
    rule = await desk.rule(destination_ids=(hook, inside))
    now = datetime.now(UTC)
    last, before = await measuring.measure(desk.db, "demo", rule, now=now)
    told = measuring.reading(rule, last, before)
    desk.receiver.status = 503
    made = await deliveries.add_tests(desk.db, "demo", rule, told, now=now)
    await desk.tell()
    found = {one.destination_id: one for one in await deliveries.shown(desk.db, "demo", ids=made)}
    assert (found[hook].state, found[hook].answer) == ("dead", "status 503"), "a test is tried once"
    assert found[inside].state == "dead"
    assert found[inside].answer == "the host is not on this workspace's list of hosts"
    said = json.loads(desk.receiver.posts[0][1])
    assert (said["type"], said["data"]["test"]) == ("alert.test", True)
    desk.receiver.status = 204
    one = await deliveries.add_test(desk.db, "demo", await destinations.get(desk.db, "demo", hook))
    await desk.tell()
    (found_one,) = await deliveries.shown(desk.db, "demo", ids=[one])
    assert (found_one.state, found_one.answer) == ("sent", "status 204")
    assert not (await incidents.page(desk.db, "demo")).items, "a test opens nothing"


async def test_what_a_receiver_does_not_take_is_tried_again(desk: Desk) -> None:
    hook = await desk.destination(DestinationKind.WEBHOOK)
    await desk.rule(destination_ids=(hook,), threshold=1)
    await desk.judged(rude=True)
    await desk.look()
    desk.receiver.status = 500
    await desk.tell()
    desk.receiver.status = 200
    await desk.run("UPDATE alert_deliveries SET next_at = now()")
    await desk.tell()
    (told,) = await desk.told()
    assert (told.state, told.attempts, told.answer) == ("sent", 2, "status 200")
    first, second = (headers["webhook-id"] for headers, _ in desk.receiver.posts)
    assert first == second


async def test_quiet_hours_hold_all_but_what_is_urgent(desk: Desk) -> None:
    now = datetime.now(UTC)
    begins, ends = ((now + timedelta(hours=hours)).strftime("%H:%M") for hours in (-1, 2))
    await settings.choose(desk.db, "demo", AlertSettings(quiet_from=begins, quiet_until=ends))
    hook = await desk.destination(DestinationKind.WEBHOOK)
    await desk.rule(destination_ids=(hook,), threshold=1)
    await desk.rule(destination_ids=(hook,), threshold=1, name="Urgent", severity="urgent")
    await desk.judged(rude=True)
    assert await desk.look() == 2
    assert await desk.tell() == 1
    assert json.loads(desk.receiver.posts[0][1])["data"]["rule"] == "Urgent"
    (held,) = [one for one in await desk.told() if one.state == "pending"]
    assert timedelta(hours=1) < held.next_at - now < timedelta(hours=2, minutes=1)


async def test_every_measure_reads_what_stands(desk: Desk) -> None:
    for number in range(4):
        await desk.judged(rude=number == 0, score=60 + 10 * number, told=number > 1)
    dead = await desk.tenant.chat()
    await desk.tenant.begin(dead)
    await runs.fail(desk.db, dead.id, Code.NOT_AUDIO, "x", fatal=True)
    expected = {
        Measure.CLASS_COUNT: (1, 4),
        Measure.CLASS_SHARE: (0.25, 4),
        Measure.FATAL_COUNT: (1, 4),
        Measure.FATAL_SHARE: (0.25, 4),
        Measure.MEAN_SCORE: (75, 4),
        Measure.UNDETERMINED_SHARE: (0.25, 4),
        Measure.FAILED_SHARE: (0.2, 5),
        Measure.CHANGED_SHARE: (None, 0),
    }
    for measure, figures in expected.items():
        threshold = 1 if measure.endswith("count") else 0.5
        rule = await desk.rule(measure, name=measure.value, threshold=threshold)
        assert await desk.read(rule) == figures, measure
    narrowed = await desk.rule(Measure.MEAN_SCORE, name="support", line="support", criterion="politeness")
    assert await desk.read(narrowed) == (None, 0)
    asked = await desk.rule(Measure.MEAN_SCORE, name="politeness", criterion="politeness", channel="chat")
    assert await desk.read(asked) == (75, 4)
    compared = await desk.rule(Measure.FATAL_SHARE, name="before", threshold=0.1, compared="previous")
    assert await desk.read(compared) == (0.25, 4)
    assert await Alerts(desk.db).round() >= 1


async def test_another_workspace_sees_and_hears_nothing(desk: Desk) -> None:
    other = await desk.tenant.neighbour()
    hook = await desk.destination(DestinationKind.WEBHOOK)
    await desk.rule(destination_ids=(hook,), threshold=1)
    await desk.judged(rude=True)
    await desk.look()
    for found in (
        await rules.list_rules(desk.db, other.workspace),
        await destinations.list_destinations(desk.db, other.workspace),
        await deliveries.shown(desk.db, other.workspace),
        (await incidents.page(desk.db, other.workspace)).items,
    ):
        assert not found
