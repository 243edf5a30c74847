"""What ordinary clients send: their languages, marks, types and times; and what no client may make the process hold."""

import asyncio
import json
from typing import Any

import httpx
import pytest
from auricle_contracts.languages import ALIASES, LANGUAGES
from auricle_gateway.rest import body_slots
from integration.gateway.conftest import Door
from integration.gateway.hooks_posted import a_hook
from integration.gateway.hooks_posted import post as hook_post
from integration.gateway.posted import chat, fresh, post_call, post_chat, wav
from unit.asr.audio_files import encoded, noise

MARK = b"\xef\xbb\xbf"


async def post(door: Door, **fields: Any) -> httpx.Response:
    return await door.ours.post("/v1/conversations", json=chat(**fields))


TAGS = [
    ("ru", "ru"), ("rus", "ru"), ("eng", "en"), ("kaz", "kk"), (None, None), ("ru-RU", "ru"), ("en-US", "en"), ("RU", "ru"),
    ("ru_RU", "ru"), ("zh-Hans-CN", "zh"), ("sr-Latn-RS", "sr"), ("es-419", "es"), ("nb-NO", "no"), ("iw-IL", "he"),
    ("ru-RU-x-private", "ru"),
]  # fmt: skip


@pytest.mark.parametrize(("told", "kept"), TAGS)
async def test_a_language_is_kept_by_the_engines_code(door: Door, told: str | None, kept: str | None) -> None:
    reply = await post(door, language=told)
    assert (reply.status_code, reply.json()["language"]) == (202, kept)


async def test_a_tag_is_read_at_every_door(door: Door) -> None:
    raw = await door.ours.post(
        "/v1/conversations", params={"language": "ru-RU"}, content=wav(), headers={"Content-Type": "audio/wav"}
    )
    about = json.dumps({"language": "ru-RU", "external_id": fresh()}).encode()
    form = {"recording": ("a.wav", wav(), "audio/wav"), "conversation": ("a.json", about, "application/json")}
    parts = await door.ours.post("/v1/conversations", files=form)
    assert [(one.status_code, one.json()["language"]) for one in (raw, parts)] == [(202, "ru"), (202, "ru")]
    hook = await a_hook(door, "generic", secret="a-secret-of-the-test")
    body = json.dumps({"external_id": fresh(), "language": "ru-RU", "recording_url": "https://192.0.2.1/1.wav"})
    kind = {"Content-Type": "application/json", "X-Auricle-Token": "a-secret-of-the-test"}
    assert (await hook_post(hook, body.encode(), **kind)).is_success
    assert (await hook_post(hook, body.replace("ru-RU", "klingon").encode(), **kind)).status_code == 422


@pytest.mark.parametrize("told", ["xx", "jp", "qqq", "English", "xx-RU", "ru-", "-ru", "ru RU", "x-ru", ""])
async def test_another_language_is_refused_with_what_is_allowed(door: Door, told: str) -> None:
    reply = await post(door, language=told)
    assert (reply.status_code, reply.json()["code"]) == (422, "invalid_request")
    assert "ru" in reply.text
    assert "uk" in reply.text
    raw = await door.ours.post(
        "/v1/conversations", content=wav(), params={"language": told}, headers={"Content-Type": "audio/wav"}
    )
    assert raw.status_code == 422


def test_the_doors_languages_are_the_engines() -> None:
    from faster_whisper.tokenizer import _LANGUAGE_CODES

    assert set(_LANGUAGE_CODES) == LANGUAGES
    assert set(ALIASES.values()) <= LANGUAGES
    assert not set(ALIASES) & LANGUAGES


async def test_a_byte_order_mark_is_passed_over(door: Door) -> None:
    headers = {"Content-Type": "application/json"}
    body = MARK + json.dumps(chat(), ensure_ascii=False).encode()
    assert (await door.ours.post("/v1/conversations", content=body, headers=headers)).status_code == 202
    twice = await door.ours.post("/v1/conversations", content=MARK + body, headers=headers)
    assert twice.status_code == 422
    part = {"recording": ("a.wav", wav(), "audio/wav"), "conversation": ("a.json", MARK + b"{}", "application/json")}
    assert (await door.ours.post("/v1/conversations", files=part)).status_code == 202


