"""Dry runs over HTTP: a version tried on past conversations, told with counts and words, and felt by nothing that counts."""

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import httpx
import pytest
import yaml
from auricle_contracts import Code, Evaluation, Overall, Scope, SectionScore, Usage
from auricle_records import dry_runs, results, runs
from auricle_records.runs import RunRow
from fixtures.deliveries import take_up
from fixtures.tenant import USAGE
from integration.gateway import outcomes
from integration.gateway.conftest import Door, running
from integration.gateway.posted import post_chat
from integration.gateway.test_artefacts import live_one, promote, text_of


@pytest.fixture
async def door(postgres_url: str, redis_server: Any, tmp_path: Path) -> AsyncIterator[Door]:
    """A gateway of this test alone: what is live and what was judged is the workspace's."""
    async with running(postgres_url, redis_server.url, tmp_path / "blobs", rate_per_minute=0) as alone:
        yield alone


async def judged(door: Door, **fields: Any) -> str:
    conversation = await post_chat(door.ours, **fields)
    await outcomes.judge(door, conversation, findings=(outcomes.FINDING,))
    return conversation


async def start(client: httpx.AsyncClient, artefact: str, **wanted: Any) -> httpx.Response:
    return await client.post(f"/v1/artefacts/{artefact}/dry-runs", json=wanted)


async def edited(door: Door, change: Any) -> dict[str, Any]:
    """The live scorecard with another body, as a draft."""
    body = yaml.safe_load(await text_of(door.ours, (await live_one(door.ours))["id"]))
    change(body)
    text = yaml.safe_dump(body, allow_unicode=True, sort_keys=False)
    posted = await door.ours.post("/v1/artefacts", json={"kind": "scorecard", "text": text})
    assert posted.status_code == 201, posted.text
    return dict(posted.json())


def asks_less(body: dict[str, Any]) -> None:
    """Another confidence below which a person is asked: stored answers cannot tell that."""
    next(one for one in body["criteria"] if one["id"] == "politeness")["min_confidence"] = 0.99


async def dry_runs_of(door: Door, dry_run: str) -> list[RunRow]:
    """Its runs, taken up by a scorer."""
    compared = await dry_runs.compared(door.db, "ours", dry_run)
    async with door.db.transaction("ours") as connection:
        listed = await connection.exec_driver_sql(
            "SELECT id FROM runs WHERE reason = $1 ORDER BY id", (f"dry {dry_run}",)
        )
        found = [row.id for row in listed]
    assert len(found) == len(compared)
    return [await take_up(door.db, "ours", one) for one in found]


def otherwise(before: Evaluation) -> Evaluation:
    """The same with a lower politeness, without the error, and with a score."""
    answers = tuple(
        one.model_copy(update={"value": 40}) if one.criterion == "politeness" else one for one in before.answers
    )
    score = Overall(points=40.0, passed=False, judged=1.0, sections=(SectionScore(id="a", title="A", points=40.0),))
    return before.model_copy(update={"answers": answers, "findings": (), "overall": score})


async def end(door: Door, run: RunRow) -> None:
    before = (await results.load_evaluation(door.db, "ours", run.conversation_id)).evaluation
    usage: Usage = USAGE.model_copy(update={"device": "NVIDIA L4"})
    assert (await dry_runs.finish(door.db, run, otherwise(before), [usage])).first


