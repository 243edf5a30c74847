"""The registry over HTTP: versions, comparison, promotion and going back, each felt by the next conversation and by no earlier one."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from auricle_cli import app
from auricle_contracts import MemberRole, Recipe, Scope
from auricle_criteria import Bundle, documents
from auricle_records import recipes, runs
from fixtures.postgres import Postgres
from integration.gateway.conftest import Door, running
from integration.gateway.posted import post_chat
from integration.gateway.signed_in import person_of
from typer.testing import CliRunner

SALES = {"kind": "scorecard", "name": "sales"}


@pytest.fixture
async def door(postgres_url: str, redis_server: Any, tmp_path: Path) -> AsyncIterator[Door]:
    """A gateway of this test alone: what is live is the workspace's."""
    async with running(postgres_url, redis_server.url, tmp_path / "blobs", rate_per_minute=0) as alone:
        yield alone


async def live_one(client: httpx.AsyncClient, **filters: str) -> dict[str, Any]:
    (one,) = (await client.get("/v1/artefacts", params=SALES | filters)).json()["items"]
    return dict(one)


async def text_of(client: httpx.AsyncClient, artefact_id: str) -> str:
    return str((await client.get(f"/v1/artefacts/{artefact_id}")).json()["text"])


async def draft(client: httpx.AsyncClient, old: str, new: str, **fields: str) -> dict[str, Any]:
    """The live scorecard with another text, kept as a draft."""
    text = await text_of(client, (await live_one(client))["id"])
    assert old in text
    posted = await client.post("/v1/artefacts", json={"kind": "scorecard", "text": text.replace(old, new)} | fields)
    assert posted.status_code == 201, posted.text
    return dict(posted.json())


async def promote(client: httpx.AsyncClient, artefact_id: str, **fields: Any) -> httpx.Response:
    return await client.post(f"/v1/artefacts/{artefact_id}/promote", json={"reason": "F1 0.81"} | fields)


async def roll_back(client: httpx.AsyncClient, artefact_id: str, **fields: Any) -> httpx.Response:
    return await client.post(f"/v1/artefacts/{artefact_id}/rollback", json={"reason": "False alarms"} | fields)


async def pinned_to(door: Door, conversation: str) -> str:
    """The note of the scorecard that the conversation's run is pinned to, out of what is kept beside its recipe."""
    (run,) = (await door.ours.get(f"/v1/conversations/{conversation}")).json()["runs"]
    hashed = (await runs.get(door.db, "ours", run["id"])).recipe
    recipe, kept = await recipes.load_with_artefacts(door.db, "ours", hashed)
    bundle = Bundle.kept(kept)
    assert bundle is not None
    assert bundle.is_pinned_by(recipe)
    return bundle.scorecard.note


async def test_what_was_shipped_is_live_and_told_with_what_it_is_for(door: Door) -> None:
    listed = (await door.ours.get("/v1/artefacts")).json()["items"]
    assert {one["kind"] for one in listed} == {
        "scorecard", "error_class", "prompt", "flow", "rule", "detector",
    }  # fmt: skip
    assert {one["state"] for one in listed} == {"live"}
    assert all(one["shipped"] and not one["held"] and one["author_kind"] == "shipped" for one in listed)
    used = {one["name"] for one in listed if one["in_use"]}
    assert {"sales", "evaluate", "checklist", "detect"} <= used
    assert "condense" not in used
    sales = await live_one(door.ours)
    assert sales["title"] == {"ru": "Продажи", "en": "Sales"}
    assert "politeness" in sales["serves"]
    assert (await door.ours.get("/v1/artefacts", params={"state": "candidate"})).json()["items"] == []


