"""GET /v1/fairness: what people changed of reviewed conversations, by group, and only of those that were reviewed to the end."""

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from typing import Any

import httpx
import pytest
from auricle_contracts import ClassOutcome, DetectionState
from auricle_contracts.review import ReviewSettings
from auricle_records.review import triage
from integration.gateway import outcomes
from integration.gateway.conftest import Door
from integration.gateway.posted import fresh, post_chat
from integration.gateway.signed_in import person_of

EVERYTHING = ReviewSettings(audited_share=1, agent_week=0, unsure_below=0, rare_class_below=0, blind_share=0)


@pytest.fixture(scope="module")
async def manager(door: Door) -> AsyncIterator[httpx.AsyncClient]:
    async with AsyncExitStack() as stack:
        yield await stack.enter_async_context(await person_of(door.ours, "quality_manager", email="fair@ours.example"))


@pytest.fixture(scope="module")
async def lines(door: Door, manager: httpx.AsyncClient) -> tuple[str, str]:
    """On the first line both findings are rejected and a score is changed; on the second all is let stand; a third chat waits."""
    first, second = f"fair-{fresh()}-a", f"fair-{fresh()}-b"
    assert (await manager.put("/v1/review-settings", json=EVERYTHING.model_dump())).status_code == 200
    for line in (first, first, second):
        chat = await post_chat(door.ours, line=line, language="ru")
        evaluation = await outcomes.judge(door, chat, findings=(outcomes.FINDING,))
        if line == first:
            rejected = f"/v1/conversations/{chat}/findings/{evaluation}.0/labels"
            assert (await manager.post(rejected, json={"verdict": "reject"})).is_success
            said = {"conversation_id": chat, "criterion": "politeness", "value": 40}
            assert (await manager.post("/v1/labels", json=said)).is_success
    await post_chat(door.ours, line=second)
    await triage.triage(door.db, "ours")
    for one in (await manager.get("/v1/review-items", params={"line": "fair-"})).json()["items"]:
        assert (await manager.post(f"/v1/review-items/{one['id']}/done")).status_code == 200
    return first, second


async def asked(client: httpx.AsyncClient, **query: Any) -> dict[str, Any]:
    reply = await client.get("/v1/fairness", params={"line": "fair-", **query})
    assert reply.status_code == 200, reply.text
    return dict(reply.json())


async def test_groups_have_figures_and_control(manager: httpx.AsyncClient, lines: tuple[str, str]) -> None:
    found = await asked(manager, by="line")
    assert (found["reviewed"], found["tests"]) == (3, 0)
    groups = {one["name"]: one for one in found["groups"]}
    assert set(groups) == set(lines)
    corrected = {one["measure"]: one["share"] for one in groups[lines[0]]["figures"]}
    assert (corrected["changed"]["found"], corrected["false_alarm"]["found"], corrected["too_high"]["found"]) == (
        2,
        2,
        2,
    )
    assert (corrected["missed"]["found"], corrected["too_low"]["found"]) == (0, 0)
    stood = {one["measure"]: one["share"]["found"] for one in groups[lines[1]]["figures"]}
    assert set(stood.values()) == {0}
    control = groups[lines[0]]["control"]
    assert (control["machine_errors"]["found"], control["people_errors"]["found"]) == (2, 0)
    assert control["score"]["value"] == 50
    assert {one["verdict"] for group in found["groups"] for one in group["figures"]} == {"too_few"}


@pytest.mark.parametrize(("by", "name"), [("language", "ru"), ("quality", ""), ("length", ""), ("agent", "84213")])
async def test_every_grouping(manager: httpx.AsyncClient, lines: tuple[str, str], by: str, name: str) -> None:
    found = await asked(manager, by=by, line=lines[0])
    assert [(one["name"], one["reviewed"]) for one in found["groups"]] == [(name, 2)]


async def test_only_the_random_share(manager: httpx.AsyncClient, lines: tuple[str, str]) -> None:
    found = await asked(manager, audited="true")
    assert (found["audited"], found["reviewed"]) == (True, 3), "all of them were drawn, at a share of 1"


