"""Oversight: what agents are told and that they read it, and the record of what people did about the machine's verdicts."""

import io
import json
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from datetime import UTC, datetime
from typing import Any

import httpx
import openpyxl
import pytest
from auricle_records.tables import transcripts
from integration.gateway import outcomes
from integration.gateway.conftest import Door
from integration.gateway.posted import PEOPLE, post_call, post_chat
from integration.gateway.signed_in import person_of
from integration.gateway.test_appeals import contest, decide
from sqlalchemy import update

DISCLOSURE = {"ru": "Ваши разговоры оценивает система.", "en": "A system judges your conversations."}
REFERENCE = "V-12"


@pytest.fixture(scope="module")
async def cast(door: Door) -> AsyncIterator[dict[str, httpx.AsyncClient]]:
    async with AsyncExitStack() as stack:
        people = {
            "anna": ("agent", (REFERENCE,)), "boris": ("agent", ("V-13",)), "rita": ("reviewer", ()),
            "quinn": ("quality_manager", ()), "analyst": ("analyst", ()),
        }  # fmt: skip
        yield {
            name: await stack.enter_async_context(
                await person_of(door.ours, role, email=f"{name}@oversight.example", references=references)
            )
            for name, (role, references) in people.items()
        }


async def record(client: httpx.AsyncClient, **period: str) -> dict[str, Any]:
    reply = await client.get("/v1/oversight", params=period)
    assert reply.status_code == 200, reply.text
    return dict(reply.json())


async def test_an_agent_reads_each_version_of_the_disclosure(door: Door, cast: dict[str, httpx.AsyncClient]) -> None:
    anna, quinn = cast["anna"], cast["quinn"]
    assert (await anna.get("/v1/disclosure")).json() == {"disclosure": None, "acknowledged_at": None}
    assert (await anna.post("/v1/disclosure/acknowledgement", json={"version": 1})).json()["code"] == "disclosure_moved"
    for client in (anna, cast["rita"], cast["analyst"]):
        assert (await client.post("/v1/disclosures", json=DISCLOSURE)).status_code == 403
    assert (await quinn.post("/v1/disclosures", json=DISCLOSURE)).json()["version"] == 1
    shown = (await anna.get("/v1/disclosure")).json()
    assert (shown["disclosure"]["ru"], shown["disclosure"]["written_by_name"]) == (DISCLOSURE["ru"], "quinn")
    assert shown["acknowledged_at"] is None
    read, again = [(await anna.post("/v1/disclosure/acknowledgement", json={"version": 1})).json() for _ in range(2)]
    assert read["acknowledged_at"] == again["acknowledged_at"] is not None, "the first time stands"
    assert (await cast["boris"].get("/v1/disclosure")).json()["acknowledged_at"] is None
    informed = await record(quinn)
    assert (informed["informed"], informed["agents"] >= 2) == (1, True)
    assert (await quinn.post("/v1/disclosures", json=DISCLOSURE | {"en": "Another text."})).json()["version"] == 2
    late = await anna.post("/v1/disclosure/acknowledgement", json={"version": 1})
    assert (late.status_code, late.json()["code"]) == (409, "disclosure_moved")
    assert (await anna.get("/v1/disclosure")).json()["acknowledged_at"] is None, "another version is to be read anew"
    assert (await record(quinn))["informed"] == 0
    versions = (await quinn.get("/v1/disclosures")).json()["items"]
    assert [(one["version"], one["en"]) for one in versions] == [(2, "Another text."), (1, DISCLOSURE["en"])]
    assert (await door.ours.post("/v1/disclosure/acknowledgement", json={"version": 2})).status_code == 403, "a key"
    trail = (await door.ours.get("/v1/audit", params={"action": "disclosure_acknowledged"})).json()["items"]
    assert [(one["actor_name"], one["details"]) for one in trail] == [("anna", {"version": 1})]


