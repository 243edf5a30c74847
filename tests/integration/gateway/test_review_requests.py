"""Conversations sent to review and judged again by hand: each is told what became of it, and it is written down."""

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack

import httpx
import pytest
from auricle_contracts import MemberRole
from auricle_contracts.review import ReviewSettings
from auricle_records import workspaces
from auricle_records.review import triage
from integration.gateway.conftest import Door
from integration.gateway.outcomes import judge
from integration.gateway.posted import post_chat
from integration.gateway.signed_in import person_of

WORKSPACE = "asked"
NOTHING = ReviewSettings(audited_share=0, agent_week=0, unsure_below=0, rare_class_below=0)


@pytest.fixture(scope="module")
async def people(door: Door) -> AsyncIterator[dict[str, httpx.AsyncClient]]:
    """Clients of an admin's key, a quality manager and a reviewer."""
    await workspaces.ensure(door.db, WORKSPACE)
    async with AsyncExitStack() as stack:
        admin = await stack.enter_async_context(await door.client(WORKSPACE))
        found = {"admin": admin}
        for role in (MemberRole.QUALITY_MANAGER, MemberRole.REVIEWER):
            email = f"{role}@asked.example"
            found[role] = await stack.enter_async_context(await person_of(admin, role, email=email))
        await found["quality_manager"].put("/v1/review-settings", json=NOTHING.model_dump())
        yield found


async def test_each_conversation_is_told_and_what_was_closed_waits_again(
    door: Door, people: dict[str, httpx.AsyncClient]
) -> None:
    manager, reviewer = people["quality_manager"], people["reviewer"]
    waits, closed = [await post_chat(people["admin"]) for _ in range(2)]
    for one in (waits, closed):
        await judge(door, one, of=people["admin"])
    await triage.triage(door.db, WORKSPACE)
    items = {one["conversation_id"]: one["id"] for one in (await manager.get("/v1/review-items")).json()["items"]}
    await reviewer.post(f"/v1/review-items/{items[closed]}/done")
    raw = await post_chat(people["admin"])
    me = (await reviewer.get("/v1/whoami")).json()["person"]["id"]
    body = {
        "conversation_ids": [waits, closed, raw, "no-such", closed],
        "note": "Звонил +7 912 345-67-89",
        "person_id": me,
    }
    told = (await manager.post("/v1/review-items", json=body)).json()["items"]
    assert [(one["conversation_id"], one["outcome"], one["is_assigned"]) for one in told] == [
        (waits, "waits", True), (closed, "reopened", True), (raw, "not_evaluated", False), ("no-such", "not_found", False),
    ]  # fmt: skip
    again = (await reviewer.get(f"/v1/review-items/{items[closed]}")).json()
    assert (again["state"], again["reasons"], again["assignee"]) == ("assigned", ["requested", "undetermined"], me)
    assert again["details"]["requested"] == ["Звонил [PHONE_1]"]
    assert again["risk"] == pytest.approx(0.55), "1 - (1 - 0.1) * (1 - 0.5)"
    repeated = (await manager.post("/v1/review-items", json=body | {"person_id": None})).json()["items"]
    assert [one["outcome"] for one in repeated] == ["waits", "waits", "not_evaluated", "not_found"]
    lines = (await manager.get("/v1/audit", params={"action": "review_requested"})).json()["items"]
    assert [(one["conversation_id"], one["details"]) for one in lines] == [(closed, {"outcome": "reopened"})]


async def test_only_a_quality_manager_sends_to_review(people: dict[str, httpx.AsyncClient]) -> None:
    refused = await people["reviewer"].post("/v1/review-items", json={"conversation_ids": ["x"]})
    assert (refused.status_code, refused.json()["code"]) == (403, "forbidden")
    bodies: tuple[dict[str, object], ...] = (
        {"conversation_ids": []},
        {"conversation_ids": ["x"] * 101},
        {"conversation_ids": ["x"], "person_id": "nobody"},
    )
    for wrong in bodies:
        assert (await people["quality_manager"].post("/v1/review-items", json=wrong)).status_code == 422


async def test_what_a_jury_disagrees_on_waits_and_is_written_down(
    door: Door, people: dict[str, httpx.AsyncClient]
) -> None:
    manager = people["quality_manager"]
    judged, raw = [await post_chat(people["admin"]) for _ in range(2)]
    await judge(door, judged, of=people["admin"])
    body = {"items": [{"conversation_id": one, "subjects": ["rudeness", "blame"]} for one in (judged, raw, "no-such")]}
    told = (await manager.post("/v1/jury-disagreements", json=body)).json()["items"]
    assert [one["outcome"] for one in told] == ["added", "not_evaluated", "not_found"]
    item = (await manager.get(f"/v1/review-items/{told[0]['item_id']}")).json()
    assert (item["reasons"], item["details"]) == (["disagreeing"], {"disagreeing": ["blame", "rudeness"]})
    assert item["disagreements"] == [
        {"between": "jury", "subject": one, "version": None} for one in ("blame", "rudeness")
    ]
    lines = (await manager.get("/v1/audit", params={"action": "review_requested"})).json()["items"]
    assert lines[0]["conversation_id"] == judged
    assert (await people["reviewer"].post("/v1/jury-disagreements", json=body)).status_code == 403
    assert (await manager.post("/v1/jury-disagreements", json={"items": []})).status_code == 422


async def test_judged_again_is_one_run_and_only_of_what_was_judged(
    door: Door, people: dict[str, httpx.AsyncClient]
) -> None:
    manager, conversation = people["quality_manager"], await post_chat(people["admin"])
    early = await manager.post(f"/v1/conversations/{conversation}/judge-again")
    assert (early.status_code, early.json()["code"]) == (409, "not_ready")
    await judge(door, conversation, of=people["admin"])
    first, second = [await manager.post(f"/v1/conversations/{conversation}/judge-again") for _ in range(2)]
    assert (first.status_code, first.json()["step"], first.json()["priority"]) == (202, "evaluate", "backfill")
    assert second.json()["id"] == first.json()["id"]
    lines = (await manager.get("/v1/audit", params={"action": "conversation_judged_again"})).json()["items"]
    assert {one["conversation_id"] for one in lines} == {conversation}
    assert (await people["reviewer"].post(f"/v1/conversations/{conversation}/judge-again")).status_code == 403