async def test_promoted_it_judges_the_next_conversation_and_rolled_back_the_old_one_does(door: Door) -> None:
    shipped = await live_one(door.ours)
    before = await post_chat(door.ours)
    made = await draft(door.ours, "note: ", "note: Ours. ")
    assert (made["state"], made["in_use"]) == ("draft", False)
    assert not (await pinned_to(door, await post_chat(door.ours))).startswith("Ours. ")
    moved = await promote(door.ours, made["id"], expected=shipped["id"], evidence={"f1": 0.81})
    assert moved.status_code == 200, moved.text
    assert (moved.json()["from_id"], moved.json()["to_id"]) == (shipped["id"], made["id"])
    during = await post_chat(door.ours)
    assert (await pinned_to(door, during)).startswith("Ours. ")
    assert not (await pinned_to(door, before)).startswith("Ours. ")
    assert (await live_one(door.ours))["id"] == made["id"]
    assert (await live_one(door.theirs))["hash"] == shipped["hash"]
    back = await roll_back(door.ours, made["id"])
    assert (back.json()["to_id"], back.json()["to_held"]) == (shipped["id"], False)
    assert not (await pinned_to(door, await post_chat(door.ours))).startswith("Ours. ")
    assert (await pinned_to(door, during)).startswith("Ours. ")
    history = (await door.ours.get(f"/v1/artefacts/{made['id']}/history")).json()
    assert [(one["action"], one["reason"]) for one in history["promotions"]] == [
        ("rolled_back", "False alarms"),
        ("promoted", "F1 0.81"),
    ]
    assert history["promotions"][1]["evidence"] == {"f1": 0.81}
    assert {one["id"]: one["state"] for one in history["versions"]} == {shipped["id"]: "live", made["id"]: "retired"}
    lines = (await door.ours.get("/v1/audit", params={"search": made["id"]})).json()["items"]
    assert {one["action"] for one in lines} >= {"artefact_added", "artefact_promoted"}


async def test_going_back_twice_goes_back_two_steps_and_shipped_can_be_held(door: Door) -> None:
    shipped = await live_one(door.ours)
    first, second = [await draft(door.ours, "note: ", f"note: {word} ") for word in ("One.", "Two.")]
    for one in (shipped, first, second):
        assert (await promote(door.ours, one["id"])).status_code == 200
    assert (await roll_back(door.ours, second["id"])).json()["to_id"] == first["id"]
    assert (await roll_back(door.ours, second["id"])).json()["code"] == "live_moved"
    back = (await roll_back(door.ours, first["id"])).json()
    assert (back["to_id"], back["to_held"]) == (shipped["id"], True)
    assert (await live_one(door.ours))["held"]
    assert not (await roll_back(door.ours, shipped["id"])).json()["to_held"]
    assert (await roll_back(door.ours, shipped["id"])).json()["code"] == "nothing_before"
    assert (await promote(door.ours, second["id"])).status_code == 200
    assert (await roll_back(door.ours, second["id"], to="shipped")).json()["to_id"] == shipped["id"]


async def test_a_class_that_is_promoted_is_looked_for(door: Door) -> None:
    """And a scorecard may name it from then on, until it is taken back."""
    shipped = (await door.ours.get("/v1/artefacts", params={"kind": "error_class", "name": "dead_air"})).json()["items"]
    text = (await text_of(door.ours, shipped[0]["id"])).replace("id: dead_air", "id: silence_here", 1)
    own = (await door.ours.post("/v1/artefacts", json={"kind": "error_class", "text": text})).json()
    card = await draft(door.ours, "  flow: checklist", "  flow: checklist\n  classes:\n  - error_class: silence_here")
    unfit = await promote(door.ours, card["id"])
    assert (unfit.status_code, unfit.json()["code"]) == (422, "artefact_unfit")
    assert "silence_here" in unfit.json()["detail"]
    assert (await promote(door.ours, own["id"])).status_code == 200
    assert (await promote(door.ours, card["id"])).status_code == 200
    found = (await door.ours.get("/v1/artefacts", params={"name": "silence_here"})).json()["items"]
    assert found[0]["in_use"]
    refused = await roll_back(door.ours, own["id"])
    assert refused.json()["code"] == "artefact_unfit"
    assert (await roll_back(door.ours, card["id"])).status_code == 200
    gone = await roll_back(door.ours, own["id"])
    assert gone.json()["to_id"] is None
    assert (await door.ours.get("/v1/artefacts", params={"name": "silence_here"})).json()["items"] == []


async def test_what_changes_is_told_by_field_and_by_line(door: Door) -> None:
    made = await draft(door.ours, "min_confidence: 0.5", "min_confidence: 0.75")
    shown = (await door.ours.get(f"/v1/artefacts/{made['id']}/diff")).json()
    assert {"criteria.politeness.min_confidence"} <= {one["path"] for one in shown["changes"]}
    assert "+  min_confidence: 0.75" in shown["text"]
    flow = (await door.ours.get("/v1/artefacts", params={"kind": "flow"})).json()["items"][0]["id"]
    other = await door.ours.get(f"/v1/artefacts/{made['id']}/diff", params={"against": flow})
    assert other.status_code == 422