async def test_a_file_has_a_line_for_each_group_and_measure(manager: httpx.AsyncClient, lines: tuple[str, str]) -> None:
    reply = await manager.get("/v1/fairness/export", params={"line": lines[0]})
    assert reply.status_code == 200
    assert reply.headers["content-disposition"] == 'attachment; filename="fairness-line.csv"'
    rows = reply.text.removeprefix("\ufeff").splitlines()
    assert len(rows) == 1 + 6
    assert rows[1].startswith(f"{lines[0]};changed;2;2;1,0;")
    trail = (await manager.get("/v1/audit")).json()["items"]
    assert any(one["action"] == "exported" and one["subject"] == "fairness" for one in trail)


async def test_an_analyst_does_not_see_who_is_corrected(door: Door) -> None:
    async with await person_of(door.ours, "analyst", email="unfair@ours.example") as analyst:
        for path in ("/v1/fairness", "/v1/drift"):
            assert (await analyst.get(path)).status_code == 403


async def test_drift_tells_weeks_the_watch_and_what_comes_in(
    manager: httpx.AsyncClient, lines: tuple[str, str]
) -> None:
    reply = await manager.get("/v1/drift", params={"line": "fair-"})
    assert reply.status_code == 200, reply.text
    found = reply.json()
    (week,) = found["weeks"]
    assert (week["changed"]["found"], week["changed"]["looked"]) == (2, 3)
    assert (found["watch"]["state"], found["watch"]["n"], found["watch"]["usual"]) == ("too_few", 3, None)
    (rude,) = found["prevalence"]
    assert (rude["error_class"], rude["share"]["found"], rude["share"]["looked"]) == ("rudeness", 1, 3)
    inputs = {one["input"]: one for one in found["inputs"]}
    assert set(inputs) == {"channel", "language", "length", "confidence"}
    assert inputs["language"]["bins"] == [{"name": "ru", "before": 0, "now": 3}]
    assert inputs["confidence"]["bins"] == [{"name": "under_0.95", "before": 0, "now": 3}]
    assert {one["state"] for one in found["inputs"]} == {"too_few"}


async def test_how_often_a_class_occurs_says_how_it_is_known(
    door: Door, manager: httpx.AsyncClient, lines: tuple[str, str]
) -> None:
    path, only = "/v1/error-classes/stop_words/prevalence", {"line": lines[0]}
    found = (await manager.get(path, params=only)).json()
    assert (found["method"], found["machine"]["looked"], found["audited"]["looked"]) == ("none", 0, 0), "nobody looked"
    line, live = f"often-{fresh()}", outcomes.FINDING.model_copy(update={"error_class": "stop_words"})
    looked = [DetectionState.FOUND] * 12 + [DetectionState.NOT_FOUND] * 12 + [DetectionState.UNDETERMINED]
    for place, state in enumerate(looked):
        chat = await post_chat(door.ours, line=line)
        outcome = ClassOutcome(error_class="stop_words", version="1", state=state, step="detect")
        findings = (live,) if state is DetectionState.FOUND else ()
        evaluation = await outcomes.judge(door, chat, findings=findings, looked=(outcome,))
        if place < 3:
            rejected = f"/v1/conversations/{chat}/findings/{evaluation}.0/labels"
            assert (await manager.post(rejected, json={"verdict": "reject"})).is_success
    machine = (await manager.get(path, params={"line": line})).json()
    assert (machine["method"], machine["share"], machine["machine"]["looked"]) == ("machine", 0.5, 24)
    await triage.triage(door.db, "ours")
    for one in (await manager.get("/v1/review-items", params={"line": line, "limit": 50})).json()["items"]:
        assert (await manager.post(f"/v1/review-items/{one['id']}/done")).status_code == 200
    told = (await manager.get(path, params={"line": line})).json()
    assert (told["method"], told["audited"]["found"], told["audited"]["looked"]) == ("corrected", 9, 24)
    assert told["share"] == pytest.approx(0.5 * 9 / 12)
    assert told["low"] < told["share"] < told["high"]
    experimental = (await manager.get("/v1/error-classes/rudeness/prevalence")).json()
    assert experimental["audited"]["looked"] == 0, "reviewers do not answer for it"
    assert (await manager.get("/v1/error-classes/nothing/prevalence")).status_code == 404
