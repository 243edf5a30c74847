"""Labels over the wire: the exported sheet comes back, answers are contested one by one, and another workspace's are not there."""

import io
from collections.abc import Callable
from typing import Any

import openpyxl
import pytest
from auricle_contracts import Scope
from auricle_gateway.exports.columns import ANSWER_COLUMNS
from auricle_kit.workbooks import xlsx
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
    assert (again["new"], again["changed"], again["same"]) == (0, 0, 0)
    assert again["unchanged"] == first["unchanged"] + 2, "what counts already is not said again"
    kept = (await door.ours.get("/v1/labels", params={"conversation_id": conversation})).json()["items"]
    assert sorted((one["criterion"], one["value"], one["comment"], one["author_name"]) for one in kept) == [
        ("politeness", 55, "перебил клиента", "ann"), ("sale_chance", None, "перебил клиента", "ann"),
    ]  # fmt: skip
    assert {one["author"] for one in kept} == {(await door.ours.get("/v1/whoami")).json()["key_id"]}
    sheet = (await door.ours.get("/v1/export", params={"external_id": name, "format": "csv", "sheet": "labels"})).text
    assert "politeness,90,55,перебил клиента,ann,sheet" in sheet
    report = (await door.ours.get(f"/v1/conversations/{conversation}/evaluation")).json()
    assert report["evaluation"]["answers"][0]["value"] == 90, "what the model said stays"


async def test_every_cell_of_a_sheet_is_accounted_for(door: Door, chat: tuple[str, str]) -> None:
    """Percents as people type them, a retyped header, a strange column, a formula in an id, a mark that is no choice."""

    def edit(book: openpyxl.Workbook) -> None:
        report, answers = book["Отчёт"], book["Ответы"]
        report["B1"], report["C2"] = "Вежливость (0-100)", 0.57
        report["C2"].number_format = "0%"
        report["H2"], report["Z1"], report["Z2"] = "✓", "моё", "заметка"
        answers["N2"] = "=VLOOKUP(A2,Z:Z,1,0)"

    reply = (await send(door.ours, await exported(door, chat[1], edit))).json()
    assert {one["criterion"]: one["value"] for one in reply["labels"]} == {"sale_chance": 57}
    assert {one["cell"] for one in reply["refused_cells"]} == {"Отчёт!H2", "Ответы!N2"}
    assert [(one["cell"], one["cells"]) for one in reply["ignored_cells"]] == [("Отчёт!Z1", 1)]
    assert reply["cells"] == reply["answers_read"] + reply["refused"] + reply["ignored"]


Cell = tuple[str, Any, str]


@pytest.mark.parametrize(
    ("cells", "labels", "refused"),
    [
        ([("B2", 0.57, "0%"), ("C2", 0.29, "0%")], {"politeness": 57, "sale_chance": 29}, set()),
        ([("B2", 57, '0"%"')], {"politeness": 57}, set()),
        ([("J2", 0.07, "0%")], {"price_mentions": 7}, set()),
        ([("B1", "Вежливость\n(0—100)", "General"), ("B2", 41, "0")], {"politeness": 41}, set()),
        ([("X2", "=VLOOKUP(A2,Лист2!A:B,2,0)", "General"), ("B2", 11, "0")], {}, {"Отчёт!X2"}),
        ([("H2", "x", "General"), ("B2", 55, "0")], {"politeness": 55}, {"Отчёт!H2"}),
        ([("H2", "да ", "General")], None, set()),
    ],
)  # fmt: skip
async def test_cells_as_analysts_type_them(
    door: Door, chat: tuple[str, str], cells: list[Cell], labels: dict[str, Any] | None, refused: set[str]
) -> None:
    """`labels` None: every answer of the row is confirmed."""

    def edit(book: openpyxl.Workbook) -> None:
        for place, value, number_format in cells:
            book["Отчёт"][place].value, book["Отчёт"][place].number_format = value, number_format

    reply = (await send(door.ours, await exported(door, chat[1], edit))).json()
    said = {one["criterion"]: one["value"] for one in reply["labels"]}
    assert said == labels if labels is not None else {"politeness", "stage"} <= said.keys()
    assert {one["cell"] for one in reply["refused_cells"]} == refused
    assert reply["cells"] == reply["answers_read"] + reply["refused"] + reply["ignored"]


