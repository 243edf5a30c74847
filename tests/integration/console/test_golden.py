"""The golden set by the page, over the real gateway: found, settled, counted, brought from a sheet, and shut where the role shuts it."""

import io
import re
from collections.abc import AsyncIterator
from html import unescape
from typing import Any

import httpx
import openpyxl
import pytest
from auricle_contracts import MemberRole, Role
from auricle_contracts.golden import GoldenSplit, GoldenState
from fixtures.golden_items import an_item, consent, label
from integration.console.browsing import OWN, browsing
from integration.gateway.conftest import Door
from integration.gateway.signed_in import person_of

LIST = "/golden"
SAID = ((Role.CUSTOMER, "Где мой заказ, он опаздывает?"), (Role.AGENT, "Сами виноваты, раньше надо было."))


@pytest.fixture
async def manager(door: Door) -> AsyncIterator[httpx.AsyncClient]:
    async with browsing(door, door.ours) as browser:
        yield browser


@pytest.fixture
async def analyst(door: Door) -> AsyncIterator[httpx.AsyncClient]:
    person = await person_of(door.ours, MemberRole.ANALYST, email="golden.analyst@ours.example")
    async with person, browsing(door, person) as browser:
        yield browser


async def read(browser: httpx.AsyncClient, address: str) -> str:
    reply = await browser.get(address)
    assert reply.status_code == 200, reply.text
    return unescape(reply.text)


async def send(browser: httpx.AsyncClient, address: str, files: Any = None, **form: Any) -> httpx.Response:
    token = re.search(r'name="form_token" value="([0-9a-f]+)"', await read(browser, LIST))
    assert token
    return await browser.post(address, data={"form_token": token[1]} | form, files=files, headers=OWN)


async def test_an_item_is_found_by_class_channel_split_and_state(door: Door, manager: httpx.AsyncClient) -> None:
    await consent(door.db, "ours")
    there = await an_item(door.db, "ours", SAID, label(GoldenState.FOUND, turn=2, text="Сами виноваты"))
    absent = await an_item(door.db, "ours", ((Role.AGENT, "Помогу найти ваш заказ."),), label(GoldenState.NOT_FOUND))
    everything = await read(manager, LIST)
    assert all(f"{LIST}/items/{one}" in everything for one in (there, absent))
    found = await read(manager, f"{LIST}?subject=blame&state=found&channel=chat&split=train")
    assert f"{LIST}/items/{there}" in found
    assert f"{LIST}/items/{absent}" not in found
    assert f"{LIST}/items/{there}" not in await read(manager, f"{LIST}?split=test")
    lines = (await manager.get(f"{LIST}/export?subject=blame&state=found")).text
    assert "Сами виноваты" in lines
    assert "Помогу найти" not in lines


async def test_an_item_shows_what_was_decided_where_and_whether_it_stands_beside_questions(
    door: Door, manager: httpx.AsyncClient
) -> None:
    await consent(door.db, "ours")
    train = await an_item(door.db, "ours", SAID, label(GoldenState.FOUND, turn=2, text="Сами виноваты"))
    held = await an_item(
        door.db, "ours", (*SAID, (Role.CUSTOMER, "Да?")), label(GoldenState.FOUND), split=GoldenSplit.DEVELOPMENT
    )
    html = await read(manager, f"{LIST}/items/{train}")
    assert "<mark>Сами виноваты</mark>" in html
    assert "Decided by Мария" in html
    assert "May stand as an example" in html
    assert "no flow that judges now shows examples" in html, "the shipped flow shows none"
    assert "only the training split is" in await read(manager, f"{LIST}/items/{held}")
    await consent(door.db, "ours", given=False)
    assert "does not consent" in await read(manager, f"{LIST}/items/{train}")


async def test_a_contradiction_is_settled_by_keeping_what_is_right(door: Door, manager: httpx.AsyncClient) -> None:
    await consent(door.db, "ours")
    said = ((Role.AGENT, "Это вы перепутали адрес."),)
    item = await an_item(door.db, "ours", said, label(GoldenState.FOUND), label(GoldenState.NOT_FOUND, by="Борис"))
    address = f"{LIST}/items/{item}"
    assert f"{LIST}/items/{item}" in await read(manager, f"{LIST}?contested=true")
    html = await read(manager, address)
    kept = re.search(r'(?s)Decided by Мария.*?name="label" value="([^"]+)"><button[^>]*>This is right', html)
    assert kept, "the button withdraws what contradicts it"
    settled = await send(manager, f"{address}/settle", status="withdrawn", label=[kept[1]])
    assert (settled.status_code, settled.headers["location"]) == (303, address)
    after = await read(manager, address)
    assert "This is right" not in after
    assert "Withdrawn decisions: 1" in after
    assert f"{LIST}/items/{item}" not in await read(manager, f"{LIST}?contested=true")
    unknown = await send(manager, f"{address}/settle", status="withdrawn", label=["nobodys"])
    assert (unknown.status_code, 'role="alert"' in unknown.text) == (404, True)
    gone = await send(manager, f"{address}/removal")
    assert gone.status_code == 303
    assert (await manager.get(address)).status_code == 404


async def test_quotas_say_what_is_missing_and_consent_is_chosen_beside_them(
    door: Door, manager: httpx.AsyncClient
) -> None:
    await consent(door.db, "ours", given=False)
    assert "nothing new is added" in await read(manager, f"{LIST}/quotas")
    assert (await send(manager, f"{LIST}/settings", consent="true", quota="50")).status_code == 303
    await an_item(
        door.db, "ours", ((Role.AGENT, "Вы сами так заказали."),), label(GoldenState.FOUND, subject="rudeness")
    )
    html = await read(manager, f"{LIST}/quotas")
    assert "nothing new is added" not in html
    row = next(one for one in html.split("<tr>") if "subject=rudeness&channel=chat" in one)
    assert "49 missing" in row
    assert "50 missing" in row, "none without it"
    assert (await send(manager, f"{LIST}/settings", quota="0")).status_code == 422


