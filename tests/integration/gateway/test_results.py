"""What comes out: transcript, evaluation with costs, digest, recording by ranges, agents, export, runs, deletion."""

import io
import json
import re
import zipfile
from typing import Any

import openpyxl
import pyarrow.parquet as pq
import pytest
from auricle_contracts import STREAMS, Code, Recipe, Scope, Step
from auricle_records import runs
from fixtures.deliveries import take_up
from integration.gateway import outcomes
from integration.gateway.conftest import Door
from integration.gateway.posted import fresh, post_call, post_chat, wav


@pytest.fixture(scope="module")
async def call(door: Door) -> str:
    """A call, heard and judged."""
    conversation = await post_call(door.ours, external_id="call-84213")
    await outcomes.hear(door, conversation)
    await outcomes.judge(door, conversation)
    return conversation


async def test_nothing_yet_is_not_ready(door: Door) -> None:
    waiting = await post_call(door.ours)
    for what in ("transcript", "evaluation", "digest", "recording/peaks"):
        response = await door.ours.get(f"/v1/conversations/{waiting}/{what}")
        assert (response.status_code, response.json()["code"]) == (409, "not_ready")
        assert response.headers["retry-after"]


async def test_the_report_has_answers_digest_and_costs(door: Door, call: str) -> None:
    report = (await door.ours.get(f"/v1/conversations/{call}/evaluation")).json()
    choices = await door.parts.pinned.choices(door.db, "ours")
    assert report["choices"] == {name: list(listed) for name, listed in choices.items()}
    assert {"stage", "intent"} <= set(report["choices"])
    states = {answer["criterion"]: answer["state"] for answer in report["evaluation"]["answers"]}
    assert (states["politeness"], states["objection_handling"], states["sale_chance"]) == (
        "answered",
        "not_applicable",
        "undetermined",
    )
    assert report["digest"]["lines"][0]["text"] == outcomes.TEXT
    costs = {line["usage"]["part"]: (line["amount_usd"], line["prices_dated"]) for line in report["costs"]}
    assert costs["judge"] == ("0.00040240", "2026-11-01")
    assert costs["speech"] == (None, "2026-11-01")
    assert (await door.ours.get(f"/v1/conversations/{call}/digest")).json() == report["digest"]
    recipe = Recipe.model_validate_json((await door.ours.get(f"/v1/conversations/{call}/recipe")).content)
    assert recipe.hash == report["evaluation"]["recipe"]
    assert recipe.scorecard.startswith("sales@")


async def test_the_transcript_and_peaks(door: Door, call: str) -> None:
    transcript = (await door.ours.get(f"/v1/conversations/{call}/transcript")).json()
    assert [turn["id"] for turn in transcript["turns"]] == [1, 2]
    peaks = await door.ours.get(f"/v1/conversations/{call}/recording/peaks")
    assert peaks.json() == {"tracks": [[0.1, 0.9]]}


async def test_the_recording_comes_whole_and_in_ranges(door: Door, call: str) -> None:
    path, body = f"/v1/conversations/{call}/recording", wav()
    whole = await door.ours.get(path)
    assert (whole.status_code, whole.content, whole.headers["accept-ranges"]) == (200, body, "bytes")
    assert whole.headers["content-type"] == "audio/wav"
    assert whole.headers["x-content-type-options"] == "nosniff"
    part = await door.ours.get(path, headers={"Range": "bytes=44-99"})
    assert (part.status_code, part.content) == (206, body[44:100])
    assert part.headers["content-range"] == f"bytes 44-99/{len(body)}"
    tail = await door.ours.get(path, headers={"Range": "bytes=-10"})
    assert tail.content == body[-10:]
    behind = await door.ours.get(path, headers={"Range": f"bytes={len(body)}-"})
    assert (behind.status_code, behind.headers["content-range"]) == (416, f"bytes */{len(body)}")
    changed = await door.ours.get(path, headers={"Range": "bytes=0-9", "If-Range": '"other"'})
    assert changed.status_code == 200
    head = await door.ours.head(path)
    assert (head.status_code, head.headers["content-length"], head.content) == (200, str(len(body)), b"")


async def test_a_chat_has_no_recording(door: Door) -> None:
    response = await door.ours.get(f"/v1/conversations/{await post_chat(door.ours)}/recording")
    assert (response.status_code, response.json()["code"]) == (404, "not_found")


