"""The same door on S3: a recording streamed to the bucket, and one that goes there past us by a presigned form."""

import hashlib
import json
from collections.abc import AsyncIterator
from pathlib import Path

import httpx
import pytest
from auricle_cli.stack.ports import any_free
from fixtures.redis import RedisServer
from integration.gateway.conftest import Door, running
from integration.gateway.hooks_posted import a_hook, allow, conversation, ended, post, said
from integration.gateway.posted import post_call, wav
from moto.server import ThreadedMotoServer


@pytest.fixture
async def door_on_s3(
    module_postgres_url: str, redis_server: RedisServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> AsyncIterator[Door]:
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, "testing")
    port = any_free()
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=port, verbose=False)
    server.start()
    endpoint = f"http://127.0.0.1:{port}"
    async with httpx.AsyncClient() as http:
        assert (await http.put(f"{endpoint}/recordings")).is_success
    url = f"s3://recordings/auricle?endpoint={endpoint}&region=us-east-1"
    async with running(module_postgres_url, redis_server.url, tmp_path, blob_url=url) as door:
        yield door
    server.stop()


async def test_a_recording_in_a_bucket_is_played_by_ranges(door_on_s3: Door) -> None:
    body = wav(1.0)
    conversation = await post_call(door_on_s3.ours, body)
    path = f"/v1/conversations/{conversation}/recording"
    assert (await door_on_s3.ours.get(path)).content == body
    assert (await door_on_s3.ours.get(path, headers={"Range": "bytes=44-99"})).content == body[44:100]
    assert (await door_on_s3.ours.delete(f"/v1/conversations/{conversation}")).status_code == 204


async def test_a_presigned_form_goes_past_us(door_on_s3: Door) -> None:
    body = wav()
    upload = (await door_on_s3.ours.post("/v1/uploads", json={})).json()
    assert upload["method"] == "POST"
    async with httpx.AsyncClient() as anybody:
        sent = await anybody.post(upload["url"], data=upload["fields"], files={"file": ("a.wav", body, "audio/wav")})
    assert sent.is_success, sent.text
    taken = await door_on_s3.ours.post("/v1/conversations", json={"upload_id": upload["id"]})
    assert taken.status_code == 202, taken.text
    assert taken.json()["recording"]["sha256"] == hashlib.sha256(body).hexdigest()


async def test_a_drop_is_imported_by_its_key(door_on_s3: Door) -> None:
    """S3's notification and EventBridge's event of it; the bucket is another one than ours."""
    endpoint = str(door_on_s3.parts.store._client.meta.endpoint_url)  # type: ignore[attr-defined]
    await allow(door_on_s3, "ours", f"s3://calls?endpoint={endpoint}&region=us-east-1")
    key = "connect/demo/CallRecordings/2026/11/29/0a1b2c3d-1111-4222-8333-444455556666_20261129T10:15_UTC.wav"
    async with httpx.AsyncClient() as http:
        await http.put(f"{endpoint}/calls")
        for name in (key, "genesys/2026/11/29/call two.wav"):
            assert (await http.put(f"{endpoint}/calls/{name}", content=wav())).is_success
    hook = await a_hook(door_on_s3, "s3-drop", settings={"agent_track": "1"})
    headers = {"Authorization": f"Bearer {hook['secret']}", "Content-Type": "application/json"}
    for name in ("s3-notification.json", "s3-eventbridge.json"):
        taken = await post(hook, said(name), **headers)
        assert taken.status_code == 202, taken.text
    sns = json.dumps({"Type": "Notification", "Message": said("s3-notification.json").decode()}).encode()
    assert (await post(hook, sns, **headers)).status_code == 202
    removed = said("s3-notification.json", **{"ObjectCreated:Put": "ObjectRemoved:Delete"})
    assert (await post(hook, removed, **headers)).json()["events"] == []
    first, second = [await conversation(door_on_s3, event) for event in await ended(door_on_s3, hook, 2)]
    assert (first["external_id"], first["started_at"]) == (
        "0a1b2c3d-1111-4222-8333-444455556666", "2026-11-29T10:15:00Z",
    )  # fmt: skip
    assert second["external_id"] == "genesys/2026/11/29/call two.wav"
    assert first["recording"]["sha256"] == second["recording"]["sha256"] == hashlib.sha256(wav()).hexdigest()
    assert [(one["role"], one["track"]) for one in first["participants"]] == [("customer", 0), ("agent", 1)]


async def test_an_object_that_is_not_there_is_told(door_on_s3: Door) -> None:
    endpoint = str(door_on_s3.parts.store._client.meta.endpoint_url)  # type: ignore[attr-defined]
    await allow(door_on_s3, "ours", f"s3://recordings/drop?endpoint={endpoint}&region=us-east-1")
    for url, code in (
        ("s3://recordings/drop/none.wav", "fetch_failed"),
        ("s3://recordings/auricle/ws/theirs/x", "url_refused"),
        ("s3://recordings/drop/../auricle/x", "url_refused"),
        ("s3://recordings/dropped/x", "url_refused"),
    ):
        response = await door_on_s3.ours.post("/v1/conversations", json={"recording_url": url})
        assert response.json()["code"] == code, url