def workbook(*rows: tuple[Any, ...]) -> bytes:
    book, packed = openpyxl.Workbook(), io.BytesIO()
    assert book.active is not None
    for row in rows:
        book.active.append(row)
    book.save(packed)
    return packed.getvalue()


async def test_a_sheet_is_looked_at_its_columns_guessed_and_written_by_a_click(
    door: Door, manager: httpx.AsyncClient
) -> None:
    await consent(door.db, "ours")
    sheet = workbook(
        ("№", "Текст", "Канал", "Ошибка", "Есть?", "Цитата"),
        (1, "Клиент: Где заказ?\nОператор: Отстаньте, ваш заказ в пути.", "чат", "rudeness", "да", "Отстаньте"),
        (2, "Оператор: Уже ищу ваш заказ, минуту.", "чат", "rudeness", "нет", None),
        (3, "Оператор: Ждите.", "чат", "Странное", "да", None),
    )  # fmt: skip
    looked = unescape((await send(manager, f"{LIST}/import", [("file", ("labels.xlsx", sheet))])).text)
    assert "Dialogues read: 3, of these refused: 1" in looked
    assert "Write dialogues: 2" in looked
    assert '<option value="Цитата" selected' in looked
    assert "да = found" in looked
    assert "Отстаньте" not in await read(manager, LIST)
    form = fields(looked)
    assert form["subjects"].splitlines() == ["rudeness = rudeness", "Странное ="]
    form["subjects"] = "rudeness = rudeness\nСтранное = blame"
    again = unescape((await send(manager, f"{LIST}/import/columns", **form, does="look")).text)
    assert "Dialogues read: 3, of these refused: 0" in again
    written = unescape((await send(manager, f"{LIST}/import/columns", **fields(again), does="write")).text)
    assert "New dialogues: 3, already there: 0, new decisions: 3" in written
    found = await read(manager, f"{LIST}?subject=rudeness&state=found")
    item = re.search(rf'href="({LIST}/items/[^"]+)">1<', found)
    assert item
    assert "<mark>Отстаньте</mark>" in await read(manager, item[1])


async def test_a_sheet_that_says_nothing_asks_for_its_columns(manager: httpx.AsyncClient) -> None:
    sheet = workbook(("A", "B"), (1, "Оператор: Ждите."))
    looked = unescape((await send(manager, f"{LIST}/import", [("file", ("strange.xlsx", sheet))])).text)
    assert "Say which column holds the dialogue's number" in looked
    assert "Write dialogues" not in looked
    form = fields(looked) | {"dialogue": "A", "text": "B"}
    assert "Dialogues read: 1, of these refused: 0" in (await send(manager, f"{LIST}/import/columns", **form)).text


@pytest.mark.parametrize(
    ("name", "raw", "told"),
    [
        ("broken.xlsx", b"PK\x03\x04 nothing", "broken.xlsx"),
        ("lines.jsonl", b"no JSON\n", "Dialogues read: 1, of these refused: 1"),
        ("large.jsonl", b" " * ((4 << 20) + 1), "large.jsonl"),
    ],
)
async def test_a_file_that_cannot_be_read_says_why(
    manager: httpx.AsyncClient, name: str, raw: bytes, told: str
) -> None:
    reply = await send(manager, f"{LIST}/import", [("file", (name, raw))])
    assert reply.status_code == 200, reply.text
    assert told in reply.text
    assert "Write dialogues" not in reply.text


async def test_the_test_split_is_not_there_without_audit(door: Door, analyst: httpx.AsyncClient) -> None:
    await consent(door.db, "ours")
    said = ((Role.AGENT, "Сами и разбирайтесь."),)
    held = await an_item(door.db, "ours", said, label(GoldenState.FOUND), split=GoldenSplit.TEST)
    html = await read(analyst, LIST)
    assert f"{LIST}/items/{held}" not in html
    assert '<option value="test"' not in html
    assert (await analyst.get(f"{LIST}?split=test")).status_code == 403
    assert (await analyst.get(f"{LIST}/items/{held}")).status_code == 404
    assert "Сами и разбирайтесь" not in (await analyst.get(f"{LIST}/export")).text
    assert f'href="{LIST}/import"' not in html, "an analyst reads"


async def test_whoever_does_not_train_is_told_so(door: Door) -> None:
    person = await person_of(door.ours, MemberRole.REVIEWER, email="golden.reviewer@ours.example")
    async with person, browsing(door, person) as reviewer:
        assert "needs the scope train" in await read(reviewer, LIST)
        assert f'href="{LIST}"' not in await read(reviewer, "/review")


def fields(html: str) -> dict[str, str]:
    """The form of columns as a browser would send it."""
    form = html.partition('action="/golden/import/columns"')[2].partition("</form>")[0]
    found = dict(re.findall(r'<input [^>]*?name="(\w+)"[^>]*? value="([^"]*)"', form))
    found |= dict(re.findall(r'<textarea name="(\w+)"[^>]*>([^<]*)</textarea>', form))
    for name, options in re.findall(r'(?s)<select name="(\w+)"[^>]*>(.*?)</select>', form):
        chosen = re.search(r'<option(?: value="([^"]*)")? selected>([^<]*)', options)
        found[name] = (chosen[1] if chosen[1] is not None else chosen[2]) if chosen else ""
    return {name: value for name, value in found.items() if name != "form_token"}