async def test_a_document_that_is_wrong_is_refused_with_line_and_field(door: Door) -> None:
    text = (await text_of(door.ours, (await live_one(door.ours))["id"])).replace("kind: score", "kind: stars", 1)
    refused = await door.ours.post("/v1/artefacts", json={"kind": "scorecard", "text": text})
    told = refused.json()
    assert (refused.status_code, told["code"]) == (422, "artefact_invalid")
    line = text[: text.index("kind: stars")].count("\n") + 1
    assert told["errors"][0]["at"] == f"line {line}: criteria.0.kind"
    assert told["action"]


async def test_the_same_content_is_the_same_version_and_its_figures_are_told(door: Door) -> None:
    made = await draft(door.ours, "note: ", "note: Ours. ", state="candidate")
    again = await door.ours.post("/v1/artefacts", json={"kind": "scorecard", "text": made["text"]})
    assert (again.status_code, again.json()["id"]) == (200, made["id"])
    waiting = (await door.ours.get("/v1/artefacts", params={"state": "candidate"})).json()["items"]
    assert [one["id"] for one in waiting] == [made["id"]]
    figures = {"f1": 0.81, "n": 240}
    changed = await door.ours.patch(f"/v1/artefacts/{made['id']}", json={"figures": figures, "state": "retired"})
    assert (changed.json()["figures"], changed.json()["state"]) == (figures, "retired")
    assert (await promote(door.ours, made["id"])).status_code == 200
    assert (await door.ours.patch(f"/v1/artefacts/{made['id']}", json={"state": "draft"})).json()[
        "code"
    ] == "live_moved"
    too_much = await door.ours.patch(f"/v1/artefacts/{made['id']}", json={"figures": {"x": "y" * 20_000}})
    assert too_much.status_code == 422


async def test_two_managers_do_not_overtake_each_other(door: Door) -> None:
    shipped = await live_one(door.ours)
    first, second = [await draft(door.ours, "note: ", f"note: {word} ") for word in ("One.", "Two.")]
    assert (await promote(door.ours, first["id"], expected=shipped["id"])).status_code == 200
    late = await promote(door.ours, second["id"], expected=shipped["id"])
    assert (late.status_code, late.json()["code"]) == (409, "live_moved")
    assert (await promote(door.ours, first["id"])).json()["code"] == "live_moved"


async def test_who_promotes_is_a_manager_and_an_agent_does_not_look(door: Door) -> None:
    made = await draft(door.ours, "note: ", "note: Ours. ")
    async with (
        await person_of(door.ours, MemberRole.REVIEWER, email="r@ours.example") as reviewer,
        await person_of(door.ours, MemberRole.AGENT, email="a@ours.example") as agent,
        await person_of(door.ours, MemberRole.QUALITY_MANAGER, email="q@ours.example") as manager,
    ):
        assert (await reviewer.get(f"/v1/artefacts/{made['id']}")).status_code == 200
        assert (await promote(reviewer, made["id"])).status_code == 403
        assert (await agent.get("/v1/artefacts")).status_code == 403
        moved = (await promote(manager, made["id"])).json()
        assert (moved["actor_kind"], moved["actor_name"]) == ("person", "q")
    async with await door.client("ours", Scope.READ) as reader:
        assert (await reader.post("/v1/artefacts", json={"kind": "flow", "text": "x"})).status_code == 403


async def test_a_release_whose_files_do_not_fit_judges_by_them_and_refuses_nothing(
    door: Door, postgres: Postgres
) -> None:
    made = await draft(door.ours, "note: ", "note: Ours. ")
    assert (await promote(door.ours, made["id"])).status_code == 200
    database = str(door.db._engine.url.database)
    postgres.admin("UPDATE artefacts SET body = body - 'criteria' WHERE state = 'live'", database=database)
    door.parts.pinned.live.forget("ours")
    assert not (await pinned_to(door, await post_chat(door.ours))).startswith("Ours. ")


def test_every_shipped_name_has_one_hash(door: Door) -> None:
    live = door.parts.pinned.live
    assert {name: documents.kind_of(one) for name, one in live.shipped.flows.items()} == {"checklist": "flow"}
    assert len(live.shipped_hashes) == sum(map(len, live.shipped.by_kind.values()))


