"""Rules and detectors as versions: checked by the rules service before they are kept, pinned by what comes in, taken back."""

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from auricle_criteria import Bundle
from auricle_records import recipes, runs
from auricle_rules import app, wiring
from auricle_rules.settings import RulesSettings
from integration.gateway.conftest import PROMPTS, Door, running
from integration.gateway.posted import post_chat
from integration.scorer.conftest import running as served

DETECTOR = """id: rudeness
version: 9
note: Words that we do not want to hear.
found:
- says: [карамболь]
"""
RULE = """id: own
version: 1
note: Ours.
title: {ru: Наше, en: Ours}
look_for: {kind: pattern, pattern: x}
examples:
- turns: [{role: agent, text: x}]
  value: 1
"""


@pytest.fixture(scope="module")
async def rules_url() -> AsyncIterator[str]:
    """The rules service over the shipped prompts."""
    async with wiring.wire(RulesSettings(prompts_dir=PROMPTS)) as parts, served(app.create_app(parts)) as address:
        yield address


@pytest.fixture
async def door(postgres_url: str, redis_server: Any, tmp_path: Path, rules_url: str) -> AsyncIterator[Door]:
    """A gateway of this test alone: what is live is the workspace's."""
    async with running(
        postgres_url, redis_server.url, tmp_path / "blobs", rate_per_minute=0, rules_url=rules_url
    ) as alone:
        yield alone


async def posted(client: httpx.AsyncClient, kind: str, text: str) -> httpx.Response:
    return await client.post("/v1/artefacts", json={"kind": kind, "text": text})


async def live_text(client: httpx.AsyncClient, kind: str, name: str) -> str:
    (one,) = (await client.get("/v1/artefacts", params={"kind": kind, "name": name})).json()["items"]
    return str((await client.get(f"/v1/artefacts/{one['id']}")).json()["text"])


async def pinned(door: Door, conversation: str) -> tuple[str, Bundle]:
    """The rules that the conversation's run is pinned to, and what is kept beside its recipe."""
    (run,) = (await door.ours.get(f"/v1/conversations/{conversation}")).json()["runs"]
    recipe, kept = await recipes.load_with_artefacts(
        door.db, "ours", (await runs.get(door.db, "ours", run["id"])).recipe
    )
    bundle = Bundle.kept(kept)
    assert bundle is not None
    assert bundle.is_pinned_by(recipe)
    return recipe.rules, bundle


async def test_a_detector_that_is_live_is_pinned_with_its_content_until_it_is_taken_back(door: Door) -> None:
    shipped, _ = await pinned(door, await post_chat(door.ours))
    made = (await posted(door.ours, "detector", DETECTOR)).json()
    moved = await door.ours.post(f"/v1/artefacts/{made['id']}/promote", json={"reason": "Heard on Monday"})
    assert moved.status_code == 200, moved.text
    during = await post_chat(door.ours)
    rules, bundle = await pinned(door, during)
    assert rules.startswith(f"{shipped}+")
    assert bundle.rule_changes is not None
    assert "карамболь" in bundle.rule_changes.detectors[0]
    assert (await pinned(door, await post_chat(door.ours)))[0] == rules
    assert (await door.ours.post(f"/v1/artefacts/{made['id']}/rollback", json={"reason": "Enough"})).status_code == 200
    after, plain = await pinned(door, await post_chat(door.ours))
    assert (after, plain.rule_changes) == (shipped, None)
    assert (await pinned(door, during))[0] == rules


async def test_a_rule_of_ones_own_may_be_named_by_a_scorecard_once_it_is_live(door: Door) -> None:
    text = (await live_text(door.ours, "rule", "greeting")).replace("id: greeting", "id: own_greeting", 1)
    made = (await posted(door.ours, "rule", text)).json()
    card = (await live_text(door.ours, "scorecard", "sales")).replace("rule: greeting", "rule: own_greeting", 1)
    wanted = (await posted(door.ours, "scorecard", card)).json()
    unfit = await door.ours.post(f"/v1/artefacts/{wanted['id']}/promote", json={"reason": "Ours"})
    assert (unfit.status_code, unfit.json()["code"]) == (422, "artefact_unfit")
    for one in (made, wanted):
        done = await door.ours.post(f"/v1/artefacts/{one['id']}/promote", json={"reason": "Ours"})
        assert done.status_code == 200, done.text
    (listed,) = (await door.ours.get("/v1/artefacts", params={"kind": "rule", "name": "own_greeting"})).json()["items"]
    assert listed["in_use"]


@pytest.mark.parametrize(
    ("kind", "text", "said"),
    [
        ("detector", DETECTOR.replace("says: [карамболь]", 'matches: ["(a"]'), "rudeness"),
        ("detector", DETECTOR.replace("карамболь", '"{nowhere}"'), "nowhere"),
        ("rule", RULE.replace("pattern: x", "pattern: (?=x)"), "own"),
        ("rule", RULE.replace("value: 1", "value: 5"), "example 1"),
    ],
    ids=["open bracket", "no such wording", "look-around", "missed example"],
)
async def test_what_the_rules_service_cannot_use_is_never_kept(door: Door, kind: str, text: str, said: str) -> None:
    refused = await posted(door.ours, kind, text)
    assert (refused.status_code, refused.json()["code"]) == (422, "artefact_unfit"), refused.text
    assert said in refused.json()["detail"]
    checked = (await door.ours.post("/v1/artefact-checks", json={"kind": kind, "text": text})).json()
    assert checked["code"] == "artefact_unfit"
    assert (await door.ours.get("/v1/artefacts", params={"state": "draft", "kind": kind})).json()["items"] == []


async def test_without_the_rules_service_nothing_is_kept_and_the_caller_may_try_again(
    postgres_url: str, redis_server: Any, tmp_path: Path
) -> None:
    async with running(postgres_url, redis_server.url, tmp_path / "blobs", rules_url="http://127.0.0.1:9") as alone:
        refused = await posted(alone.ours, "detector", DETECTOR)
        assert (refused.status_code, refused.json()["code"]) == (503, "dependency_unavailable")
        assert (await posted(alone.ours, "flow", await live_text(alone.ours, "flow", "checklist"))).status_code == 200
