"""What the knowledge base says no more: findings that cite it are stale, are judged again once, and classes without an article are gaps."""

from typing import Any

import httpx
import pytest
import yaml
from auricle_contracts import Finding, Scope
from auricle_contracts.knowledge import Citation
from auricle_records import results
from fixtures.deliveries import take_up
from fixtures.tenant import an_evaluation
from integration.gateway import outcomes
from integration.gateway.conftest import Door
from integration.gateway.posted import post_chat
from integration.gateway.test_knowledge import ARTICLES, MARKDOWN, RETURNS, article

STALE, GAPS = "/v1/knowledge/stale", "/v1/knowledge/gaps"
AGAIN = f"{STALE}/judge-again"


def citing(view: dict[str, Any], passage: dict[str, Any]) -> Finding:
    """A finding that rests on a passage as it reads now."""
    cited = Citation(
        article_id=view["id"], reference=view["reference"], title=view["title"], version=view["version"],
        passage=passage["id"], headings=tuple(passage["headings"]), text=passage["text"],
    )  # fmt: skip
    return outcomes.FINDING.model_copy(update={"citation": cited, "knowledge": view["reference"]})


async def passages(client: httpx.AsyncClient, view: dict[str, Any]) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = (await client.get(f"{ARTICLES}/{view['id']}")).json()["passages"]
    return found


async def findings(client: httpx.AsyncClient, conversation: str) -> list[dict[str, Any]]:
    reply = await client.get(f"/v1/conversations/{conversation}/evaluation")
    found: list[dict[str, Any]] = reply.json()["evaluation"]["findings"]
    return found


async def cited(door: Door, reference: str, passage: int = 0) -> tuple[dict[str, Any], str]:
    """An article, and a conversation with a finding that cites it."""
    view = await article(door.ours, reference)
    conversation = await post_chat(door.ours)
    finding = citing(view, (await passages(door.ours, view))[passage])
    await outcomes.judge(door, conversation, findings=(finding,))
    return view, conversation


async def change(door: Door, view: dict[str, Any], before: str, after: str) -> None:
    made = await door.ours.post(
        f"{ARTICLES}/{view['id']}/versions", content=RETURNS.replace(before, after), headers={"Content-Type": MARKDOWN}
    )
    assert made.status_code == 201, made.text


async def stale_of(door: Door, reference: str) -> list[tuple[str, int, int]]:
    items = (await door.ours.get(STALE)).json()["items"]
    return [(one["now"], one["findings"], one["conversations"]) for one in items if one["reference"] == reference]


async def listed(door: Door, conversation: str, *, stale: bool) -> bool:
    page = await door.ours.get("/v1/conversations", params={"stale": stale, "id": conversation})
    return [one["id"] for one in page.json()["items"]] == [conversation]


async def test_a_finding_is_stale_once_its_own_passage_reads_otherwise(door: Door) -> None:
    view, conversation = await cited(door, "terms")
    await change(door, view, "десяти рабочих", "трёх рабочих")
    assert [one["stale"] for one in await findings(door.ours, conversation)] == [False], "another passage was changed"
    assert await stale_of(door, "terms") == []
    await change(door, view, "четырнадцати", "тридцати")
    (found,) = await findings(door.ours, conversation)
    assert found["stale"]
    assert "четырнадцати" in found["citation"]["text"], "what was cited then stays to be read"
    assert await stale_of(door, "terms") == [("changed", 1, 1)]
    assert await listed(door, conversation, stale=True)
    assert not await listed(door, conversation, stale=False)
    await change(door, view, "-", "-")
    assert [one["stale"] for one in await findings(door.ours, conversation)] == [False], "it says again what was cited"


async def test_a_retired_and_a_removed_article_make_findings_stale(door: Door) -> None:
    view, conversation = await cited(door, "leaving")
    path = f"{ARTICLES}/{view['id']}"
    await door.ours.patch(path, json={"state": "retired"})
    assert await stale_of(door, "leaving") == [("retired", 1, 1)]
    await door.ours.patch(path, json={"state": "active"})
    assert await stale_of(door, "leaving") == []
    await door.ours.delete(path)
    assert [one["stale"] for one in await findings(door.ours, conversation)] == [True]
    assert await stale_of(door, "leaving") == [("removed", 1, 1)]


