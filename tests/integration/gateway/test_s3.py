"""The same door on S3: a recording streamed to the bucket, and one that goes there past us by a presigned form."""

import hashlib
from collections.abc import AsyncIterator
from pathlib import Path

import httpx
import pytest
from auricle_cli.house.ports import any_free
from fixtures.redis import RedisServer
from integration.gateway.conftest import Door, running
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