async def test_a_version_is_tried_on_what_was_judged_and_nothing_that_counts_changes(door: Door) -> None:
    conversations = [await judged(door) for _ in range(3)]
    before = [(await door.ours.get(f"/v1/conversations/{one}/evaluation")).json() for one in conversations]
    shown = [(await door.ours.get(f"/v1/conversations/{one}")).json() for one in conversations]
    made = await edited(door, asks_less)
    started = await start(door.ours, made["id"], conversations=2)
    assert started.status_code == 202, started.text
    view = started.json()
    assert (view["state"], view["method"], view["of"], view["judged"]) == ("running", "judged", 2, 0)
    mine = await dry_runs_of(door, view["id"])
    assert {one.conversation_id for one in mine} == set(conversations[1:]), "the newest"
    assert {one.priority for one in mine} == {"backfill"}
    await end(door, mine[0])
    half = (await door.ours.get(f"/v1/dry-runs/{view['id']}")).json()
    assert (half["state"], half["judged"], half["compared"]) == ("running", 1, 1)
    await end(door, mine[1])
    told = (await door.ours.get(f"/v1/dry-runs/{view['id']}")).json()
    assert (told["state"], told["judged"], told["failed"], told["same_recipe"]) == ("done", 2, 0, 2)
    (politeness,) = [one for one in told["criteria"] if one["criterion"] == "politeness"]
    assert (politeness["changed"]["found"], politeness["changed"]["looked"]) == (2, 2)
    assert (politeness["means"]["before"], politeness["means"]["after"], politeness["means"]["change"]) == (90, 40, -50)
    assert told["score"]["failed_after"] == 2
    change = next(one for one in told["conversations"][0]["changes"] if one["subject"] == "politeness")
    assert (change["before"]["value"], change["after"]["value"]) == (90, 40)
    assert change["before"]["quotes"] == [{"turn": 2, "text": outcomes.TEXT}]
    assert told["cost"]["tokens_in"] == 1400
    assert told["cost"]["amount_usd"] is not None
    for conversation, one, view_before in zip(conversations, before, shown, strict=True):
        assert (await door.ours.get(f"/v1/conversations/{conversation}/evaluation")).json() == one
        assert (await door.ours.get(f"/v1/conversations/{conversation}")).json() == view_before
    done = await door.ours.get("/v1/conversations", params={"progress": "done"})
    assert {one["id"] for one in done.json()["items"]} == set(conversations)


async def test_a_dry_run_that_dies_is_told_and_no_event_leaves(door: Door) -> None:
    assert (await door.ours.post("/v1/webhooks", json={"url": "https://crm.example.com/hook"})).status_code == 201
    conversation = await judged(door)
    made = await edited(door, asks_less)
    view = (await start(door.ours, made["id"])).json()
    (run,) = await dry_runs_of(door, view["id"])
    events = await outbox_kinds(door)
    assert events == ["evaluation.completed"]
    await runs.fail(door.db, run.id, Code.MODEL_UNAVAILABLE, "x", fatal=True)
    told = (await door.ours.get(f"/v1/dry-runs/{view['id']}")).json()
    assert (told["state"], told["judged"], told["failed"]) == ("done", 0, 1)
    assert await outbox_kinds(door) == events
    assert (await door.ours.get(f"/v1/conversations/{conversation}")).json()["progress"] == "done"


async def outbox_kinds(door: Door) -> list[str]:
    async with door.db.transaction("ours") as connection:
        return [row.type for row in await connection.exec_driver_sql("SELECT type FROM outbox ORDER BY id")]


async def test_weights_alone_are_counted_anew_at_once(door: Door) -> None:
    await judged(door)

    def only_politeness(body: dict[str, Any]) -> None:
        item = {"criterion": "politeness", "weight": 2.0}
        body["sections"] = [{"id": "tone", "title": {"ru": "Тон", "en": "Tone"}, "items": [item]}]
        body["pass_mark"] = 95

    made = await edited(door, only_politeness)
    view = (await start(door.ours, made["id"])).json()
    assert (view["method"], view["state"], view["judged"]) == ("stored", "done", 1)
    told = (await door.ours.get(f"/v1/dry-runs/{view['id']}")).json()
    (change,) = [one for one in told["conversations"][0]["changes"] if one["about"] == "score"]
    assert (change["after"]["state"], change["after"]["value"]) == ("failed", 90)
    assert [one for one in told["criteria"] if one["changed"]["found"]] == []
    assert told["cost"]["tokens_in"] == 0
    assert await dry_runs_rows(door, view["id"]) == 0


