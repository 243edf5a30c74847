"""Signing in through the door: passwords, links, sessions and their ends."""

import asyncio
from pathlib import Path
from typing import Any

import httpx
import pytest
from auricle_records import workspaces
from integration.gateway.conftest import Door, running
from integration.gateway.signed_in import PASSWORD, person_of, post, signed_in
from sqlalchemy import text

WRONG = "a sentence of somebody else"


async def added(door: Door, email: str, *roles: str) -> str:
    made = await door.ours.post("/v1/people", json={"email": email, "name": "Анна Ким", "roles": roles})
    return str(made.json()["id"])


async def test_a_person_signs_in_and_out(door: Door) -> None:
    async with await person_of(door.ours, "reviewer", email="in-out@ours.example") as client:
        told = (await client.get("/v1/whoami")).json()
        assert (told["workspace"], told["key_id"], told["scopes"]) == ("ours", None, ["label", "read", "review"])
        assert told["person"]["roles"] == ["reviewer"]
        (session,) = (await client.get("/v1/sessions")).json()["items"]
        assert (session["id"], session["method"]) == (client.headers["session"], "password")
        assert (await client.delete(f"/v1/sessions/{session['id']}")).status_code == 204
        assert (await client.get("/v1/whoami")).status_code == 401


async def test_what_is_refused_is_refused_in_the_same_words(door: Door) -> None:
    person = await added(door, "known@ours.example", "analyst")
    await signed_in(door.ours, person)
    answers = [
        await post(door, "/v1/sessions", email=email, password=password)
        for email, password in (("known@ours.example", WRONG), ("unknown@ours.example", PASSWORD))
    ]
    assert {(one.status_code, one.json()["code"], one.json()["detail"]) for one in answers} == {
        (401, "sign_in_refused", "nobody can be signed in with this")
    }


async def test_an_inactive_person_is_signed_out_and_stays_out(door: Door) -> None:
    async with await person_of(door.ours, "analyst", email="leaves@ours.example") as client:
        person = (await client.get("/v1/whoami")).json()["person"]["id"]
        assert (await door.ours.patch(f"/v1/people/{person}", json={"active": False})).is_success
        assert (await client.get("/v1/whoami")).status_code == 401
    refused = await post(door, "/v1/sessions", email="leaves@ours.example", password=PASSWORD)
    assert refused.json()["code"] == "sign_in_refused"


async def test_a_role_that_is_taken_away_holds_from_the_next_request(door: Door) -> None:
    async with await person_of(door.ours, "analyst", email="changes@ours.example") as client:
        assert (await client.get("/v1/export", params={"format": "csv"})).is_success
        person = (await client.get("/v1/whoami")).json()["person"]["id"]
        await door.ours.patch(f"/v1/people/{person}", json={"roles": ["reviewer"]})
        assert (await client.get("/v1/export", params={"format": "csv"})).status_code == 403


async def test_a_link_opens_once(door: Door) -> None:
    person = await added(door, "link@ours.example")
    earlier, link = [(await door.ours.post(f"/v1/people/{person}/link")).json()["token"] for _ in range(2)]
    assert (await post(door, "/v1/passwords", token=earlier, password=PASSWORD)).json()["code"] == "link_used_up"
    weak = await post(door, "/v1/passwords", token=link, password="short")
    assert (weak.status_code, weak.json()["code"]) == (422, "invalid_request")
    assert "short" not in weak.json()["detail"]
    both = await asyncio.gather(*(post(door, "/v1/passwords", token=link, password=PASSWORD) for _ in range(2)))
    assert sorted(one.status_code for one in both) == [204, 410]


async def test_a_new_password_ends_what_the_old_one_began(door: Door) -> None:
    async with await person_of(door.ours, "analyst", email="renews@ours.example") as client:
        wrong = await client.post("/v1/me/password", json={"old_password": WRONG, "password": PASSWORD})
        assert wrong.json()["code"] == "sign_in_refused"
        done = await client.post("/v1/me/password", json={"old_password": PASSWORD, "password": WRONG})
        assert done.status_code == 204, done.text
        assert (await client.get("/v1/whoami")).status_code == 401
    assert (await post(door, "/v1/sessions", email="renews@ours.example", password=PASSWORD)).status_code == 401
    assert (await post(door, "/v1/sessions", email="renews@ours.example", password=WRONG)).status_code == 201


async def test_the_same_password_in_two_workspaces_asks_which(door: Door) -> None:
    for admin in (door.ours, door.theirs):
        made = await admin.post("/v1/people", json={"email": "both@example.com", "name": "Обе", "roles": ["analyst"]})
        await signed_in_with_link(door, admin, made.json()["id"])
    asked = await post(door, "/v1/sessions", email="both@example.com", password=PASSWORD)
    assert (asked.status_code, asked.json()["code"]) == (409, "workspace_required")
    assert "ours, theirs" in asked.json()["detail"]
    chosen = await post(door, "/v1/sessions", email="both@example.com", password=PASSWORD, workspace="theirs")
    assert chosen.json()["workspace"] == "theirs"