async def test_the_list_has_filters_and_pages(door: Door) -> None:
    line = fresh()
    made = [await post_chat(door.ours, line=line) for _ in range(5)]
    made.append(await post_call(door.ours, line=line))
    seen: list[str] = []
    cursor: str | None = None
    while True:
        query = {"line": line, "limit": "4"} | ({"cursor": cursor} if cursor else {})
        page = (await door.ours.get("/v1/conversations", params=query)).json()
        seen += [item["id"] for item in page["items"]]
        cursor = page["next_cursor"]
        if cursor is None:
            break
    assert seen == made[::-1]
    calls = (await door.ours.get("/v1/conversations", params={"line": line, "channel": "call"})).json()["items"]
    assert [item["id"] for item in calls] == made[-1:]
    forged = await door.ours.get("/v1/conversations", params={"cursor": "forged"})
    assert (forged.status_code, forged.json()["code"]) == (422, "invalid_request")


async def test_agents_are_summed_up(door: Door, call: str) -> None:
    assert call
    items = (await door.ours.get("/v1/agents")).json()["items"]
    (olga,) = [item for item in items if item["agent"] == "84213"]
    assert olga["name"] == "Ольга"
    assert olga["evaluated"] >= 1
    assert olga["criteria"]["politeness"]["mean"] == 90
    assert (olga["score"], olga["judged"]) == (90, olga["evaluated"])
    assert olga["criteria"]["sale_chance"] | {"title": ""} == {
        "title": "", "layer": "model", "kind": "score", "answered": 0, "not_applicable": 0, "undetermined": olga["evaluated"],
        "mean": None, "model_mean": None, "plus_minus": None, "labelled": 0, "agreed": None,
    }  # fmt: skip


async def test_the_excel_file(door: Door, call: str) -> None:
    response = await door.ours.get("/v1/export", params={"external_id": "call-84213"})
    assert response.headers["content-disposition"] == 'attachment; filename="auricle-report.xlsx"'
    book = openpyxl.load_workbook(io.BytesIO(response.content))
    header, row = list(book["Отчёт"].iter_rows(values_only=True))
    assert row[:7] == (
        "call-84213", 90, "?", "—", "да", "Презентация", "'=HYPERLINK(\"http://evil\")",
    )  # fmt: skip
    assert row[header.index("ID разговора")] == call
    assert row[header.index("Длительность, с")] == 3
    assert len(list(book["Ответы"].iter_rows())) == 6
    assert len(list(book["Стоимость"].iter_rows())) == 4
    assert len(list(book["Операторы"].iter_rows())) >= 2


async def test_csv_and_parquet(door: Door, call: str) -> None:
    params = {"external_id": "call-84213", "format": "csv", "language": "en", "sheet": "cost"}
    rows = (await door.ours.get("/v1/export", params=params)).content.decode("utf-8-sig").splitlines()
    assert rows[0].startswith("Call ID,Step,Part,Device,Seconds")
    assert sorted(row.split(",")[2] for row in rows[1:]) == ["compress", "judge", "speech"]
    parquet = await door.ours.get("/v1/export", params=params | {"format": "parquet", "sheet": "report"})
    (row,) = pq.read_table(io.BytesIO(parquet.content)).to_pylist()
    assert (row["politeness"], row["sale_chance"], row["sale_chance_state"]) == (90.0, None, "undetermined")
    assert row["conversation_id"] == call
    daily = await door.ours.get(
        "/v1/export", params=params | {"format": "parquet", "sheet": "cost", "partition": "day"}
    )
    assert daily.headers["content-disposition"] == 'attachment; filename="auricle-cost-by-day.zip"'
    (name,) = zipfile.ZipFile(io.BytesIO(daily.content)).namelist()
    assert re.fullmatch(r"cost/day=\d{4}-\d\d-\d\d/cost\.parquet", name)
    for wrong in ({"format": "csv"}, {"format": "parquet", "sheet": "agents"}):
        refused = await door.ours.get("/v1/export", params={"partition": "day"} | wrong)
        assert (refused.status_code, refused.json()["code"]) == (422, "invalid_request")
    for sheet in ("agents", "answers", "findings", "labels"):
        for form in ("csv", "parquet"):
            assert (await door.ours.get("/v1/export", params={"sheet": sheet, "format": form})).is_success


