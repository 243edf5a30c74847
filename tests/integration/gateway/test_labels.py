"""Labels over the wire: the exported sheet comes back, answers are contested one by one, and another workspace's are not there."""

import io
from collections.abc import Callable
from typing import Any

import openpyxl
import pytest
from auricle_contracts import Scope
from auricle_gateway.labels import workbook
from integration.gateway import outcomes
from integration.gateway.conftest import Door
from integration.gateway.posted import fresh, post_chat

EXCEL = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@pytest.fixture
async def chat(door: Door) -> tuple[str, str]:
    """A judged chat, and the name by which it is exported."""
    name = fresh()
    conversation = await post_chat(door.ours, external_id=name)
    await outcomes.judge(door, conversation)
    return conversation, name


async def exported(door: Door, name: str, edit: Callable[[openpyxl.Workbook], None]) -> bytes:
    reply = await door.ours.get("/v1/export", params={"external_id": name})
    book = openpyxl.load_workbook(io.BytesIO(reply.content))
    edit(book)
    kept = io.BytesIO()
    book.save(kept)
    return kept.getvalue()


async def send(client: Any, body: bytes, kind: str = EXCEL, **query: str) -> Any:
    return await client.post("/v1/labels/import", content=body, headers={"Content-Type": kind}, params=query)


def contest(book: openpyxl.Workbook) -> None:
    report = book["Отчёт"]
    report["B2"], report["C2"], report["F2"], report["I2"] = 55, "—", "=1+1", "перебил клиента"


async def test_an_edited_sheet_comes_back_once(door: Door, chat: tuple[str, str]) -> None:
    conversation, name = chat
    body = await exported(door, name, contest)
    tried = (await send(door.ours, body, author="ann", dry_run="true")).json()
    assert (len(tried["labels"]), tried["new"], tried["labels"][0]["kept"]) == (2, 0, None)
    first = (await send(door.ours, body, author="ann")).json()
    assert (first["new"], first["changed"], first["same"], first["refused"]) == (2, 0, 0, 1)
    assert [(one["cell"], one["old_value"], one["state"], one["value"]) for one in first["labels"]] == [
        ("Отчёт!B2", 90, "answered", 55), ("Отчёт!C2", None, "not_applicable", None),
    ]  # fmt: skip
    assert first["refused_cells"][0]["cell"] == "Отчёт!F2"
    again = (await send(door.ours, body, author="ann")).json()
    assert (again["new"], again["changed"], again["same"]) == (0, 0, 2)
    kept = (await door.ours.get("/v1/labels", params={"conversation_id": conversation})).json()["items"]
    assert sorted((one["criterion"], one["value"], one["comment"], one["author"]) for one in kept) == [
        ("politeness", 55, "перебил клиента", "ann"), ("sale_chance", None, "перебил клиента", "ann"),
    ]  # fmt: skip
    sheet = (await door.ours.get("/v1/export", params={"external_id": name, "format": "csv", "sheet": "labels"})).text
    assert "politeness,90,55,перебил клиента,ann,sheet" in sheet
    report = (await door.ours.get(f"/v1/conversations/{conversation}/evaluation")).json()
    assert report["evaluation"]["answers"][0]["value"] == 90, "what the model said stays"


async def test_their_sheet_is_not_ours(door: Door, chat: tuple[str, str]) -> None:
    body = await exported(door, chat[1], contest)
    stolen = (await send(door.theirs, body)).json()
    assert (stolen["new"], stolen["labels"]) == (0, [])
    assert {one["why"] for one in stolen["refused_cells"]} == {"this workspace has no such evaluation"}
    assert chat[0] not in str(stolen), "not even the id comes back"
    assert (await door.ours.get("/v1/labels", params={"conversation_id": chat[0]})).json()["items"] == []


async def test_an_answer_is_contested_from_a_page(door: Door, chat: tuple[str, str]) -> None:
    conversation, _ = chat
    label = {
        "conversation_id": conversation,
        "criterion": "politeness",
        "value": 40,
        "comment": "груб",
        "source": "page",
    }
    made = await door.ours.post("/v1/labels", json=label)
    assert made.status_code == 201, made.text
    whoami = (await door.ours.get("/v1/whoami")).json()
    assert (made.json()["author"], made.json()["old_value"]) == (whoami["key_id"], 90)
    changed = await door.ours.post("/v1/labels", json=label | {"state": "undetermined", "value": None})
    assert (changed.json()["id"], changed.json()["state"]) == (made.json()["id"], "undetermined")
    (agent,) = [one for one in (await door.ours.get("/v1/agents")).json()["items"] if one["agent"] == "84213"]
    assert agent["criteria"]["politeness"]["labelled"] >= 1


@pytest.mark.parametrize(
    ("change", "status"),
    [
        ({"criterion": "no-such"}, 404), ({"conversation_id": "no-such"}, 404), ({"evaluation_id": "no-such"}, 404),
        ({"value": 101}, 422), ({"value": "хорошо"}, 422), ({"value": True}, 422), ({"value": None}, 422),
        ({"state": "undetermined"}, 422), ({"criterion": "stage", "value": "victory"}, 422), ({"extra": 1}, 422),
        ({"author": ""}, 422), ({"comment": "х" * 4001}, 422),
    ],
)  # fmt: skip
async def test_what_is_no_label(door: Door, chat: tuple[str, str], change: dict[str, Any], status: int) -> None:
    label = {"conversation_id": chat[0], "criterion": "politeness", "value": 40} | change
    assert (await door.ours.post("/v1/labels", json=label)).status_code == status
    assert (await door.ours.get("/v1/labels", params={"conversation_id": chat[0]})).json()["items"] == []


async def test_bodies_that_are_no_sheet(door: Door) -> None:
    for body, kind, status in (
        (b"x", "text/csv", 415), (b"", EXCEL, 422), (b"PK\x03\x04", EXCEL, 422), (bytes(workbook.MAX_BYTES + 1), EXCEL, 413),
    ):  # fmt: skip
        reply = await send(door.ours, body, kind)
        assert reply.status_code == status, reply.text
        assert reply.headers["content-type"] == "application/problem+json"


async def test_a_key_needs_the_scope(door: Door) -> None:
    reader = await door.client("ours", Scope.READ)
    async with reader:
        assert (await send(reader, b"x")).status_code == 403
        assert (await reader.post("/v1/labels", json={})).status_code == 403
        assert (await reader.get("/v1/labels")).status_code == 200
