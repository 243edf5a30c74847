"""What an accepted appeal led to: a promotion names it, its agent is told in which version, and when that version was taken back."""

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from pathlib import Path
from typing import Any

import httpx
import pytest
import yaml
from auricle_records import outbox, webhooks
from integration.gateway.conftest import Door, running
from integration.gateway.signed_in import person_of
from integration.gateway.test_appeals import ANOTHERS, MINE, contest, decide, judged

EVENT = "appeal.led_to_change"


@pytest.fixture
async def door(postgres_url: str, redis_server: Any, tmp_path: Path) -> AsyncIterator[Door]:
    """A gateway of this test alone: what is live is the workspace's."""
    async with running(postgres_url, redis_server.url, tmp_path / "blobs", rate_per_minute=0) as alone:
        yield alone


@pytest.fixture
async def cast(door: Door) -> AsyncIterator[dict[str, httpx.AsyncClient]]:
    async with AsyncExitStack() as stack:
        people = {"anna": ("agent", (MINE,)), "boris": ("agent", (ANOTHERS,)), "quinn": ("quality_manager", ())}
        yield {
            name: await stack.enter_async_context(
                await person_of(door.ours, role, email=f"{name}@changes.example", references=references)
            )
            for name, (role, references) in people.items()
        }


async def version(client: httpx.AsyncClient, name: str, note: str) -> dict[str, Any]:
    """A candidate of this error class, beside the one that is live."""
    (live,) = (await client.get("/v1/artefacts", params={"kind": "error_class", "name": name})).json()["items"]
    body = yaml.safe_load((await client.get(f"/v1/artefacts/{live['id']}")).json()["text"])
    said = {"kind": "error_class", "text": yaml.safe_dump(body | {"note": note}, allow_unicode=True)}
    posted = await client.post("/v1/artefacts", json=said | {"state": "candidate"})
    assert posted.status_code == 201, posted.text
    return dict(posted.json())


async def decided(door: Door, cast: dict[str, httpx.AsyncClient], verdict: str = "accepted") -> str:
    """An appeal of Anna's against a finding of rudeness."""
    conversation, finding = await judged(door)
    appeal = (await contest(cast["anna"], conversation, finding_id=finding)).json()
    assert (await decide(cast["quinn"], appeal["id"], verdict)).status_code == 200
    return str(appeal["id"])


async def promote(client: httpx.AsyncClient, artefact: dict[str, Any], *appeals: str) -> httpx.Response:
    said = {"reason": "Asked for it is no rudeness", "appeals": appeals}
    return await client.post(f"/v1/artefacts/{artefact['id']}/promote", json=said)


async def test_an_agent_is_told_what_an_appeal_changed(door: Door, cast: dict[str, httpx.AsyncClient]) -> None:
    hook, _ = await webhooks.add(door.db, "ours", url="https://crm.example/changes", events=(EVENT,))
    quinn, anna = cast["quinn"], cast["anna"]
    accepted, partly, rejected = [await decided(door, cast, one) for one in ("accepted", "partly", "rejected")]
    made = await version(quinn, "rudeness", "Asked for")
    waiting = (await quinn.get("/v1/appeals", params={"for_artefact": made["id"]})).json()["items"]
    assert {one["id"] for one in waiting} == {accepted, partly}, "what was rejected changes nothing"
    moved = await promote(quinn, made, accepted, partly, accepted)
    assert moved.status_code == 200, moved.text
    told = (await anna.get(f"/v1/appeals/{accepted}")).json()["changes"]
    assert [(one["artefact_id"], one["kind"], one["name"], one["version"], one["taken_back_at"]) for one in told] == [
        (made["id"], "error_class", "rudeness", made["version"], None)
    ]
    assert told[0]["replaced_id"] == moved.json()["from_id"]
    assert (await anna.get(f"/v1/appeals/{rejected}")).json()["changes"] == []
    assert (await cast["boris"].get(f"/v1/appeals/{accepted}")).status_code == 404
    assert (await quinn.get("/v1/appeals", params={"for_artefact": made["id"]})).json()["items"] == []
    due = [one.event for one in await outbox.due(door.db) if one.endpoint_id == hook.id]
    assert {(one.type, one.data.appeal_id, one.data.artefact_id) for one in due} == {
        (EVENT, accepted, made["id"]), (EVENT, partly, made["id"]),
    }  # fmt: skip
    assert len(due) == 2, "each once"
    history = (await quinn.get(f"/v1/artefacts/{made['id']}/history")).json()["promotions"]
    assert set(history[0]["appeals"]) == {accepted, partly}


async def test_a_version_that_was_taken_back_is_told_so_until_it_is_live_again(
    door: Door, cast: dict[str, httpx.AsyncClient]
) -> None:
    appeal = await decided(door, cast)
    made = await version(cast["quinn"], "rudeness", "Asked for")
    await promote(cast["quinn"], made, appeal)
    back = await cast["quinn"].post(f"/v1/artefacts/{made['id']}/rollback", json={"reason": "False alarms"})
    assert back.status_code == 200, back.text
    (told,) = (await cast["anna"].get("/v1/appeals")).json()["items"][0]["changes"]
    assert told["taken_back_at"] == back.json()["created_at"]
    await promote(cast["quinn"], made)
    (told,) = (await cast["anna"].get("/v1/appeals")).json()["items"][0]["changes"]
    assert told["taken_back_at"] is None


async def test_a_version_answers_only_what_it_decides(door: Door, cast: dict[str, httpx.AsyncClient]) -> None:
    quinn, appeal = cast["quinn"], await decided(door, cast)
    rejected = await decided(door, cast, "rejected")
    other, right = await version(quinn, "interrupting", "x"), await version(quinn, "rudeness", "x")
    for artefact, named in ((other, appeal), (right, rejected), (right, "0193-nowhere")):
        refused = await promote(quinn, artefact, named)
        assert (refused.status_code, refused.json()["code"]) == (422, "appeal_unfit")
        assert (await quinn.get(f"/v1/artefacts/{artefact['id']}")).json()["state"] == "candidate", "nothing moved"
    assert (await cast["anna"].get(f"/v1/appeals/{appeal}")).json()["changes"] == []
    nowhere = await quinn.get("/v1/appeals", params={"for_artefact": "0193-nowhere"})
    assert nowhere.status_code == 404