async def test_a_csv_is_split_as_excel_of_the_readers_locale_splits_it(door: Door, chat: tuple[str, str]) -> None:
    query = {"external_id": chat[1], "format": "csv", "separator": "semicolon"}
    reply = await door.ours.get("/v1/export", params=query)
    assert reply.content.startswith(b"\xef\xbb\xbf")
    header, row = reply.text.removeprefix("\ufeff").splitlines()[:2]
    assert header.split(";")[:2] == ["ID звонка", "Вежливость (0–100)"]
    assert (row.split(";")[0], len(row.split(";"))) == (chat[1], len(header.split(";")))


async def test_a_verdict_counts_in_every_export_and_the_models_answer_stays_beside_it(
    door: Door, chat: tuple[str, str]
) -> None:
    conversation, name = chat
    earlier = await exported(door, name, lambda _book: None)
    label = {"conversation_id": conversation, "criterion": "politeness", "value": 75, "author": "ann"}
    assert (await door.ours.post("/v1/labels", json=label)).status_code == 201
    book = openpyxl.load_workbook(io.BytesIO((await door.ours.get("/v1/export", params={"external_id": name})).content))
    assert book["Отчёт"]["B2"].value == 75
    answers = [dict(zip(TITLES, row, strict=False)) for row in book["Ответы"].iter_rows(values_only=True)]
    (row,) = [one for one in answers if one["criterion"] == "politeness"]
    assert (row["value"], row["model_value"], row["judged_by"]) == (75, 90, "ann")
    others = [one for one in answers[1:] if one["criterion"] != "politeness"]
    assert all((one["value"], one["judged_by"]) == (one["model_value"], None) for one in others)
    for sheet in (earlier, await exported(door, name, lambda _book: None)):
        said = (await send(door.ours, sheet)).json()
        assert (said["new"], said["changed"], said["refused"]) == (0, 0, 0), "no sheet takes a verdict back unasked"


TITLES = [column.key for column in ANSWER_COLUMNS]


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
    assert (changed.json()["state"], changed.json()["superseded"]) == ("undetermined", False)
    history = (await door.ours.get("/v1/labels", params={"conversation_id": conversation})).json()["items"]
    assert [(one["id"], one["superseded"]) for one in history] == [
        (changed.json()["id"], False),
        (made.json()["id"], True),
    ]
    (agent,) = [one for one in (await door.ours.get("/v1/agents")).json()["items"] if one["agent"] == "84213"]
    assert agent["criteria"]["politeness"]["labelled"] >= 1


async def test_a_key_writes_over_no_other_keys_verdict(door: Door, chat: tuple[str, str]) -> None:
    """Whatever name it gives, the other key's id among them."""
    label = {"conversation_id": chat[0], "criterion": "politeness", "value": 40, "author": "ann"}
    first = (await door.ours.post("/v1/labels", json=label)).json()
    async with await door.client("ours", Scope.LABEL, Scope.READ) as other:
        for value, name in ((98, "ann"), (99, first["author"])):
            posted = await other.post("/v1/labels", json=label | {"value": value, "author": name})
            assert (posted.status_code, posted.json()["author_name"]) == (201, name)
            assert posted.json()["author"] != first["author"]
    chosen = {"conversation_id": chat[0], "author": first["author"]}
    kept = (await door.ours.get("/v1/labels", params=chosen)).json()["items"]
    assert [(one["value"], one["superseded"]) for one in kept if one["author"] == first["author"]] == [(40, False)]


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
        (b"x", "text/csv", 415), (b"", EXCEL, 422), (b"PK\x03\x04", EXCEL, 422), (bytes(xlsx.MAX_BYTES + 1), EXCEL, 413),
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
