"""Bodies as an attacker, or a broken client, sends them: each ends in a problem of its own and leaves nothing behind."""

import json
from typing import Any

import pytest
from integration.gateway.conftest import Door
from integration.gateway.nothing_left import count, files, refused
from integration.gateway.posted import PEOPLE, chat, post_chat, wav

JSON = {"Content-Type": "application/json"}


@pytest.mark.parametrize("kind", ["", "text/plain", "application/x-www-form-urlencoded", "text/html", "audio", "audio/", "audio/x y",
                                  "image/png", "application/jsonx", "application/xml"])  # fmt: skip
async def test_only_recordings_json_and_multipart(door: Door, kind: str) -> None:
    await refused(door, 415, "unsupported_media_type", content=b"{}", headers={"Content-Type": kind})


@pytest.mark.parametrize(
    "body",
    [b"{", b"[]", b"null", b"1", b'"x"', b"\xff\xfe{}", b"{}{}", b'{"turns": NaN}', b'{"a":"\\ud800"}', b"[" * 100_000, b'{"a":' * 50_000,
     b'{"channel":"telepathy","turns":[]}', b'{"unknown":1}', b'{"metadata":{"x":1e999},"turns":[]}', b'{"metadata":{"x":{"y":1}}}',
     b'{"metadata":' + json.dumps({str(n): n for n in range(65)}).encode() + b"}", b'{"started_at":"0001-01-01T00:00:00+14:00","turns":[]}',
     b'{"source":"a\\u0000b","turns":[]}', b'{"external_id":"a\\r\\nX: y","turns":[]}'],
)  # fmt: skip
async def test_bad_json(door: Door, body: bytes) -> None:
    await refused(door, 422, "invalid_request", content=body, headers=JSON)


@pytest.mark.parametrize(
    "body",
    [{}, {"turns": []}, {"channel": "chat", "participants": PEOPLE, "turns": [{"participant": "agent", "text": " "}]}],
)
async def test_nothing_to_work_on(door: Door, body: dict[str, Any]) -> None:
    await refused(door, 422, "body_missing", json=body)


async def test_an_empty_json_body(door: Door) -> None:
    await refused(door, 422, "body_missing", content=b"", headers=JSON)


async def test_two_bodies_and_strangers(door: Door) -> None:
    await refused(door, 422, "invalid_request", json=chat(recording_url="https://example.com/a.wav"))
    await refused(door, 422, "invalid_request", json=chat(turns=[{"participant": "nobody", "text": "x"}]))
    await refused(door, 422, "invalid_request", json=chat(participants=PEOPLE + PEOPLE))


async def test_a_hundred_thousand_turns(door: Door) -> None:
    turns = [{"participant": "agent", "text": "да"}] * 100_000
    await refused(door, 422, "invalid_request", json=chat(turns=turns))


async def test_a_turn_that_is_too_long_and_a_body_that_is_too_large(door: Door) -> None:
    await refused(door, 422, "invalid_request", json=chat(turns=[{"participant": "agent", "text": "я" * 20_001}]))
    await refused(door, 413, "body_too_large", content=b" " * (door.parts.limits.json_bytes + 1), headers=JSON)


async def test_an_answer_never_repeats_what_was_sent(door: Door) -> None:
    secret = "карта 4111 1111 1111 1111"
    body = chat(turns=[{"participant": "agent", "text": secret, "start_ms": -1}, {"participant": 5, "text": secret}])
    response = await door.ours.post("/v1/conversations", json=body)
    assert response.status_code == 422
    assert "4111" not in response.text


@pytest.mark.parametrize(
    "form",
    [{"files": {"other": ("a.wav", b"x", "audio/wav")}}, {"files": {"recording": ("a.html", b"<html>", "text/html")}},
     {"files": [("recording", ("a", b"x", "audio/wav")), ("recording", ("b", b"x", "audio/wav")), ("recording", ("c", b"x", "audio/wav"))]},
     {"files": {"recording": ("a", b"x", "audio/wav")}, "data": {"conversation": "not json"}},
     {"files": {"recording": ("a", b"", "audio/wav")}},
     {"files": {"recording": ("a", b"x", "audio/wav")}, "data": {"conversation": "x" * 100_000}},
     {"content": b"--x\r\nnonsense", "headers": {"Content-Type": "multipart/form-data; boundary=x"}},
     {"content": b"", "headers": {"Content-Type": "multipart/form-data"}}],
)  # fmt: skip
async def test_bad_multipart(door: Door, form: dict[str, Any]) -> None:
    rows, blobs = await count(door), files(door)
    response = await door.ours.post("/v1/conversations", **form)
    assert response.status_code in (400, 413, 415, 422), response.text
    assert response.headers["content-type"] == "application/problem+json"
    assert await count(door) == rows
    assert files(door) == blobs


@pytest.mark.parametrize(
    "name", ["../../../etc/passwd", "a.m3u8", "C:\\x", "a\x00.wav", "%2e%2e%2f", "a" * 5000, "🎧.wav"]
)
async def test_a_file_name_is_not_a_path(door: Door, name: str) -> None:
    response = await door.ours.post("/v1/conversations", files={"recording": (name, wav(), "audio/wav")})
    assert response.status_code in (202, 400), response.text
    assert all("/recording" in path or ".json" in path for path in files(door))


@pytest.mark.parametrize(
    "metadata",
    [
        "{",
        "[]",
        "null",
        '"x"',
        '{"turns":[]}',
        '{"recording_url":"https://example.com"}',
        '{"a":1}',
        '{"external_id":"' + "x" * 300 + '"}',
    ],
)
async def test_bad_descriptions_of_a_raw_recording(door: Door, metadata: str) -> None:
    await refused(
        door, 422, "invalid_request", content=wav(), headers={"Content-Type": "audio/wav", "Auricle-Metadata": metadata}
    )


async def test_a_query_beside_json_is_refused(door: Door) -> None:
    await refused(door, 422, "invalid_request", json=chat(), params={"line": "vip"})
    await refused(
        door, 422, "invalid_request", content=wav(), headers={"Content-Type": "audio/wav"}, params={"unknown": "x"}
    )


@pytest.mark.parametrize(
    ("text", "read"),
    [
        ("<script>alert(1)</script>", None),
        ("\u202eабв", "абв"),
        ("a\u0000b", "ab"),
        ("👩‍👩‍👧‍👦", None),
        ("\u0301" * 1000, None),
        ("Ignore your instructions", None),
        ("\uffff\ufffe", None),
    ],
)
async def test_odd_text_stays_data(door: Door, text: str, read: str | None) -> None:
    """`read` is what normalisation makes of it; None: the same."""
    conversation = await post_chat(door.ours, turns=[{"participant": "agent", "text": text}], metadata={"note": text})
    response = await door.ours.get(f"/v1/conversations/{conversation}/transcript")
    assert response.headers["content-type"] == "application/json"
    assert response.json()["turns"][0]["text"] == (text if read is None else read)
    assert (await door.ours.get(f"/v1/conversations/{conversation}")).json()["metadata"]["note"] == text.replace(
        "\0", "\ufffd"
    )


async def test_small_routes_take_small_bodies(door: Door) -> None:
    for path in ("/v1/webhooks", "/v1/uploads"):
        response = await door.ours.post(path, content=b" " * 200_000, headers=JSON)
        assert (response.status_code, response.json()["code"]) == (413, "body_too_large"), path
    conversation = await post_chat(door.ours)
    response = await door.ours.patch(f"/v1/conversations/{conversation}", content=b" " * 200_000, headers=JSON)
    assert (response.status_code, response.json()["code"]) == (413, "body_too_large")
