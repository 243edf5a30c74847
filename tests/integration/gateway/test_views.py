"""Saved views: whose they are, who sees and changes them, what they may narrow; and the sheet of what a list shows."""

import csv
import io
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import httpx
import openpyxl
import pyarrow.parquet as pq
import pytest
from auricle_contracts import MemberRole
from integration.gateway import outcomes
from integration.gateway.conftest import Door
from integration.gateway.posted import fresh, post_chat
from integration.gateway.signed_in import signed_in

VIEW = {
    "name": "Низкая вежливость",
    "query": {"answer": ["politeness<50"], "line": ["sales"]},
    "days": 7,
    "columns": ["politeness"],
}


@asynccontextmanager
async def person(door: Door, role: MemberRole) -> AsyncIterator[httpx.AsyncClient]:
    described = {"email": f"{fresh()}@ours.example", "name": f"Person {role}", "roles": [role]}
    made = (await door.ours.post("/v1/people", json=described)).json()["id"]
    async with await signed_in(door.ours, made) as client:
        yield client


async def seen(client: httpx.AsyncClient) -> dict[str, dict[str, Any]]:
    return {one["id"]: one for one in (await client.get("/v1/views")).json()["items"]}


async def saved(client: httpx.AsyncClient, **changes: Any) -> str:
    made = await client.post("/v1/views", json=VIEW | {"name": fresh()} | changes)
    assert made.status_code == 201, made.text
    return str(made.json()["id"])


async def test_a_view_is_its_owners_until_it_is_shared(door: Door) -> None:
    async with person(door, MemberRole.ANALYST) as ann, person(door, MemberRole.REVIEWER) as bob:
        view = await saved(ann, name="Мой вид")
        kept = (await seen(ann))[view]
        assert (kept["is_mine"], kept["owner"], kept["query"], kept["days"]) == (
            True,
            "Person analyst",
            VIEW["query"],
            7,
        )
        assert view not in await seen(bob)
        assert (await bob.put(f"/v1/views/{view}", json=VIEW)).status_code == 404
        assert (await bob.delete(f"/v1/views/{view}")).status_code == 404
        shared = await ann.put(f"/v1/views/{view}", json=VIEW | {"name": "Мой вид", "is_shared": True})
        assert shared.status_code == 200, shared.text
        assert (await seen(bob))[view]["is_mine"] is False
        refused = await bob.delete(f"/v1/views/{view}")
        assert (refused.status_code, refused.json()["code"]) == (403, "forbidden")
        async with person(door, MemberRole.QUALITY_MANAGER) as manager:
            assert (await manager.delete(f"/v1/views/{view}")).status_code == 204
        assert view not in await seen(ann)
    actions = [one["action"] for one in (await door.ours.get("/v1/audit")).json()["items"] if one["subject"] == view]
    assert actions == ["view_removed", "view_changed"]


async def test_an_agents_person_keeps_views_and_shares_none(door: Door) -> None:
    async with person(door, MemberRole.AGENT) as agent:
        assert await saved(agent)
        refused = await agent.post("/v1/views", json=VIEW | {"is_shared": True})
        assert (refused.status_code, refused.json()["code"]) == (403, "forbidden")


async def test_one_name_once(door: Door) -> None:
    name = fresh()
    await saved(door.ours, name=name)
    again = await door.ours.post("/v1/views", json=VIEW | {"name": name})
    assert (again.status_code, again.json()["code"]) == (409, "name_taken")


@pytest.mark.parametrize(
    "wrong",
    [
        {"query": {"nobody": ["1"]}},
        {"query": {"answer": ["politeness"]}},
        {"query": {"score_below": ["many"]}},
        {"name": "  "},
        {"days": 0},
        {"columns": [""]},
    ],
    ids=str,
)
async def test_what_narrows_nothing_is_refused(door: Door, wrong: dict[str, Any]) -> None:
    refused = await door.ours.post("/v1/views", json=VIEW | {"name": fresh()} | wrong)
    assert refused.status_code == 422, refused.text


@pytest.fixture(scope="module")
async def line(door: Door) -> str:
    """A line with two judged chats."""
    name = f"sheet-{fresh()}"
    for number in (1, 2):
        chat = await post_chat(
            door.ours, line=name, external_id=f"{name}-{number}", started_at=f"2026-03-0{number}T10:00:00Z"
        )
        await outcomes.judge(door, chat)
    return name


async def sheet(door: Door, **query: Any) -> httpx.Response:
    reply = await door.ours.get("/v1/export", params={"sheet": "list", "language": "en"} | query)
    assert reply.status_code == 200, reply.text
    return reply


async def test_csv_has_the_columns_and_the_order_of_the_list(door: Door, line: str) -> None:
    columns = ["stage", "politeness", "sale_chance"]
    reply = await sheet(door, line=line, format="csv", column=columns, sort="oldest")
    first, second = csv.DictReader(io.StringIO(reply.content.decode("utf-8-sig")))
    assert [first["Call ID"], second["Call ID"]] == [f"{line}-1", f"{line}-2"]
    assert list(first)[8:11] == ["Stage of the sale", "Politeness (0–100)", "Chance of a sale (%)"]
    assert list(first.values())[8:11] == ["Presentation", "90", "?"]


async def test_parquet_is_typed_and_excel_has_one_table(door: Door, line: str) -> None:
    reply = await sheet(door, line=line, format="parquet", column=["politeness", "never_asked"])
    table = pq.read_table(io.BytesIO(reply.content))
    assert table.column("politeness").to_pylist() == [90.0, 90.0]
    assert table.column("never_asked").to_pylist() == [None, None]
    book = openpyxl.load_workbook(io.BytesIO((await sheet(door, line=line, column=["politeness"])).content))
    assert book.sheetnames == ["List", "Legend"]
    assert [cell.value for cell in book["List"]["I"]] == ["Politeness (0–100)", 90, 90]


async def test_a_file_by_day_has_one_order(door: Door) -> None:
    params = {"format": "parquet", "partition": "day", "sort": "oldest"}
    assert (await door.ours.get("/v1/export", params=params)).status_code == 422
