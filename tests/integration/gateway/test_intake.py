"""The four ways in, once and again."""

import asyncio
import hashlib
import json
from typing import Any

import httpx
import pytest
from auricle_contracts import STREAMS, ConversationView, Priority, Step
from auricle_gateway.intake import examples
from integration.gateway.conftest import Door
from integration.gateway.posted import PEOPLE, chat, fresh, post_call, post_chat, wav


async def view_of(client: httpx.AsyncClient, conversation_id: str) -> ConversationView:
    return ConversationView.model_validate_json((await client.get(f"/v1/conversations/{conversation_id}")).content)


async def test_a_raw_recording_is_stored_described_and_on_its_way(door: Door) -> None:
    before = await door.parts.streams.length(STREAMS[Step.TRANSCRIBE, Priority.LIVE])
    body = wav()
    about = {"participants": PEOPLE, "metadata": {"campaign": "осень"}}
    headers = {"Content-Type": "audio/wav", "Auricle-Metadata": json.dumps(about)}
    query = {"source": "pbx", "external_id": fresh(), "line": "sales", "started_at": "2026-11-02T09:00:00+03:00"}
    response = await door.ours.post("/v1/conversations", content=body, headers=headers, params=query)
    assert response.status_code == 202, response.text
    view = ConversationView.model_validate_json(response.content)
    assert response.headers["location"] == f"/v1/conversations/{view.id}"
    assert view.recording is not None
    assert (view.recording.size_bytes, view.recording.sha256) == (len(body), hashlib.sha256(body).hexdigest())
    assert (view.line, view.metadata, view.progress) == ("sales", {"campaign": "осень"}, "waiting")
    assert [run.step for run in view.runs] == [Step.TRANSCRIBE]
    assert await door.parts.streams.length(STREAMS[Step.TRANSCRIBE, Priority.LIVE]) == before + 1


async def test_a_stream_without_a_length_is_taken(door: Door) -> None:
    async def chunks() -> Any:
        for _ in range(50):
            yield b"x" * 10_000

    response = await door.ours.post("/v1/conversations", content=chunks(), headers={"Content-Type": "audio/mpeg"})
    assert response.status_code == 202, response.text
    assert response.json()["recording"]["size_bytes"] == 500_000


@pytest.mark.parametrize("as_file", [False, True])
async def test_multipart(door: Door, as_file: bool) -> None:
    about = json.dumps({"source": "curl", "external_id": fresh(), "participants": PEOPLE})
    files: dict[str, Any] = {"recording": ("звонок.wav", wav(), "audio/wav")}
    if as_file:
        files["conversation"] = ("about.json", about, "application/json")
    response = await door.ours.post("/v1/conversations", files=files, data=None if as_file else {"conversation": about})
    assert response.status_code == 202, response.text
    assert response.json()["recording"]["media_type"] == "audio/wav"
    assert len(response.json()["participants"]) == 2


async def test_turns_go_straight_to_the_scorer(door: Door) -> None:
    conversation = await post_chat(door.ours, priority="backfill")
    view = await view_of(door.ours, conversation)
    assert [(run.step, run.priority) for run in view.runs] == [(Step.EVALUATE, Priority.BACKFILL)]
    transcript = (await door.ours.get(f"/v1/conversations/{conversation}/transcript")).json()
    assert [turn["role"] for turn in transcript["turns"]] == ["customer", "agent"]


async def test_the_examples_of_the_document_work(door: Door) -> None:
    response = await door.ours.post("/v1/conversations", json=examples.CHAT)
    assert response.status_code == 202, response.text
    grown = await door.ours.post(f"/v1/conversations/{response.json()['id']}/revisions", json=examples.GROWN)
    assert grown.status_code == 202, grown.text
    assert grown.json()["revision"] == 2
    by_url = await door.ours.post("/v1/conversations", json=examples.BY_URL)
    assert by_url.json()["code"] in ("fetch_failed", "url_refused")


async def test_the_same_key_and_body_is_the_same_conversation(door: Door) -> None:
    key = {"Idempotency-Key": fresh()}
    body = chat()
    first = await door.ours.post("/v1/conversations", json=body, headers=key)
    second = await door.ours.post("/v1/conversations", json=body, headers=key)
    assert (first.status_code, second.status_code) == (202, 202)
    assert first.json()["id"] == second.json()["id"]
    assert second.headers["idempotent-replayed"] == "true"
    other = await door.ours.post("/v1/conversations", json=chat(), headers=key)
    assert (other.status_code, other.json()["code"]) == (409, "idempotency_conflict")


async def test_a_repeated_raw_recording_is_compared_by_its_bytes(door: Door) -> None:
    headers = {"Idempotency-Key": fresh(), "Content-Type": "audio/wav"}
    first = await door.ours.post("/v1/conversations", content=wav(), headers=headers)
    again = await door.ours.post("/v1/conversations", content=wav(), headers=headers)
    assert again.status_code == 202, again.text
    assert first.json()["id"] == again.json()["id"]
    assert len(again.json()["runs"]) == 1
    other = await door.ours.post("/v1/conversations", content=wav(0.6), headers=headers)
    assert (other.status_code, other.json()["code"]) == (409, "idempotency_conflict")