def multipart(body: bytes, *, kind: str | None) -> tuple[bytes, dict[str, str]]:
    """A form as clients write it that know no type of a file: the part has no Content-Type."""
    typed = f"Content-Type: {kind}\r\n" if kind else ""
    head = f'--b\r\nContent-Disposition: form-data; name="recording"; filename="call"\r\n{typed}\r\n'
    return head.encode() + body + b"\r\n--b--\r\n", {"Content-Type": "multipart/form-data; boundary=b"}


@pytest.mark.parametrize("kind", [None, "application/octet-stream"])
@pytest.mark.parametrize(
    ("body", "found"),
    [
        (wav(), "audio/wav"),
        (encoded("mp3", [noise(0.3)]), "audio/mpeg"),
        (encoded("m4a", [noise(0.3)]), "audio/mp4"),
        (b"nobody knows", "application/octet-stream"),
    ],
    ids=["wav", "mp3", "m4a", "unknown"],
)
async def test_a_part_without_a_type_is_told_by_its_bytes(
    door: Door, body: bytes, found: str, kind: str | None
) -> None:
    content, headers = multipart(body, kind=kind)
    reply = await door.ours.post("/v1/conversations", content=content, headers=headers)
    assert reply.status_code == 202, reply.text
    assert reply.json()["recording"]["media_type"] == found
    assert reply.json()["recording"]["size_bytes"] == len(body)


@pytest.mark.parametrize("told", ["1759831384", 1759831384, "0.5", "yesterday", ""])
async def test_a_number_is_no_time(door: Door, told: object) -> None:
    assert (await post(door, started_at=told)).status_code == 422
    turns = [chat()["turns"][0] | {"at": told}]
    assert (await post(door, turns=turns)).status_code == 422
    conversation = await post_chat(door.ours)
    assert (await door.ours.patch(f"/v1/conversations/{conversation}", json={"started_at": told})).status_code == 422


@pytest.mark.parametrize("told", ["0", "1759831384", "2026-13-45"])
async def test_a_number_is_no_day_either(door: Door, told: str) -> None:
    for path in ("/v1/conversations", "/v1/agents", "/v1/export"):
        assert (await door.ours.get(path, params={"until": told})).status_code == 422


async def test_a_time_without_a_zone_is_utc_and_the_schema_says_so(door: Door) -> None:
    reply = await post(door, started_at="2026-11-02T09:15:00")
    assert reply.json()["started_at"] == "2026-11-02T09:15:00Z"
    document = (await door.ours.get("/v1/openapi.json")).json()
    assert "UTC" in json.dumps(document["components"]["schemas"]["ConversationIn"]["properties"]["started_at"])


FULL = {f"key{number}": "я" * 2000 for number in range(16)}  # 16 times 4000 bytes


@pytest.mark.parametrize(
    ("metadata", "status"),
    [
        ({"note": "я" * 2048}, 202),
        ({"note": "я" * 2049}, 422),
        ({"note": "x" * 4097}, 422),
        (FULL, 202),
        (FULL | {"more": "x" * 2000}, 422),
        ({str(number): 1 for number in range(65)}, 422),
        ({"k" * 65: 1}, 422),
    ],
)
async def test_metadata_are_bounded(door: Door, metadata: dict[str, Any], status: int) -> None:
    reply = await post(door, metadata=metadata)
    assert reply.status_code == status, reply.text


async def test_metadata_are_bounded_after_they_are_merged(door: Door) -> None:
    conversation = await post_chat(door.ours, metadata=FULL)
    path = f"/v1/conversations/{conversation}"
    refused = await door.ours.patch(path, json={"metadata": {"more": "x" * 2000}})
    assert (refused.status_code, refused.json()["code"]) == (422, "invalid_request")
    grown = {"turns": chat()["turns"], "metadata": {"more": "x" * 2000}}
    assert (await door.ours.post(f"{path}/revisions", json=grown)).status_code == 422
    assert (await door.ours.get(path)).json()["metadata"] == FULL
    removed = await door.ours.patch(path, json={"metadata": {"key0": None, "more": "x" * 2000}})
    assert removed.status_code == 200
    assert (await door.ours.post(f"{path}/revisions", json={"turns": chat()["turns"]})).status_code == 202