async def dry_runs_rows(door: Door, dry_run: str) -> int:
    async with door.db.transaction("ours") as connection:
        listed = await connection.exec_driver_sql("SELECT id FROM runs WHERE reason = $1", (f"dry {dry_run}",))
        return len(listed.all())


async def test_one_at_a_time_of_a_version_and_none_without_conversations(door: Door) -> None:
    made = await edited(door, asks_less)
    assert (await start(door.ours, made["id"])).json()["code"] == "nothing_to_judge"
    await judged(door)
    assert (await start(door.ours, made["id"])).status_code == 202
    assert (await start(door.ours, made["id"])).json()["code"] == "dry_run_open"
    listed = (await door.ours.get(f"/v1/artefacts/{made['id']}/dry-runs")).json()["items"]
    assert [one["state"] for one in listed] == ["running"]
    assert (await start(door.ours, made["id"], channel="email")).json()["code"] in {"nothing_to_judge", "dry_run_open"}


async def test_what_could_not_become_live_or_nobody_is_judged_by_is_not_tried(door: Door) -> None:
    await judged(door)

    def without_rule(body: dict[str, Any]) -> None:
        next(one for one in body["criteria"] if one.get("rule"))["rule"] = "no_such_rule"

    assert (await start(door.ours, (await edited(door, without_rule))["id"])).json()["code"] == "artefact_unfit"
    planned = (await door.ours.get("/v1/artefacts", params={"kind": "error_class", "name": "wrong_fact"})).json()
    refused = await start(door.ours, planned["items"][0]["id"])
    assert (refused.status_code, refused.json()["code"]) == (422, "artefact_unfit")


async def test_a_deleted_conversation_leaves_the_dry_run(door: Door) -> None:
    kept, gone = await judged(door), await judged(door)
    made = await edited(door, asks_less)
    view = (await start(door.ours, made["id"])).json()
    for run in await dry_runs_of(door, view["id"]):
        await end(door, run)
    assert (await door.ours.delete(f"/v1/conversations/{gone}")).status_code in {200, 202, 204}
    told = (await door.ours.get(f"/v1/dry-runs/{view['id']}")).json()
    assert [one["conversation_id"] for one in told["conversations"]] == [kept]
    assert told["of"] == 1


async def test_it_is_evidence_of_the_promotion_and_a_line_of_the_log(door: Door) -> None:
    await judged(door)
    made = await edited(door, asks_less)
    view = (await start(door.ours, made["id"])).json()
    for run in await dry_runs_of(door, view["id"]):
        await end(door, run)
    moved = await promote(door.ours, made["id"], evidence={"f1": 0.8})
    assert moved.json()["evidence"] == {
        "dry_run": {"id": view["id"], "method": "judged", "judged": 1, "changed": 1},
        "f1": 0.8,
    }
    lines = (await door.ours.get("/v1/audit", params={"search": made["id"]})).json()["items"]
    assert "dry_run_started" in {one["action"] for one in lines}


async def test_who_only_reads_starts_none_and_sees_what_came_of_one(door: Door) -> None:
    await judged(door)
    made = await edited(door, asks_less)
    view = (await start(door.ours, made["id"])).json()
    async with await door.client("ours", Scope.READ) as reader:
        assert (await start(reader, made["id"])).status_code == 403
        assert (await reader.get(f"/v1/dry-runs/{view['id']}")).status_code == 200
    assert (await door.theirs.get(f"/v1/dry-runs/{view['id']}")).status_code == 404


async def test_personal_data_in_quotes_is_hidden(door: Door) -> None:
    await judged(door)
    made = await edited(door, asks_less)
    view = (await start(door.ours, made["id"])).json()
    (run,) = await dry_runs_of(door, view["id"])
    before = (await results.load_evaluation(door.db, "ours", run.conversation_id)).evaluation
    said = "мой номер +7 916 123-45-67"
    quote = before.answers[0].quotes[0].model_copy(update={"text": said})
    answer = before.answers[0].model_copy(update={"value": 10, "quotes": (quote,)})
    await dry_runs.finish(door.db, run, before.model_copy(update={"answers": (answer,)}), [])
    told = (await door.ours.get(f"/v1/dry-runs/{view['id']}")).text
    assert "123-45-67" not in told
    assert "мой номер" in told


