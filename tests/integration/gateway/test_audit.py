"""The audit log through the door: what is written down, who reads it, that it is whole, and that nobody can change it."""

import csv
import io

import httpx
import pytest
from integration.gateway.conftest import Door
from integration.gateway.outcomes import judge
from integration.gateway.posted import post_chat
from integration.gateway.signed_in import PASSWORD, person_of
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError


async def lines(client: httpx.AsyncClient, **query: str) -> list[dict[str, str]]:
    found: list[dict[str, str]] = (await client.get("/v1/audit", params=query)).json()["items"]
    return found


async def test_what_a_person_does_is_written_under_their_name(door: Door) -> None:
    conversation = await post_chat(door.ours)
    async with await person_of(door.ours, "admin", email="doer@ours.example") as admin:
        person = (await admin.get("/v1/whoami")).json()["person"]["id"]
        await admin.get("/v1/export", params={"format": "csv"})
        await admin.get(f"/v1/conversations/{conversation}/transcript", params={"unmasked": True})
        await admin.put("/v1/compression", json={"deepest": "light"})
        await admin.delete(f"/v1/conversations/{conversation}")
        await admin.delete(f"/v1/sessions/{admin.headers['session']}")
    done = await lines(door.ours, actor=person)
    assert [one["action"] for one in done] == [
        "signed_out", "conversation_deleted", "compression_changed", "unmasked", "exported", "signed_in", "password_set",
    ]  # fmt: skip
    assert {(one["actor_kind"], one["actor_name"]) for one in done} == {("person", "doer")}
    assert {one["conversation_id"] for one in done if one["action"] in ("unmasked", "conversation_deleted")} == {
        conversation
    }


async def test_a_refused_sign_in_is_written_where_the_person_is_known(door: Door) -> None:
    async with await person_of(door.ours, "analyst", email="target@ours.example") as client:
        person = (await client.get("/v1/whoami")).json()["person"]["id"]
    async with httpx.AsyncClient(base_url=door.url) as anybody:
        for _ in range(2):
            await anybody.post("/v1/sessions", json={"email": "target@ours.example", "password": "another sentence"})
    refused = await lines(door.ours, actor=person)
    assert [one["action"] for one in refused[:2]] == ["sign_in_refused"] * 2
    assert not any(PASSWORD in str(one) or "another sentence" in str(one) for one in refused)


async def test_pages_lead_to_the_first_line_and_the_export_is_whole(door: Door) -> None:
    for number in range(7):
        await door.theirs.post("/v1/people", json={"email": f"n{number}@theirs.example", "name": "N"})
    seen: list[str] = []
    cursor: dict[str, str] = {}
    while True:
        page = (await door.theirs.get("/v1/audit", params={"limit": "3", "action": "person_added"} | cursor)).json()
        seen += [one["id"] for one in page["items"]]
        if page["next_cursor"] is None:
            break
        cursor = {"cursor": page["next_cursor"]}
    assert len(seen) == len(set(seen)) == 7
    exported = await door.theirs.get("/v1/audit/export", params={"action": "person_added"})
    rows = list(csv.DictReader(io.StringIO(exported.text)))
    assert [row["id"] for row in rows] == seen
    assert (await lines(door.theirs))[0]["action"] == "exported", "reading the log is a line of it"


@pytest.mark.parametrize("role", ["reviewer", "analyst", "agent", "operations"])
async def test_who_may_not_read_it_does_not(door: Door, role: str) -> None:
    async with await person_of(door.ours, role, email=f"{role}@audit.example") as client:
        assert (await client.get("/v1/audit")).status_code == 403
        assert (await client.get("/v1/audit/export")).status_code == 403


async def test_a_line_is_found_by_a_part_of_a_name(door: Door) -> None:
    async with await person_of(door.ours, "analyst", email="findable@audit.example"):
        pass
    assert {one["actor_name"] for one in await lines(door.ours, search="FINDABLE")} == {"findable"}
    assert await lines(door.ours, search="findable", until="2020-01-01T00:00:00Z") == []


@pytest.mark.parametrize("statement", ["UPDATE audit_events SET actor = 'x'", "DELETE FROM audit_events"])
async def test_the_application_can_neither_change_nor_delete(door: Door, statement: str) -> None:
    with pytest.raises(DBAPIError, match="permission denied"):
        async with door.db.transaction("ours") as connection:
            await connection.execute(text(statement))


async def test_verdicts_stand_among_the_lines(door: Door) -> None:
    conversation = await post_chat(door.ours)
    await judge(door, conversation)
    given = {"conversation_id": conversation, "criterion": "politeness", "state": "undetermined"}
    async with await person_of(door.ours, "reviewer", email="labels@audit.example") as client:
        assert (await client.post("/v1/labels", json=given)).status_code == 201
        person = (await client.get("/v1/whoami")).json()["person"]["id"]
    (line,) = [one for one in await lines(door.ours, actor=person) if one["action"] == "labelled"]
    assert (line["conversation_id"], line["subject"]) == (conversation, "politeness")
