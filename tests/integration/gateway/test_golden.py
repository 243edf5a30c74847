"""Golden items over the wire: consent, copies, proposals of appeals, import, export, quotas, and the test split that is shut."""

import io
import json
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from dataclasses import dataclass
from typing import Any

import httpx
import openpyxl
import pytest
from auricle_contracts import MemberRole
from auricle_contracts.golden import GoldenDialogue
from auricle_keeper.cleaning import GateTraces
from auricle_records import conversations
from auricle_records.review import triage
from integration.gateway import outcomes
from integration.gateway.conftest import Door
from integration.gateway.posted import PEOPLE, fresh, post_chat
from integration.gateway.signed_in import person_of
from sqlalchemy import text

JSONL = {"Content-Type": "application/x-ndjson"}
EXCEL = {"Content-Type": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"}
PHONE = "+7 912 345-67-89"


@dataclass
class People:
    """Who manages quality, who reviews, who trains, and an agent."""

    manager: httpx.AsyncClient
    reviewer: httpx.AsyncClient
    analyst: httpx.AsyncClient
    agent: httpx.AsyncClient


@pytest.fixture(scope="module")
async def people(door: Door) -> AsyncIterator[People]:
    cast = {
        "manager": MemberRole.QUALITY_MANAGER, "reviewer": MemberRole.REVIEWER, "analyst": MemberRole.ANALYST,
        "agent": MemberRole.AGENT,
    }  # fmt: skip
    async with AsyncExitStack() as stack:
        clients = {
            name: await stack.enter_async_context(
                await person_of(
                    door.ours, role, email=f"{name}@golden.example", references=("G-1",) if name == "agent" else ()
                )
            )
            for name, role in cast.items()
        }
        yield People(**clients)


def a_word() -> str:
    """A word that nobody used before, without digits: masking takes long numbers for somebody's."""
    return fresh().translate(str.maketrans("0123456789", "ghijklmnop"))


async def consent(people: People, *, given: bool = True) -> None:
    reply = await people.manager.put("/v1/golden-settings", json={"consent": given, "quota": 5})
    assert reply.status_code == 200, reply.text


async def judged(door: Door, words: str = "Доставка стоит триста рублей") -> tuple[str, str]:
    """A conversation of the agent with one finding; its id and the finding's."""
    turns = [{"participant": "customer", "text": f"Сколько стоит? {a_word()}"}, {"participant": "agent", "text": words}]
    cast = [{"id": "agent", "role": "agent", "reference": "G-1", "name": "Ольга"}, PEOPLE[1]]
    conversation = await post_chat(door.ours, participants=cast, turns=turns)
    evaluation = await outcomes.judge(door, conversation, findings=(outcomes.FINDING,))
    return conversation, f"{evaluation}.0"


async def add(client: httpx.AsyncClient, conversation: str, **more: Any) -> httpx.Response:
    return await client.post("/v1/golden-items", json={"conversation_id": conversation} | more)


def line(agent: str, text: str, *labels: dict[str, Any], **more: Any) -> str:
    turns = [{"role": "customer", "text": "Здравствуйте, где заказ?"}, {"role": "agent", "text": text}]
    return json.dumps({"channel": "chat", "language": "ru", "agent": agent, "turns": turns, "labels": labels} | more)


def label(state: str = "found", **more: Any) -> dict[str, Any]:
    return {"kind": "error_class", "subject": "rudeness", "state": state} | more


async def bring(client: httpx.AsyncClient, *written: str, **query: Any) -> dict[str, Any]:
    reply = await client.post("/v1/golden-imports", content="\n".join(written), headers=JSONL, params=query)
    assert reply.status_code == 200, reply.text
    told: dict[str, Any] = reply.json()
    return told


async def exported(client: httpx.AsyncClient, **query: str) -> list[GoldenDialogue]:
    reply = await client.get("/v1/golden-export", params=query)
    assert reply.status_code == 200, reply.text
    return [GoldenDialogue.model_validate_json(one) for one in reply.text.splitlines()]


async def test_without_consent_nothing_is_kept(door: Door, people: People) -> None:
    await consent(people, given=False)
    conversation, _ = await judged(door)
    refused = await add(people.manager, conversation, whole=True)
    assert (refused.status_code, refused.json()["code"]) == (409, "golden_consent_missing")
    brought = await people.manager.post("/v1/golden-imports", content=line("A", "Ждите", label()), headers=JSONL)
    assert (brought.status_code, brought.json()["code"]) == (409, "golden_consent_missing")


async def test_a_copy_holds_what_people_judged_and_nothing_personal(door: Door, people: People) -> None:
    await consent(people)
    conversation, finding = await judged(door, f"Перезвоните по {PHONE}, доставка триста рублей")
    nothing = await add(people.manager, conversation)
    assert nothing.status_code == 422, nothing.text
    verdict = {"verdict": "accept", "grade": 1, "comment": "Не так уж грубо."}
    path = f"/v1/conversations/{conversation}/findings/{finding}/labels"
    assert (await people.reviewer.post(path, json=verdict)).status_code == 201
    added = (await add(people.manager, conversation)).json()
    assert (added["is_new"], added["labels"], added["status"]) == (True, 1, "golden")
    item = (await people.manager.get(f"/v1/golden-items/{added['id']}")).json()
    (kept,) = item["labels"]
    assert (kept["subject"], kept["state"], kept["grade"], kept["status"]) == ("rudeness", "found", 1, "golden")
    assert kept["places"] == [{"turn": 2, "text": "Перезвоните"}]
    assert "345-67-89" not in json.dumps(item)
    assert item["dialogue"]["agent"].startswith("agent-")
    again = (await add(people.manager, conversation)).json()
    assert (again["id"], again["is_new"], again["labels"], again["same"]) == (added["id"], False, 0, 1)
    whole = (await add(people.manager, conversation, whole=True)).json()
    assert whole["id"] == added["id"]
    subjects = {
        one["subject"] for one in (await people.manager.get(f"/v1/golden-items/{added['id']}")).json()["labels"]
    }
    assert {"rudeness", "politeness", "objection_handling", "stage"} <= subjects
    assert "sale_chance" not in subjects  # nobody could tell it


async def test_a_reviewers_copy_waits_for_a_manager(door: Door, people: People) -> None:
    await consent(people)
    conversation, _ = await judged(door)
    added = (await add(people.reviewer, conversation, whole=True)).json()
    assert added["status"] == "proposed"
    path = f"/v1/golden-items/{added['id']}"
    listed = {one["status"] for one in (await people.manager.get(path)).json()["labels"]}
    assert listed == {"proposed"}
    assert (await people.reviewer.post(f"{path}/settle", json={"status": "golden"})).status_code == 403
    settled = (await people.manager.post(f"{path}/settle", json={"status": "golden"})).json()
    assert {one["status"] for one in settled["labels"]} == {"golden"}
    (decided,), (accepted,) = ({one[who] for one in settled["labels"]} for who in ("decided_by", "settled_by"))
    assert decided != accepted
    assert all(settled["names"][one] for one in (decided, accepted, settled["added_by"]))
    strange = await people.manager.post(f"{path}/settle", json={"status": "withdrawn", "labels": ["another"]})
    assert strange.status_code == 404


async def test_an_accepted_appeal_is_proposed(door: Door, people: People) -> None:
    await consent(people)
    conversation, finding = await judged(door)
    body = {"finding_id": finding, "text": "Клиент сам просил."}
    appeal = (await people.agent.post(f"/v1/conversations/{conversation}/appeals", json=body)).json()
    decision = {"verdict": "accepted", "reason": "Слышно в начале."}
    assert (await people.reviewer.post(f"/v1/appeals/{appeal['id']}/decision", json=decision)).status_code == 200
    page = (await people.manager.get("/v1/golden-items", params={"conversation_id": conversation})).json()
    ((proposed,),) = [one["labels"] for one in page["items"]]
    assert (proposed["subject"], proposed["state"], proposed["status"], proposed["source"]) == (
        "rudeness", "not_found", "proposed", "appeal",
    )  # fmt: skip


async def test_the_test_split_is_shut_to_training(people: People) -> None:
    await consent(people)
    await bring(people.manager, *(line(f"agent {n}", f"Ждите {n}", label()) for n in range(60)))
    tests = await exported(people.manager, split="test")
    assert tests
    refused = await people.analyst.get("/v1/golden-items", params={"split": "test"})
    assert (refused.status_code, refused.json()["code"]) == (403, "golden_test_split")
    assert (await people.analyst.get("/v1/golden-export", params={"split": "test"})).status_code == 403
    assert {one.split for one in await exported(people.analyst)} == {"train", "development"}
    listed = (await people.manager.get("/v1/golden-items", params={"split": "test"})).json()["items"]
    path = f"/v1/golden-items/{listed[0]['id']}"
    assert (await people.analyst.get(path)).status_code == 404
    assert (await people.manager.get(path)).status_code == 200
    assert (await people.reviewer.get("/v1/golden-items")).status_code == 403


async def test_an_import_is_masked_and_doubles_nothing(people: People) -> None:
    await consent(people)
    mine = a_word()
    good = line(
        f"agent {mine}",
        f"Отстаньте, {mine}, звоните {PHONE}",
        label(places=[{"turn": 2, "text": "Отстаньте"}], grade=2),
    )
    bad = [
        line("x", "Ждите", label(subject="no_such_class")),
        line("x", "Ждите", label(places=[{"turn": 2, "text": "этого никто не сказал"}])),
        '{"channel": "chat"}',
        "не JSON",
    ]
    tried = await bring(people.manager, good, *bad, dry_run="true")
    assert (tried["read"], tried["added"], tried["refused"]) == (5, 0, 4)
    first = await bring(people.manager, good, *bad)
    assert (first["added"], first["labels"], [one["line"] for one in first["refused_lines"]]) == (1, 1, [2, 3, 4, 5])
    second = await bring(people.manager, good)
    assert (second["added"], second["present"], second["labels"], second["same"]) == (0, 1, 0, 1)
    (back,) = [one for one in await exported(people.manager) if mine in one.turns[1].text]
    assert "345-67-89" not in back.turns[1].text
    assert back.labels[0].places[0].text == "Отстаньте"
    round_trip = await bring(people.manager, back.model_dump_json(exclude_none=True))
    assert (round_trip["added"], round_trip["present"]) == (0, 1)


async def test_contradictions_are_reported_and_count_nowhere(people: People) -> None:
    await consent(people)
    mine = a_word()
    await bring(people.manager, line("A", f"Ждите {mine}", label(decided_by="Анна")))
    told = await bring(people.manager, line("A", f"Ждите {mine}", label("not_found", decided_by="Борис")))
    (contested,) = told["contested"]
    assert contested["subjects"] == ["rudeness"]
    assert not [one for one in await exported(people.manager) if mine in one.turns[1].text]
    item = (await people.manager.get(f"/v1/golden-items/{contested['item_id']}")).json()
    listed = {"contested": "true", "subject": "rudeness", "limit": "200"}
    assert item["id"] in {
        one["id"] for one in (await people.manager.get("/v1/golden-items", params=listed)).json()["items"]
    }
    quiet = (await people.manager.get("/v1/golden-items", params=listed | {"contested": "false"})).json()["items"]
    assert quiet
    assert not any(one["contested"] for one in quiet)
    wrong = next(one["id"] for one in item["labels"] if one["decided_by"] == "Борис")
    body = {"status": "withdrawn", "labels": [wrong]}
    assert (await people.manager.post(f"/v1/golden-items/{item['id']}/settle", json=body)).json()["contested"] == []
    assert [one for one in await exported(people.manager) if mine in one.turns[1].text]


async def test_analysts_bring_their_own_sheet(people: People) -> None:
    await consent(people)
    mine = a_word()
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.append(["№", "Текст", "Канал", "ФИО", "Ошибка", "Есть?", "Цитата", "Вежливость", "Аналитик"])
    talk = f"Оператор: Достали уже, {mine}\nКлиент: Спасибо\nеще раз"
    sheet.append([17, talk, "чат", "Иванова", "Грубость", "да", "Достали уже", 30, "Анна"])
    sheet.append([17, talk, "чат", "Иванова", "Перебивание", "нет", None, None, "Анна"])
    sheet.append([18, "Оператор: Ждите", "почта", "Иванова", "Странное", "да", None, None, "Анна"])
    packed = io.BytesIO()
    book.save(packed)
    columns = {
        "dialogue": "№", "text": "Текст", "channel": "Канал", "channels": {"Чат": "chat", "почта": "email"}, "language": "ru",
        "agent": "ФИО", "subject": "Ошибка", "subjects": {"грубость": "rudeness", "перебивание": "interrupting"},
        "verdict": "Есть?", "verdicts": {"да": "found", "нет": "not_found"}, "quote": "Цитата", "decided_by": "Аналитик",
        "criteria": {"Вежливость": "politeness"},
    }  # fmt: skip
    params = {"columns": json.dumps(columns)}
    reply = await people.manager.post("/v1/golden-imports", content=packed.getvalue(), headers=EXCEL, params=params)
    told = reply.json()
    assert (reply.status_code, told["added"], told["labels"], told["refused"]) == (200, 1, 3, 1), reply.text
    (kept,) = [one for one in await exported(people.manager) if mine in one.turns[0].text]
    assert [one.role for one in kept.turns] == ["agent", "customer"]
    assert {(one.subject, one.state, one.value) for one in kept.labels} == {
        ("rudeness", "found", None), ("interrupting", "not_found", None), ("politeness", "answered", 30),
    }  # fmt: skip
    lacking = {"columns": json.dumps(columns | {"quote": "Нет такой"})}
    missing = await people.manager.post("/v1/golden-imports", content=packed.getvalue(), headers=EXCEL, params=lacking)
    assert (missing.status_code, "Нет такой" in missing.text) == (422, True)


async def test_quotas_say_what_is_missing(people: People) -> None:
    await consent(people)
    found = (await people.reviewer.get("/v1/golden-quotas")).json()
    row = next(one for one in found["items"] if (one["subject"], one["channel"]) == ("rudeness", "chat"))
    assert (row["with_it"] >= 5, row["missing_with_it"]) == (True, 0)
    assert row["missing_without_it"] == max(0, 5 - row["without_it"])
    assert "rudeness" not in found["untouched"]
    assert found["quota"] == 5


async def test_gaps_say_where_such_conversations_are_and_the_queue_opens_so_narrowed(
    door: Door, people: People
) -> None:
    await consent(people)
    untold = [await post_chat(door.ours) for _ in range(2)]
    for one in untold:
        await outcomes.judge(door, one)
    await triage.triage(door.db, "ours")
    found = (await people.reviewer.get("/v1/golden-gaps")).json()
    assert (found["quota"], found["days"], found["most"]) == (5, 92, 5000)
    rows = {(one["subject"], one["channel"]): one for one in found["items"]}
    assert [one["missing_with_it"] + one["missing_without_it"] for one in found["items"]] == sorted(
        (one["missing_with_it"] + one["missing_without_it"] for one in found["items"]), reverse=True
    )
    row = rows["sale_chance", "chat"]
    narrowed = {"subject": "sale_chance", "channel": "chat"}
    for state in ("undetermined", "answered", "not_applicable"):
        queue = (await people.reviewer.get("/v1/review-items", params=narrowed | {"subject_state": state})).json()
        number = {
            "undetermined": "waiting_undetermined",
            "answered": "waiting_with",
            "not_applicable": "waiting_without",
        }
        assert queue["total"] == row[number[state]], state
    assert row["waiting_undetermined"] >= 2
    named = (await people.reviewer.get("/v1/review-items", params=narrowed)).json()["items"]
    assert set(untold) <= {one["conversation_id"] for one in named}, "a reason names it"
    assert "rudeness" not in found["untouched"]
    wrong = await people.reviewer.get("/v1/review-items", params=narrowed | {"subject_state": "perhaps"})
    assert wrong.status_code == 422
    assert (await people.agent.get("/v1/golden-gaps")).status_code == 403


async def test_a_deleted_conversation_takes_its_copy_along(door: Door, people: People) -> None:
    await consent(people)
    conversation, _ = await judged(door)
    added = (await add(people.manager, conversation, whole=True)).json()
    assert (await door.ours.delete(f"/v1/conversations/{conversation}")).status_code == 204
    assert (await people.manager.get(f"/v1/golden-items/{added['id']}")).status_code == 404


async def test_a_copy_outlives_retention(door: Door, people: People) -> None:
    await consent(people)
    conversation, _ = await judged(door)
    added = (await add(people.manager, conversation, whole=True)).json()
    await conversations.delete(door.db, "ours", conversation)  # as keeper does when its days are over
    assert (await people.manager.get(f"/v1/golden-items/{added['id']}")).status_code == 200


async def test_what_is_done_is_written_down(people: People) -> None:
    trail = (await people.manager.get("/v1/audit", params={"limit": 200})).json()["items"]
    assert {"golden_added", "golden_settled", "golden_imported", "golden_exported", "golden_settings_changed"} <= {
        one["action"] for one in trail
    }


async def test_a_jurys_labels_are_proposals_and_replace_nobodys(door: Door, people: People) -> None:
    await consent(people)
    said = f"Сами виноваты {a_word()}"
    golden = label(comment="Грубо.", decided_by="Анна")
    await bring(people.manager, line("G-7", said, golden))
    told = await bring(people.manager, line("G-7", said, golden | {"comment": "Грубость."}), proposed="true")
    assert (told["added"], told["labels"]) == (0, 1)
    found = (await people.manager.get("/v1/golden-items", params={"status": "proposed", "limit": 1})).json()["items"][0]
    standing = {one["decided_by"]: (one["status"], one["comment"]) for one in found["labels"]}
    assert standing == {"Анна": ("golden", "Грубо."), "jury: Анна": ("proposed", "Грубость.")}
    assert found["contested"] == []


async def test_what_a_gate_asked_opens_for_who_may_read_the_item_and_goes_with_it(door: Door, people: People) -> None:
    await consent(people)
    conversation, _ = await judged(door)
    added = (await add(people.manager, conversation, whole=True)).json()
    version = (await door.ours.get("/v1/artefacts", params={"kind": "flow"})).json()["items"][0]["id"]
    address = f"/v1/artefacts/{version}/gate-traces/{added['id']}"
    assert (await people.manager.get(address)).status_code == 404
    message = {"role": "user", "content": "Нашлась ли ошибка?"}
    call = {"messages": [message], "answer": '{"found": true}', "tokens_in": 900, "tokens_out": 40, "seconds": 1.5}
    bodies: list[dict[str, Any]] = [{"calls": []}, {"calls": [call], "left_out": 1}]
    for body in bodies:
        kept = await door.ours.put(address, json=body)
        assert kept.status_code == 204, kept.text
    told = (await people.manager.get(address)).json()
    assert (told["calls"], told["left_out"], told["golden_id"]) == ([call], 1, added["id"])
    assert (await people.reviewer.get(address)).status_code == 403
    assert (await door.ours.put(f"{address}x", json={"calls": []})).status_code == 404
    keeper = GateTraces(door.db, kept_s=3600)
    assert await keeper.round() == 0
    assert (await people.manager.delete(f"/v1/golden-items/{added['id']}")).status_code == 204
    async with door.db.transaction("ours") as connection:
        assert await connection.scalar(text("SELECT count(*) FROM gate_traces")) == 0
    other = (await add(people.manager, (await judged(door))[0], whole=True)).json()
    await door.ours.put(f"/v1/artefacts/{version}/gate-traces/{other['id']}", json={"calls": [call]})
    assert await GateTraces(door.db, kept_s=0).round() == 1