async def test_a_dry_run_is_stopped_and_what_was_judged_stays(door: Door) -> None:
    for _ in range(3):
        await judged(door)
    draft = await edited(door, asks_less)
    started = (await start(door.ours, draft["id"])).json()
    assert (started["state"], started["of"]) == ("running", 3)
    working = await dry_runs_of_one(door, started["id"])
    async with await door.client("ours", Scope.READ) as reader:
        assert (await reader.post(f"/v1/dry-runs/{started['id']}/stopping")).status_code == 403
    stopped = (await door.ours.post(f"/v1/dry-runs/{started['id']}/stopping")).json()
    assert (stopped["state"], stopped["of"], stopped["stopped"]) == ("running", 3, 2), "what is at work is finished"
    again = (await door.ours.post(f"/v1/dry-runs/{started['id']}/stopping")).json()
    assert again == stopped
    (one,) = await dry_runs.compared(door.db, "ours", started["id"])
    assert one.before.conversation_id == working.conversation_id
    await dry_runs.finish(door.db, working, one.before.evaluation, [USAGE])
    report = (await door.ours.get(f"/v1/dry-runs/{started['id']}")).json()
    assert (report["state"], report["judged"], report["compared"], report["stopped"]) == ("stopped", 1, 1, 2)
    assert (await start(door.ours, draft["id"])).status_code == 202, "another one may begin"
    lines = (await door.ours.get("/v1/audit", params={"action": "dry_run_stopped"})).json()["items"]
    assert [line["details"]["left_out"] for line in lines] == [2]


async def dry_runs_of_one(door: Door, dry_run: str) -> RunRow:
    """One of its runs, taken up by a scorer; the others wait."""
    async with door.db.transaction("ours") as connection:
        listed = await connection.exec_driver_sql(
            "SELECT id FROM runs WHERE reason = $1 ORDER BY id LIMIT 1", (f"dry {dry_run}",)
        )
        (found,) = [row.id for row in listed]
    return await take_up(door.db, "ours", found)


async def test_a_period_is_estimated_first_and_told_by_agent_and_week(door: Door) -> None:
    for day in (2, 3, 9):
        await judged(door, started_at=f"2026-03-{day:02}T10:00:00Z")
    await judged(door)
    made = await edited(door, asks_less)
    march = {"since": "2026-03-01T00:00:00Z", "until": "2026-03-09T00:00:00Z"}
    reply = await door.ours.post(f"/v1/artefacts/{made['id']}/dry-run-estimates", json=march | {"conversations": 1})
    assert reply.status_code == 200, reply.text
    told = reply.json()
    assert (told["method"], told["conversations"], told["in_period"], told["known"]) == ("judged", 1, 2, 1)
    assert (told["tokens_in"], told["tokens_out"]) == (500, 80)
    refused = await start(door.ours, made["id"], **march, budget_tokens=1159)
    assert (refused.status_code, refused.json()["code"]) == (409, "over_budget"), refused.text
    started = await start(door.ours, made["id"], **march, drawn="random", budget_tokens=1160)
    assert (started.status_code, started.json()["of"]) == (202, 2), started.text
    for run in await dry_runs_of(door, started.json()["id"]):
        before = (await results.load_evaluation(door.db, "ours", run.conversation_id)).evaluation
        await dry_runs.finish(door.db, run, before.model_copy(update={"findings": (), "outcomes": ()}), [USAGE])
    report = (await door.ours.get(f"/v1/dry-runs/{started.json()['id']}")).json()
    groups = [(one["by"], one["name"], one["changed"]["looked"]) for one in report["groups"]]
    assert groups == [("agent", "84213", 2), ("week", "2026-03-02", 2)]