async def test_the_record_counts_what_people_did_about_verdicts(door: Door, cast: dict[str, httpx.AsyncClient]) -> None:
    rita, quinn = cast["rita"], cast["quinn"]
    agent = {"id": "agent", "role": "agent", "reference": REFERENCE}
    before = {(one["kind"], one["subject"]): one for one in (await record(quinn))["rows"]}
    assert ("error_class", "rudeness") not in before
    findings = []
    for _ in range(4):
        conversation = await post_chat(door.ours, participants=[agent, PEOPLE[1]])
        findings.append((conversation, f"{await outcomes.judge(door, conversation, findings=(outcomes.FINDING,))}.0"))
    appealed, rejected, doubtful, _ = findings
    appeal = (await contest(cast["anna"], appealed[0], finding_id=appealed[1])).json()["id"]
    await decide(quinn, appeal, "accepted")
    for (conversation, finding), said in (
        (rejected, {"verdict": "reject"}),
        (doubtful, {"verdict": "accept", "grade": 1}),
    ):
        reply = await rita.post(f"/v1/conversations/{conversation}/findings/{finding}/labels", json=said)
        assert reply.is_success, reply.text
    for (conversation, _), value in ((rejected, 10), (doubtful, 90)):
        label = {"conversation_id": conversation, "criterion": "politeness", "state": "answered", "value": value}
        assert (await rita.post("/v1/labels", json=label)).is_success
    rows = {(one["kind"], one["subject"]): one for one in (await record(quinn))["rows"]}
    rude, polite = rows["error_class", "rudeness"], rows["criterion", "politeness"]
    assert (rude["judged"], rude["looked"]["count"], rude["overridden"]["count"], rude["doubtful"]) == (4, 3, 2, 1)
    assert (rude["appealed"]["count"], rude["accepted"]["count"], rude["missed"]) == (1, 1, 0)
    assert rude["overridden"]["of"] == 3
    assert 0 < rude["overridden"]["low"] < 2 / 3 < rude["overridden"]["high"] < 1
    assert rude["month"] == datetime.now(UTC).date().replace(day=1).isoformat()
    earlier = before.get(("criterion", "politeness"), {"overridden": {"count": 0}, "looked": {"count": 0}})
    assert polite["looked"]["count"] - earlier["looked"]["count"] == 2
    assert polite["overridden"]["count"] - earlier["overridden"]["count"] == 1, "90 is what the model said"
    assert (await record(quinn, until="2020-01-01T00:00:00Z"))["rows"] == []


async def test_who_answers_and_what_went_wrong_is_written_for_good(
    door: Door, cast: dict[str, httpx.AsyncClient]
) -> None:
    said = [
        ("responsible", "Ольга Ким, 112", "2026-11-01T00:00:00Z"), ("responsible", "Пётр Ли, 113", "2026-11-20T00:00:00Z"),
        ("incident", "=cmd|x: ошибки в английских чатах", "2026-11-21T10:00:00Z"),
    ]  # fmt: skip
    for kind, text, at in said:
        entry = {"kind": kind, "text": text, "happened_at": at}
        assert (await cast["rita"].post("/v1/oversight/entries", json=entry)).status_code == 403
        assert (await cast["quinn"].post("/v1/oversight/entries", json=entry)).status_code == 201
    found = await record(cast["quinn"], since="2026-11-02T00:00:00Z", until="2026-11-22T00:00:00Z")
    assert found["responsible"]["text"] == "Пётр Ли, 113"
    assert [one["text"] for one in found["incidents"]] == [said[2][1]]
    assert (await record(cast["quinn"], until="2026-11-10T00:00:00Z"))["responsible"]["text"] == "Ольга Ким, 112"
    assert {"rita", "quinn"} <= {one["name"] for one in found["overseers"]}
    assert not {"anna", "analyst"} & {one["name"] for one in found["overseers"]}
    for name in ("anna", "rita", "analyst"):
        assert (await cast[name].get("/v1/oversight")).status_code == 403


async def test_months_with_a_tone_of_agents_are_told(door: Door, cast: dict[str, httpx.AsyncClient]) -> None:
    for _ in range(2):
        call = await post_call(door.ours)
        await outcomes.hear(door, call)
    async with door.db.transaction("ours") as connection:
        await connection.execute(
            update(transcripts).where(transcripts.c.conversation_id == call).values(flags=["agent_tone"])
        )
    (month,) = (await record(cast["quinn"]))["tone"]
    assert (month["transcripts"] >= 2, month["with_agent_tone"]) == (True, 1)


async def test_the_record_as_files(door: Door, cast: dict[str, httpx.AsyncClient]) -> None:
    quinn = cast["quinn"]
    book = await quinn.get("/v1/oversight/export", params={"language": "en"})
    assert book.status_code == 200
    sheets = openpyxl.load_workbook(io.BytesIO(book.content))
    assert sheets.sheetnames == [
        "Oversight",
        "Verdicts by month",
        "Who may override",
        "Incidents",
        "Tone of agents",
    ]
    incidents = list(sheets["Incidents"].values)
    assert incidents[1][1] == "=cmd|x: ошибки в английских чатах"
    assert sheets["Incidents"].cell(2, 2).data_type == "s", "no formula"
    verdicts = list(sheets["Verdicts by month"].values)
    rude = next(one for one in verdicts if one[2] == "rudeness")
    assert rude[3:6] == (4, 3, 2)
    assert rude[6] == pytest.approx(2 / 3)
    lines = (await quinn.get("/v1/oversight/export", params={"format": "jsonl"})).text.splitlines()
    parts = [json.loads(one)["part"] for one in lines]
    assert parts[0] == "summary"
    assert {"verdicts", "overseer", "incident", "tone"} <= set(parts)
    trail = (await door.ours.get("/v1/audit", params={"action": "exported"})).json()["items"]
    assert [one["details"] for one in trail if one["subject"] == "oversight"] == [
        {"format": "jsonl"},
        {"format": "xlsx"},
    ]