async def test_a_resent_revision_is_the_same_answer_whatever_changed_meanwhile(door: Door) -> None:
    conversation = await post_chat(door.ours)
    path, key = f"/v1/conversations/{conversation}", {"Idempotency-Key": fresh()}
    grown = {"turns": chat()["turns"]}
    first = await door.ours.post(f"{path}/revisions", json=grown, headers=key)
    people = [{"id": "agent", "role": "agent", "name": "Пётр"}]  # the customer of the turns is gone
    await door.ours.patch(path, json={"participants": people, "line": "vip", "started_at": "2026-11-02T09:00:00Z"})
    again = await door.ours.post(f"{path}/revisions", json=grown, headers=key)
    assert (first.status_code, again.status_code) == (202, 202), again.text
    assert (again.json()["id"], again.headers["idempotent-replayed"]) == (conversation, "true")
    assert again.json()["revision"] == 2
    other = await door.ours.post(f"{path}/revisions", json={"turns": chat()["turns"][:1]}, headers=key)
    assert (other.status_code, other.json()["code"]) == (409, "idempotency_conflict")


async def test_a_resent_form_is_the_same_answer_under_another_boundary(door: Door) -> None:
    key = {"Idempotency-Key": fresh()}
    files = {"recording": ("a.wav", wav(), "audio/wav")}
    about = {"conversation": json.dumps({"external_id": fresh()})}
    first = await door.ours.post("/v1/conversations", files=files, data=about, headers=key)
    again = await door.ours.post("/v1/conversations", files=files, data=about, headers=key)
    assert (again.status_code, again.json()["id"]) == (202, first.json()["id"])


async def test_a_revision_keeps_the_start_and_the_times_of_its_turns(door: Door) -> None:
    turns = [
        {"participant": "customer", "text": "Сколько стоит?", "at": "2026-11-02T09:00:30Z"},
        {"participant": "agent", "text": "Доставка стоит триста рублей", "at": "2026-11-02T09:01:00Z"},
    ]
    conversation = await post_chat(door.ours, started_at="2026-11-02T09:00:00Z", turns=turns)
    path = f"/v1/conversations/{conversation}"
    before = (await door.ours.get(f"{path}/transcript")).json()["turns"]
    more = [*turns, {"participant": "customer", "text": "Спасибо", "at": "2026-11-02T09:02:00Z"}]
    grown = await door.ours.post(f"{path}/revisions", json={"turns": more})
    assert grown.json()["started_at"] == "2026-11-02T09:00:00Z"
    after = (await door.ours.get(f"{path}/transcript")).json()["turns"]
    assert [turn["start_ms"] for turn in before] == [30_000, 60_000]
    assert [turn["start_ms"] for turn in after] == [30_000, 60_000, 120_000]


async def test_large_bodies_wait_for_a_slot_and_small_ones_pass(door: Door, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(body_slots, "WAIT_SECONDS", 0.2)
    slots = door.parts.body_slots._slots
    large = chat(turns=[{"participant": "customer", "text": "слово " * 3000}] * 10)
    for _ in range(4):
        await slots.acquire()
    try:
        refused = await door.ours.post("/v1/conversations", json=large)
        assert (refused.status_code, refused.json()["code"]) == (503, "busy")
        assert int(refused.headers["retry-after"]) > 0
        await post_chat(door.ours)
        await post_call(door.ours)
    finally:
        for _ in range(4):
            slots.release()
    monkeypatch.setattr(body_slots, "WAIT_SECONDS", 60.0)
    replies = await asyncio.gather(*(post(door, turns=large["turns"]) for _ in range(8)))
    assert {reply.status_code for reply in replies} == {202}
