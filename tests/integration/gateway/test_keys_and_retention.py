"""API keys made, used and ended over the wire, and how long conversations are kept; both are lines of the audit log."""

from datetime import UTC, datetime, timedelta

import httpx
from auricle_contracts import Scope
from auricle_keeper.cleaning import Retention
from integration.gateway.conftest import Door
from integration.gateway.posted import post_chat
from sqlalchemy import text


async def actions(door: Door, subject: str) -> list[str]:
    items = (await door.ours.get("/v1/audit", params={"search": subject})).json()["items"]
    return sorted(one["action"] for one in items)


async def test_a_key_is_shown_once_used_and_ended(door: Door) -> None:
    made = (await door.ours.post("/v1/api-keys", json={"name": "CRM", "scopes": ["read", "ingest"]})).json()
    assert made["token"].startswith(f"auricle_{made['prefix']}_")
    assert made["last_used_at"] is None
    headers = {"Authorization": f"Bearer {made['token']}"}
    async with httpx.AsyncClient(base_url=door.url, headers=headers, timeout=30) as crm:
        assert (await crm.get("/v1/conversations")).status_code == 200
        assert (await crm.get("/v1/api-keys")).status_code == 403
        listed = await door.ours.get("/v1/api-keys")
        assert made["token"] not in listed.text
        (one,) = [each for each in listed.json()["items"] if each["id"] == made["id"]]
        seen = datetime.fromisoformat(one["last_used_at"])
        assert timedelta(0) <= datetime.now(UTC) - seen < timedelta(minutes=10)
        ended = await door.ours.delete(f"/v1/api-keys/{made['id']}")
        assert (ended.status_code, bool(ended.json()["revoked_at"])) == (200, True)
        assert (await crm.get("/v1/conversations")).status_code == 401
    assert await actions(door, made["id"]) == ["key_added", "key_ended"]


async def test_nobody_gives_a_scope_that_they_do_not_have(door: Door) -> None:
    async with await door.client("ours", Scope.PEOPLE, Scope.READ) as admin:
        refused = await admin.post("/v1/api-keys", json={"name": "x", "scopes": ["read", "unmask"]})
        assert (refused.status_code, "unmask" in refused.text) == (403, True)
        assert (await admin.post("/v1/api-keys", json={"name": "x", "scopes": ["read"]})).status_code == 201
    for wrong in ({"name": " ", "scopes": ["read"]}, {"name": "x", "scopes": []}, {"name": "x", "scopes": ["all"]}):
        assert (await door.ours.post("/v1/api-keys", json=wrong)).status_code == 422


async def test_what_is_kept_too_long_is_told_and_then_deleted(door: Door) -> None:
    old, new = await post_chat(door.ours), await post_chat(door.ours)
    async with door.db.transaction("ours") as connection:
        aged = "UPDATE conversations SET created_at = now() - interval '40 days' WHERE id = :id"
        await connection.execute(text(aged), {"id": old})
    assert (await door.ours.get("/v1/retention")).json() == {"days": None, "older": 0}
    assert (await door.ours.get("/v1/retention", params={"days": 30})).json() == {"days": None, "older": 1}
    async with await door.client("ours", Scope.OPERATE) as operator:
        assert (await operator.get("/v1/retention")).status_code == 200
        assert (await operator.put("/v1/retention", json={"days": 30})).status_code == 403, "it deletes"
    for wrong in ({"days": 0}, {"days": "soon"}, {}):
        assert (await door.ours.put("/v1/retention", json=wrong)).status_code == 422
    assert (await door.ours.put("/v1/retention", json={"days": 30})).json() == {"days": 30, "older": 1}
    await Retention(door.db).round()
    assert (await door.ours.get(f"/v1/conversations/{old}")).status_code == 410
    assert (await door.ours.get(f"/v1/conversations/{new}")).status_code == 200
    assert (await door.ours.put("/v1/retention", json={"days": None})).json() == {"days": None, "older": 0}
    trail = (await door.ours.get("/v1/audit", params={"action": "retention_changed"})).json()["items"]
    assert [one["details"] for one in trail] == [{"before": 30, "days": None}, {"before": None, "days": 30}]