async def test_a_finding_that_a_person_rejected_is_nobodys_to_judge_again(door: Door) -> None:
    view, conversation = await cited(door, "rejected")
    (found,) = await findings(door.ours, conversation)
    await door.ours.post(f"/v1/conversations/{conversation}/findings/{found['id']}/labels", json={"verdict": "reject"})
    await door.ours.delete(f"{ARTICLES}/{view['id']}")
    assert await stale_of(door, "rejected") == []
    assert await listed(door, conversation, stale=False)


async def test_stale_findings_are_judged_again_once_however_often_it_is_asked(door: Door) -> None:
    view, conversation = await cited(door, "again")
    before = len((await door.ours.get(f"/v1/conversations/{conversation}")).json()["runs"])
    await door.ours.delete(f"{ARTICLES}/{view['id']}")
    of_article = {"article_id": view["id"]}
    first = await door.ours.post(AGAIN, params=of_article)
    assert (first.status_code, first.json()) == (202, {"runs": 1, "already": 0, "left": 0})
    second = await door.ours.post(AGAIN, params=of_article)
    assert second.json() == {"runs": 0, "already": 1, "left": 0}
    runs = (await door.ours.get(f"/v1/conversations/{conversation}")).json()["runs"]
    assert len(runs) == before + 1
    (asked,) = [one for one in runs if one["reason"].startswith("articles ")]
    assert (asked["step"], asked["state"], asked["priority"]) == ("evaluate", "waiting", "backfill")
    run = await take_up(door.db, "ours", asked["id"])
    await results.commit_evaluation(door.db, run, an_evaluation(run))
    assert await findings(door.ours, conversation) == []
    assert (await door.ours.post(AGAIN, params=of_article)).json() == {"runs": 0, "already": 0, "left": 0}
    audited = (await door.ours.get("/v1/audit", params={"search": view["id"]})).json()["items"]
    assert [one["action"] for one in audited].count("stale_judged_again") == 1


async def test_who_reads_does_not_spend(door: Door) -> None:
    async with await door.client("ours", Scope.READ) as reader:
        assert (await reader.get(STALE)).status_code == 200
        assert (await reader.post(AGAIN)).status_code == 403


async def test_nobody_sees_or_judges_again_what_is_stale_elsewhere(door: Door) -> None:
    view, _ = await cited(door, "foreign")
    await door.ours.delete(f"{ARTICLES}/{view['id']}")
    assert (await door.theirs.get(STALE)).json()["items"] == []
    assert (await door.theirs.post(AGAIN)).json() == {"runs": 0, "already": 0, "left": 0}


async def test_a_class_without_an_active_article_is_a_gap(door: Door) -> None:
    """The shipped classes name no article; one that names a retired one is a gap of another kind."""
    found = (await door.theirs.get(GAPS)).json()
    gaps = {one["error_class"]: one for one in found["items"]}
    assert len(gaps) == found["classes"] > 80
    assert (gaps["blame"]["why"], gaps["blame"]["articles"]) == ("none", [])
    looked_for = [one["looked_for"] for one in found["items"]]
    assert looked_for == sorted(looked_for, reverse=True)
    assert any(looked_for)


async def test_a_class_that_names_an_article_has_a_gap_only_while_that_is_not_there(door: Door) -> None:
    shown = (await door.ours.get("/v1/artefacts", params={"kind": "error_class", "name": "stop_words"})).json()["items"]
    text = (await door.ours.get(f"/v1/artefacts/{shown[0]['id']}")).json()["text"]
    naming = yaml.safe_dump(yaml.safe_load(text) | {"articles": ["tone-of-voice"]}, allow_unicode=True)
    made = await door.ours.post("/v1/artefacts", json={"kind": "error_class", "text": naming})
    assert made.status_code == 201, made.text
    promoted = await door.ours.post(f"/v1/artefacts/{made.json()['id']}/promote", json={"reason": "cites"})
    assert promoted.status_code == 200, promoted.text
    assert await gap(door, "stop_words") == ("missing", ["tone-of-voice"])
    await article(door.ours, "tone-of-voice")
    assert await gap(door, "stop_words") is None


async def gap(door: Door, error_class: str) -> tuple[str, list[str]] | None:
    items = (await door.ours.get(GAPS)).json()["items"]
    return next(((one["why"], one["articles"]) for one in items if one["error_class"] == error_class), None)


@pytest.mark.parametrize("query", [{"article_id": ""}, {"article_id": "x" * 5000}])
async def test_a_wrong_article_is_refused(door: Door, query: dict[str, str]) -> None:
    assert (await door.ours.post(AGAIN, params=query)).status_code == 422
