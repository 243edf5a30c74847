"""Alerts over the wire: who runs quality writes rules and destinations, tests them, takes up what rang; each step is in the log."""

from datetime import UTC, datetime
from typing import Any

import pytest
from auricle_contracts.alerts import AlertRule, Reading
from auricle_records.alerts import incidents
from integration.gateway import outcomes
from integration.gateway.conftest import Door
from integration.gateway.posted import post_chat
from integration.gateway.signed_in import person_of

RULE = {"name": "Грубость", "measure": "class_count", "error_class": "rudeness", "threshold": 1}


async def test_a_rule_from_its_writing_to_its_history(door: Door) -> None:
    async with await person_of(door.ours, "quality_manager", email="quinn@alerts.example") as quinn:
        given = {"name": "CRM", "kind": "webhook", "url": "https://crm.example.com/alerts"}
        destination = (await quinn.post("/v1/alert-destinations", json=given)).json()
        assert destination["secret"].startswith("whsec_")
        assert "secret" not in (await quinn.get(f"/v1/alert-destinations/{destination['id']}")).json()
        made = await quinn.post("/v1/alert-rules", json=RULE | {"destination_ids": [destination["id"]]})
        assert made.status_code == 201, made.text
        rule = made.json()
        assert (rule["updated_by_name"], rule["alert_state"]) == ("quinn", None)
        conversation = await post_chat(door.ours)
        await outcomes.judge(door, conversation, findings=(outcomes.FINDING,))
        look = (await quinn.get(f"/v1/alert-rules/{rule['id']}/reading")).json()
        assert (look["rings"], look["reading"]["value"]) == (True, 1)
        (delivery,) = (await quinn.post(f"/v1/alert-rules/{rule['id']}/test")).json()["delivery_ids"]
        (told,) = (await quinn.get("/v1/alert-deliveries", params={"id": delivery})).json()["items"]
        assert (told["state"], told["event"], told["rule"]) == ("pending", "alert.test", "Грубость")
        await ring(door, rule)
        (alert,) = (await quinn.get("/v1/alerts", params={"state": "open"})).json()["items"]
        assert (await quinn.get("/v1/alert-rules")).json()["items"][0]["alert_id"] == alert["id"]
        taken = (await quinn.post(f"/v1/alerts/{alert['id']}/acknowledgement")).json()
        assert (taken["state"], taken["acknowledged_by_name"]) == ("acknowledged", "quinn")
        off = await quinn.put(f"/v1/alert-rules/{rule['id']}", json=RULE | {"active": False})
        assert off.json()["destination_ids"] == []
        assert (await quinn.get(f"/v1/alerts/{alert['id']}")).json()["state"] == "closed"
        assert (await quinn.delete(f"/v1/alert-rules/{rule['id']}")).status_code == 204
        assert (await quinn.get("/v1/alerts", params={"rule_id": rule["id"]})).json()["items"][0]["id"] == alert["id"]
        who = (await quinn.get("/v1/whoami")).json()["person"]["id"]
        trail = (await quinn.get("/v1/audit", params={"actor": who})).json()
    actions = {one["action"] for one in trail["items"]}
    assert {"alert_rule_added", "alert_rule_changed", "alert_rule_removed", "alert_tested"} <= actions
    assert {"alert_destination_added", "alert_acknowledged"} <= actions


async def ring(door: Door, rule: dict[str, Any]) -> None:
    """As keeper would."""
    now = datetime.now(UTC)
    told = Reading(value=1, n=1)
    await incidents.observe(door.db, "ours", AlertRule.model_validate(rule), told, ringing=True, told_at=now)


@pytest.mark.parametrize(
    ("path", "body", "status", "code"),
    [
        ("alert-rules", RULE | {"error_class": None}, 422, "invalid_request"),
        ("alert-rules", RULE | {"destination_ids": ["nowhere"]}, 404, "not_found"),
        ("alert-destinations", {"name": "x", "kind": "slack", "url": "http://10.0.0.1/x"}, 422, "url_refused"),
        (
            "alert-destinations",
            {"name": "x", "kind": "slack", "url": "https://me:secret@crm.example.com/x"},
            422,
            "url_refused",
        ),
        ("alert-destinations", {"name": "x", "kind": "email"}, 422, "invalid_request"),
        ("alert-destinations", {"name": "x", "kind": "webhook", "roles": ["admin"]}, 422, "invalid_request"),
    ],
)
async def test_what_is_refused(door: Door, path: str, body: dict[str, Any], status: int, code: str) -> None:
    refused = await door.ours.post(f"/v1/{path}", json=body)
    assert (refused.status_code, refused.json()["code"]) == (status, code), refused.text


async def test_names_are_taken_once(door: Door) -> None:
    named = RULE | {"name": "once"}
    assert (await door.ours.post("/v1/alert-rules", json=named)).status_code == 201
    refused = await door.ours.post("/v1/alert-rules", json=named)
    assert (refused.status_code, refused.json()["code"]) == (409, "name_taken")


async def test_quiet_hours_are_chosen(door: Door) -> None:
    chosen = {"time_zone": "Europe/Moscow", "quiet_from": "21:00", "quiet_until": "08:00"}
    assert (await door.ours.put("/v1/alert-settings", json=chosen)).json() == chosen
    assert (await door.ours.get("/v1/alert-settings")).json() == chosen
    refused = await door.ours.put("/v1/alert-settings", json={"time_zone": "Moscow"})
    assert refused.status_code == 422


async def test_only_who_runs_quality_sees_alerts(door: Door) -> None:
    for role in ("reviewer", "analyst", "agent", "operations"):
        async with await person_of(door.ours, role, email=f"{role}@alerts.example") as somebody:
            assert (await somebody.get("/v1/alerts")).status_code == 403
            assert (await somebody.post("/v1/alert-rules", json=RULE)).status_code == 403