async def test_the_commands_walk_from_a_text_to_a_promotion_and_back(door: Door, tmp_path: Path) -> None:
    """Through the client and the real door: what is shown can be edited, added, compared, promoted and taken back."""
    environment = {
        "AURICLE_GATEWAY_URL": door.url,
        "AURICLE_API_KEY": str(door.ours.headers["Authorization"]).split()[1],
    }

    async def run(*words: str) -> str:
        done = await asyncio.to_thread(CliRunner().invoke, app.app, ["artefacts", *words], env=environment)
        assert done.exit_code == 0, done.output
        return done.output

    document = tmp_path / "sales.yaml"
    document.write_text((await run("show", "scorecard/sales", "--text")).replace("note: ", "note: Ours. "))
    reference = (await run("add", "scorecard", str(document), "--candidate")).split()[0]
    assert "+note: Ours. " in await run("diff", reference)
    assert "(shipped) → " in await run("promote", reference, "--reason", "F1 0.81")
    assert (await pinned_to(door, await post_chat(door.ours))).startswith("Ours. ")
    assert " (shipped)" in (await run("rollback", "sales", "--reason", "False alarms")).partition("→")[2]
    assert "False alarms" in await run("history", reference)


async def test_a_workspace_may_require_a_gate(door: Door) -> None:
    client = door.ours
    first = await draft(client, "version: ", "version: 1")
    live = (await live_one(client))["hash"]
    assert (await client.put("/v1/golden-settings", json={"gate_required": True})).status_code == 200

    async def told(**gate: Any) -> httpx.Response:
        if gate:
            figures = {"figures": {"gate": gate}}
            assert (await client.patch(f"/v1/artefacts/{first['id']}", json=figures)).status_code == 200
        return await promote(client, first["id"])

    for gate in ({}, {"verdict": "too_few", "live": live}, {"verdict": "passed", "live": "another"}):
        refused = await told(**gate)
        assert (refused.status_code, refused.json()["code"]) == (409, "gate_not_passed"), refused.text
    promoted = await told(verdict="passed", items=80, live=live, subjects=[1])
    assert promoted.status_code == 200, promoted.text
    assert promoted.json()["evidence"]["gate"] == {"verdict": "passed", "items": 80, "live": live}
    assert (await roll_back(client, first["id"])).status_code == 200  # going back waits for nothing


ADAPTER = """
id: judge
version: 1
note: 193 conversations of our own
base: google/gemma-3-270m
base_hash: "{zeros}"
data: f6948b49c8ffecfa
rank: 16
files:
  - {{path: adapter.gguf, sha256: "{zeros}"}}
""".format(zeros="0" * 64)


async def recipe_of(door: Door, conversation: str) -> Recipe:
    (run,) = (await door.ours.get(f"/v1/conversations/{conversation}")).json()["runs"]
    return await recipes.load(door.db, "ours", (await runs.get(door.db, "ours", run["id"])).recipe)


async def test_a_live_adapter_is_pinned_by_its_name_and_gone_when_it_is_taken_back(door: Door) -> None:
    before = await recipe_of(door, await post_chat(door.ours))
    posted = await door.ours.post("/v1/artefacts", json={"kind": "adapter", "text": ADAPTER, "state": "candidate"})
    assert posted.status_code == 201, posted.text
    made = posted.json()
    assert (await promote(door.ours, made["id"])).status_code == 200
    during = await recipe_of(door, await post_chat(door.ours))
    assert (during.adapter, during.language_model) == (f"judge@{made['hash']}", f"judge-{made['hash']}")
    assert during.weights is None
    (live,) = (await door.ours.get("/v1/artefacts", params={"kind": "adapter"})).json()["items"]
    assert (live["id"], live["held"], live["in_use"]) == (made["id"], True, True)
    assert (await door.theirs.get("/v1/artefacts", params={"kind": "adapter"})).json()["items"] == []
    back = await roll_back(door.ours, made["id"])
    assert (back.json()["to_id"], back.json()["to_held"]) == (None, False)
    assert await recipe_of(door, await post_chat(door.ours)) == before


async def test_an_adapter_that_nobody_asks_is_unfit(door: Door) -> None:
    other = ADAPTER.replace("id: judge", "id: speech")
    made = (await door.ours.post("/v1/artefacts", json={"kind": "adapter", "text": other})).json()
    refused = await promote(door.ours, made["id"])
    assert (refused.status_code, refused.json()["code"]) == (422, "artefact_unfit")