async def test_a_dead_run_is_listed_read_and_resent(door: Door) -> None:
    conversation = await post_call(door.ours)
    (run,) = (await outcomes.view(door, conversation)).runs
    not_dead = await door.ours.post(f"/v1/runs/{run.id}/resend")
    assert (not_dead.status_code, not_dead.json()["code"]) == (409, "not_dead")
    await take_up(door.db, "ours", run.id)
    await runs.fail(door.db, run.id, Code.NOT_AUDIO, "no known format", fatal=True)
    listed = (await door.ours.get("/v1/runs", params={"state": "dead"})).json()["items"]
    assert listed[0]["id"] == run.id
    assert listed[0]["last_error"].startswith("not_audio")
    assert (await outcomes.view(door, conversation)).progress == "dead"
    transcript = await door.ours.get(f"/v1/conversations/{conversation}/transcript")
    assert "not_audio" in transcript.json()["detail"]
    stream = STREAMS[Step.TRANSCRIBE, run.priority]
    before = await door.parts.streams.length(stream)
    resent = await door.ours.post(f"/v1/runs/{run.id}/resend")
    assert (resent.status_code, resent.json()["state"]) == (202, "waiting")
    assert await door.parts.streams.length(stream) == before + 1
    assert (await door.ours.get(f"/v1/runs/{run.id}")).json()["attempts"] == 0


async def test_deletion_leaves_a_tombstone_and_no_bytes(door: Door) -> None:
    conversation = await post_call(door.ours)
    await outcomes.hear(door, conversation)
    assert (await door.ours.delete(f"/v1/conversations/{conversation}")).status_code == 204
    assert (await door.ours.delete(f"/v1/conversations/{conversation}")).status_code == 204
    for what in ("", "/transcript", "/evaluation", "/recording", "/digest"):
        response = await door.ours.get(f"/v1/conversations/{conversation}{what}")
        assert (response.status_code, response.json()["code"]) == (410, "gone")
    assert [path for path in door.blobs.rglob("*") if conversation in str(path) and path.is_file()] == []


async def test_events_follow_the_conversation_to_its_end(door: Door) -> None:
    conversation = await post_call(door.ours)
    seen: list[str] = []
    async with door.ours.stream("GET", f"/v1/conversations/{conversation}/events") as response:
        assert response.headers["content-type"].startswith("text/event-stream")
        async for line in response.aiter_lines():
            if not line.startswith("data: "):
                continue
            seen.append(json.loads(line[6:])["progress"])
            if len(seen) == 1:
                await outcomes.hear(door, conversation)
                await outcomes.judge(door, conversation)
    assert (seen[0], seen[-1]) == ("waiting", "done")


async def test_webhook_endpoints(door: Door) -> None:
    made = await door.ours.post(
        "/v1/webhooks", json={"url": "https://crm.example.com/hook", "events": ["conversation.dead"]}
    )
    assert made.status_code == 201, made.text
    assert made.json()["secret"].startswith("whsec_")
    webhook = made.json()["id"]
    listed = (await door.ours.get("/v1/webhooks")).json()["items"]
    assert [(one["id"], "secret" in one) for one in listed] == [(webhook, False)]
    assert (await door.ours.get(f"/v1/webhooks/{webhook}")).json() == listed[0]
    assert (await door.ours.delete(f"/v1/webhooks/{webhook}")).status_code == 204
    assert (await door.ours.get(f"/v1/webhooks/{webhook}")).status_code == 404


@pytest.mark.parametrize(
    ("secret", "status"),
    [
        ("whsec_" + "A" * 33, 422),
        ("whsec_" + "A" * 37, 422),
        ("whsec_" + "A" * 30, 422),
        ("whsec_" + "A" * 32, 201),
        ("whsec_" + "A" * 43 + "=", 201),
        ("whsec_" + "A" * 43, 201),
    ],
)
async def test_a_secret_that_cannot_sign_is_refused_at_the_door(door: Door, secret: str, status: int) -> None:
    reply = await door.ours.post("/v1/webhooks", json={"url": "https://crm.example.com/hook", "secret": secret})
    assert reply.status_code == status, reply.text


async def test_queues_and_whoami(door: Door) -> None:
    queues = (await door.ours.get("/v1/queues")).json()
    assert queues["answering"] is True
    assert {queue["stream"] for queue in queues["items"]} == set(STREAMS.values())
    me: dict[str, Any] = (await door.ours.get("/v1/whoami")).json()
    assert (me["workspace"], me["scopes"]) == ("ours", sorted(Scope))


async def test_a_stored_report_is_made_again(door: Door) -> None:
    conversation = await post_chat(door.ours)
    assert (await door.ours.get(f"/v1/conversations/{conversation}/verification")).status_code == 409
    await outcomes.judge(door, conversation)
    found = (await door.ours.get(f"/v1/conversations/{conversation}/verification")).json()
    parts = {one["part"]: one for one in found["parts"]}
    assert parts["recipe"]["state"] == "same"
    assert parts["quotes"]["state"] == "same"
    assert found["same"] is (parts["score"]["state"] == "same")