async def test_a_key_belongs_to_its_workspace(door: Door) -> None:
    key, body = {"Idempotency-Key": fresh()}, chat()
    first = await door.ours.post("/v1/conversations", json=body, headers=key)
    second = await door.theirs.post("/v1/conversations", json=body, headers=key)
    assert second.status_code == 202
    assert first.json()["id"] != second.json()["id"]


async def test_many_at_once_under_one_key_are_one(door: Door) -> None:
    key, body = {"Idempotency-Key": fresh()}, chat()
    sent = [door.ours.post("/v1/conversations", json=body, headers=key) for _ in range(8)]
    answers = await asyncio.gather(*sent)
    assert {answer.status_code for answer in answers} <= {202, 409}
    assert len({answer.json()["id"] for answer in answers if answer.status_code == 202}) == 1
    assert all(answer.json()["code"] == "still_receiving" for answer in answers if answer.status_code == 409)


async def test_an_external_id_is_unique_in_its_source(door: Door) -> None:
    name = fresh()
    first = await post_chat(door.ours, external_id=name)
    second = await door.ours.post("/v1/conversations", json=chat(external_id=name))
    assert (second.status_code, second.json()["code"]) == (409, "external_id_conflict")
    assert first in second.json()["detail"]
    await post_chat(door.ours, external_id=name, source="another")


async def test_late_data_is_merged(door: Door) -> None:
    conversation = await post_chat(door.ours, metadata={"a": 1, "b": 2})
    patched = await door.ours.patch(
        f"/v1/conversations/{conversation}", json={"line": "vip", "metadata": {"b": None, "deal": "won"}}
    )
    assert patched.status_code == 200, patched.text
    assert (patched.json()["line"], patched.json()["metadata"]) == ("vip", {"a": 1, "deal": "won"})


async def test_a_grown_chat_is_a_revision(door: Door) -> None:
    conversation = await post_chat(door.ours)
    turns = [*chat()["turns"], {"participant": "customer", "text": "Спасибо"}]
    path = f"/v1/conversations/{conversation}/revisions"
    grown = await door.ours.post(path, json={"turns": turns, "expected_revision": 1})
    assert (grown.status_code, grown.json()["revision"]) == (202, 2), grown.text
    stale = await door.ours.post(path, json={"turns": turns, "expected_revision": 1})
    assert (stale.status_code, stale.json()["code"]) == (409, "revision_conflict")
    transcript = (await door.ours.get(f"/v1/conversations/{conversation}/transcript")).json()
    assert (transcript["revision"], len(transcript["turns"])) == (2, 3)


async def test_a_recording_does_not_grow(door: Door) -> None:
    conversation = await post_call(door.ours)
    grown = await door.ours.post(f"/v1/conversations/{conversation}/revisions", json={"turns": chat()["turns"]})
    assert grown.status_code == 422


async def test_a_signed_upload_becomes_a_conversation_once(door: Door) -> None:
    body = wav()
    upload = (await door.ours.post("/v1/uploads", json={"size_bytes": len(body)})).json()
    assert upload["method"] == "PUT"
    early = await door.ours.post("/v1/conversations", json={"upload_id": upload["id"]})
    assert (early.status_code, early.json()["code"]) == (409, "not_ready")
    async with httpx.AsyncClient() as anybody:
        assert (await anybody.put(upload["url"], content=body[:-1])).json()["code"] == "length_mismatch"
        assert (await anybody.put(upload["url"], content=body)).status_code == 204
        wrong = await anybody.put(upload["url"].replace("workspace=ours", "workspace=theirs"), content=body)
        assert wrong.status_code == 401
    stolen = await door.theirs.post("/v1/conversations", json={"upload_id": upload["id"]})
    assert stolen.status_code == 404
    taken = await door.ours.post("/v1/conversations", json={"upload_id": upload["id"]})
    assert taken.status_code == 202, taken.text
    assert taken.json()["recording"]["sha256"] == hashlib.sha256(body).hexdigest()
    twice = await door.ours.post("/v1/conversations", json={"upload_id": upload["id"]})
    assert twice.status_code in (404, 410)


async def test_nothing_is_left_of_a_refused_body(door: Door) -> None:
    before = sorted(path for path in door.blobs.rglob("*") if path.is_file())
    name = fresh()
    for _ in range(2):
        headers = {"Content-Type": "audio/wav", "Auricle-Metadata": json.dumps({"external_id": name})}
        empty = await door.ours.post("/v1/conversations", content=b"", headers=headers)
        assert (empty.status_code, empty.json()["code"]) == (422, "body_missing")
    assert sorted(path for path in door.blobs.rglob("*") if path.is_file()) == before