async def signed_in_with_link(door: Door, admin: httpx.AsyncClient, person: str) -> None:
    token = (await admin.post(f"/v1/people/{person}/link")).json()["token"]
    assert (await post(door, "/v1/passwords", token=token, password=PASSWORD)).status_code == 204


async def test_an_admin_ends_anothers_session_and_a_reviewer_does_not(door: Door) -> None:
    async with (
        await person_of(door.ours, "analyst", email="ended@ours.example") as client,
        await person_of(door.ours, "reviewer", email="ender@ours.example") as reviewer,
        await person_of(door.ours, "admin", email="boss@ours.example") as admin,
    ):
        session = client.headers["session"]
        assert (await reviewer.delete(f"/v1/sessions/{session}")).status_code == 404
        assert (await reviewer.get("/v1/sessions", params={"everybody": True})).status_code == 403
        listed = (await admin.get("/v1/sessions", params={"everybody": True})).json()["items"]
        assert session in [one["id"] for one in listed]
        assert (await admin.delete(f"/v1/sessions/{session}")).status_code == 204
        assert (await client.get("/v1/whoami")).status_code == 401


@pytest.mark.parametrize("column", ["idle_until", "until"])
async def test_a_session_ends_by_itself(door: Door, column: str) -> None:
    async with await person_of(door.ours, "analyst", email=f"{column.replace('_', '-')}@ours.example") as client:
        async with door.db.transaction("ours") as connection:
            over = text(f"UPDATE sessions SET {column} = now() - interval '1 s' WHERE id = :id")
            await connection.execute(over, {"id": client.headers["session"]})
        door.parts.callers.forget(session_id=client.headers["session"])
        assert (await client.get("/v1/whoami")).status_code == 401


async def test_a_request_moves_the_sliding_end(door: Door) -> None:
    async with await person_of(door.ours, "analyst", email="slides@ours.example") as client:
        session = {"id": client.headers["session"]}
        async with door.db.transaction("ours") as connection:
            aged = text(
                "UPDATE sessions SET seen_at = now() - interval '2 min', idle_until = now() + interval '9 s' WHERE id = :id"
            )
            await connection.execute(aged, session)
        assert (await client.get("/v1/whoami")).is_success
        left = text("SELECT extract(epoch FROM idle_until - now()) FROM sessions WHERE id = :id")
        async with door.db.transaction("ours") as connection:
            assert float(await connection.scalar(left, session) or 0) > 3600


async def test_tries_are_counted_by_email(
    module_postgres_url: str, door: Door, tmp_path: Path, redis_server: Any
) -> None:
    async with running(module_postgres_url, redis_server.url, tmp_path, sign_ins_per_minute=3) as slow:
        tried = [await post(slow, "/v1/sessions", email="guessed@ours.example", password=WRONG) for _ in range(4)]
        assert [one.status_code for one in tried] == [401, 401, 401, 429]
        assert int(tried[-1].headers["retry-after"]) >= 1
        assert (await post(slow, "/v1/sessions", email="other@ours.example", password=WRONG)).status_code == 401


async def test_nothing_secret_is_kept_as_it_is(door: Door) -> None:
    async with await person_of(door.ours, "analyst", email="kept@ours.example") as client:
        token = client.headers["authorization"].removeprefix("Bearer ")
        async with door.db.transaction("ours") as connection:
            rows = [
                str(row)
                for table in ("people", "sessions")
                for row in (await connection.execute(text(f"SELECT * FROM {table}"))).all()
            ]
        kept = " ".join(rows)
        assert token not in kept
        assert PASSWORD not in kept
        assert "$argon2id$" in kept


async def test_a_key_is_no_person(door: Door) -> None:
    refused = await door.ours.post("/v1/me/second-factor")
    assert (refused.status_code, refused.json()["code"]) == (403, "forbidden")
    assert (await door.ours.get("/v1/sessions")).json() == {"items": []}


async def test_a_session_of_an_inactive_workspace_opens_nothing(door: Door) -> None:
    await workspaces.ensure(door.db, "closed")
    async with await door.client("closed") as admin:
        client = await person_of(admin, "analyst", email="ann@closed.example")
    async with client:
        await workspaces.configure(door.db, "closed", retention_days=None, allowed_hosts=(), active=False)
        door.parts.callers.forget(session_id=client.headers["session"])
        assert (await client.get("/v1/whoami")).status_code == 401
