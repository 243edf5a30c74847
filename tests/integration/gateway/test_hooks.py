"""Recordings and late data from telephony, in each vendor's documented form, through the real door."""

import hashlib
import json
from collections.abc import AsyncIterator
from urllib.parse import parse_qsl, quote

import httpx
import pytest
from auricle_gateway.hooks import signatures, worker
from auricle_records import hooks as hook_rows
from integration.gateway.conftest import Door
from integration.gateway.hooks_posted import Telephony, a_hook, allow, conversation, ended, post, said, telephony
from integration.gateway.posted import wav

FORM = {"Content-Type": "application/x-www-form-urlencoded"}
JSON = {"Content-Type": "application/json"}
TOKEN = "a-long-secret"


@pytest.fixture
async def pbx(door: Door) -> AsyncIterator[Telephony]:
    async with telephony(door) as made:
        yield made


def bearer(secret: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {secret}"}


def signed_twilio(hook: dict[str, str], body: bytes) -> dict[str, str]:
    form = tuple(parse_qsl(body.decode(), keep_blank_values=True))
    return FORM | {"X-Twilio-Signature": signatures.twilio(hook["url"], form, hook["secret"])}


async def test_twilio_posts_a_recording_of_two_channels(door: Door, pbx: Telephony) -> None:
    hook = await a_hook(door, "twilio", secret="twilio-token", settings={"line": "sales"})
    body = said("twilio.form", RECORDING_URL=quote(pbx.url("/Recordings/RE5"), safe=""))
    response = await post(hook, body, **signed_twilio(hook, body))
    assert response.status_code == 202, response.text
    (event,) = await ended(door, hook, 1)
    call = await conversation(door, event)
    assert (call["source"], call["external_id"], call["line"]) == (
        "twilio",
        "CA1111aaaa2222bbbb3333cccc4444dddd",
        "sales",
    )
    assert call["started_at"] == "2026-11-29T10:15:00Z"
    assert [(one["role"], one["track"]) for one in call["participants"]] == [("customer", 0), ("agent", 1)]
    assert call["metadata"]["RecordingDuration"] == "42"
    assert call["recording"]["sha256"] == hashlib.sha256(wav()).hexdigest()
    assert pbx.asked == [("/Recordings/RE5.wav?RequestedChannels=2", "AC0123456789abcdef0123456789abcdef:twilio-token")]


async def test_a_recording_that_is_not_ready_is_asked_for_again(
    door: Door, pbx: Telephony, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(worker, "RETRY_AFTER_S", (0.1, 0.1))
    pbx.missing = 2
    hook = await a_hook(door, "generic", secret=TOKEN)
    body = json.dumps({"external_id": "late-1", "recording_url": pbx.url(), "deal": 17}).encode()
    assert (await post(hook, body, **JSON, **bearer(TOKEN))).status_code == 202
    (event,) = await ended(door, hook, 1)
    assert (event["attempts"], event["last_error"]) == (3, None)
    assert (await conversation(door, event))["metadata"] == {"deal": 17}


async def test_what_never_comes_is_dead_with_its_reason_and_can_be_sent_again(
    door: Door, pbx: Telephony, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(worker, "RETRY_AFTER_S", (0.1,))
    pbx.missing = 2
    hook = await a_hook(door, "generic", secret=TOKEN)
    body = json.dumps({"external_id": "never-1", "recording_url": pbx.url()}).encode()
    await post(hook, body, **JSON, **bearer(TOKEN))
    (event,) = await ended(door, hook, 1)
    assert (event["state"], event["last_error"]) == ("dead", "fetch_failed: the server answered 404")
    again = await door.ours.post(f"/v1/hooks/{hook['id']}/events/{event['id']}/resend")
    assert again.status_code == 202, again.text
    for _ in range(100):
        (event,) = await ended(door, hook, 1)
        if event["state"] == "done":
            break
    assert (await conversation(door, event))["external_id"] == "never-1"


async def test_private_addresses_and_strange_hosts_are_refused(door: Door) -> None:
    hook = await a_hook(door, "generic", secret=TOKEN)
    for number, url in enumerate(("http://127.0.0.1:6379/x.wav", "https://169.254.169.254/x", "s3://secrets/x.wav")):
        body = json.dumps({"external_id": f"ssrf-{number}", "recording_url": url}).encode()
        assert (await post(hook, body, **JSON, **bearer(TOKEN))).status_code == 202
    for event in await ended(door, hook, 3):
        assert event["state"] == "dead"
        assert event["last_error"].startswith("url_refused")


async def test_a_post_that_comes_twice_is_one_conversation(door: Door, pbx: Telephony) -> None:
    hook = await a_hook(door, "generic", secret=TOKEN)
    body = json.dumps({"external_id": "twice-1", "recording_url": pbx.url()}).encode()
    first, second = [(await post(hook, body, **JSON, **bearer(TOKEN))).json()["events"] for _ in range(2)]
    assert first[0]["id"] == second[0]["id"]
    (event,) = await ended(door, hook, 1)
    later = json.dumps({"external_id": "twice-1", "recording_url": pbx.url(), "deal": "won"}).encode()
    await post(hook, later, **JSON, **bearer(TOKEN))
    _, late = await ended(door, hook, 2)
    call = await conversation(door, late)
    assert (call["id"], call["metadata"]) == (event["conversation_id"], {"deal": "won"})
    assert len(pbx.asked) == 1


async def test_freeswitch_sends_sound_and_cdr_in_any_order(
    door: Door, pbx: Telephony, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(worker, "RETRY_AFTER_S", (0.2,) * 50)
    hook = await a_hook(door, "freeswitch", secret=TOKEN)
    cdr = await post(hook, said("freeswitch-cdr.json"), **JSON, **bearer(TOKEN))
    assert cdr.json()["events"][0]["kind"] == "patch"
    uuid = "c37517e6-7fe3-42f7-8560-03df6cca0306"
    async with httpx.AsyncClient() as vendor:
        sent = await vendor.post(
            f"{hook['url']}?uuid={uuid}&caller=79160000001&agent=1002&tracks=2",
            files={"recording": ("c37517e6.wav", wav(), "audio/wav")},
            auth=("freeswitch", TOKEN),
        )
    assert sent.status_code == 202, sent.text
    (event,) = await ended(door, hook, 1)
    call = await conversation(door, event)
    assert (call["id"], call["line"], call["started_at"]) == (
        sent.json()["conversation_id"], "sales@default", "2026-11-29T10:15:00Z",
    )  # fmt: skip
    assert call["metadata"]["recording"] == "/var/rec/c37517e6.wav"
    assert [one.get("reference") for one in call["participants"]] == ["79160000001", "1002"]
    again = await post(hook, wav(), f"?uuid={uuid}&token={TOKEN}", **{"Content-Type": "audio/wav"})
    assert again.json()["conversation_id"] == call["id"]


async def test_freeswitch_xml_cdr_names_its_recording(door: Door, pbx: Telephony) -> None:
    hook = await a_hook(door, "freeswitch", secret=TOKEN)
    xml = said("freeswitch-cdr.xml", RECORDING_URL=pbx.url("/rec/d486.wav"))
    for body, kind in ((xml, {"Content-Type": "text/xml"}), (b"cdr=" + quote(xml.decode()).encode(), FORM)):
        assert (await post(hook, body, **kind, **bearer(TOKEN))).status_code == 202
    (event,) = await ended(door, hook, 1)
    call = await conversation(door, event)
    assert (call["line"], call["metadata"]["billsec" if "billsec" in call["metadata"] else "duration"]) == (
        "service@default", "30",
    )  # fmt: skip
    assert call["participants"][1]["reference"] == "1003@default"


async def test_asterisk_ari_event_fetches_the_stored_recording(door: Door, pbx: Telephony) -> None:
    settings = {"recording_base": f"http://{pbx.host}", "user": "ari", "line": "reception"}
    hook = await a_hook(door, "asterisk-ari", secret="ari-password", settings=settings)
    started = said("asterisk-ari.json").replace(b"RecordingFinished", b"RecordingStarted")
    assert (await post(hook, started, **JSON, **bearer("ari-password"))).json()["events"] == []
    await post(hook, said("asterisk-ari.json"), **JSON, **bearer("ari-password"))
    (event,) = await ended(door, hook, 1)
    name = "in-74951234567-79160000003-20261129-101500-1795947300.17"
    assert (await conversation(door, event))["external_id"] == name
    assert pbx.asked == [(f"/ari/recordings/stored/{name}/file", "ari:ari-password")]


def mango(api_key: str, salt: str, text: bytes) -> bytes:
    sign = hashlib.sha256(api_key.encode() + text + salt.encode()).hexdigest()
    return f"vpbx_api_key={api_key}&sign={sign}&json={quote(text.decode().strip())}".encode()


async def test_mango_signs_its_form_and_its_link(door: Door, pbx: Telephony) -> None:
    settings = {"api_key": "key-of-vpbx", "base": f"http://{pbx.host}/vpbx"}
    hook = await a_hook(door, "mango", secret="salt-of-vpbx", settings=settings)
    recording, summary = (said(name).strip() for name in ("mango-recording.json", "mango-summary.json"))
    taken = await post(hook, mango("key-of-vpbx", "salt-of-vpbx", recording), "/events/recording", **FORM)
    assert taken.status_code == 202, taken.text
    await ended(door, hook, 1)
    await post(hook, mango("key-of-vpbx", "salt-of-vpbx", summary), "/events/summary", **FORM)
    _, late = await ended(door, hook, 2)
    call = await conversation(door, late)
    assert (call["line"], call["metadata"]["from"], call["participants"][0]["reference"]) == (
        "74951234567", "79160000004", "101",
    )  # fmt: skip
    ((path, _),) = pbx.asked
    _, identity, _, key, until, sign = path.removeprefix("/vpbx/queries/recording/").split("/")
    assert sign == hashlib.sha256(f"{key}{until}{identity}salt-of-vpbx".encode()).hexdigest()
    forged = await post(hook, mango("key-of-vpbx", "another-salt", recording), "/events/recording", **FORM)
    assert (forged.status_code, forged.json()["code"]) == (401, "signature_invalid")


async def test_a_virtual_pbx_posts_its_history(door: Door, pbx: Telephony) -> None:
    hook = await a_hook(door, "vats", secret="vats-secret")
    body = said("vats.form", RECORDING_URL=quote(pbx.url(), safe=""))
    assert (await post(hook, body, **FORM)).status_code == 202
    (event,) = await ended(door, hook, 1)
    call = await conversation(door, event)
    assert (call["external_id"], call["line"], call["started_at"]) == (
        "call-vats-1", "74951234567", "2026-11-29T10:15:00Z",
    )  # fmt: skip
    assert [one["reference"] for one in call["participants"]] == ["petrova", "79160000005"]
    assert "crm_token" not in call["metadata"]


@pytest.mark.parametrize(
    ("integration", "body", "expected"),
    [
        ("twilio", b"Digits=1&CallSid=CA1", "RecordingSid"),
        ("freeswitch", b'{"variables": {"direction": "inbound"}}', "variables.uuid"),
        ("generic", b'{"recording_url": "https://pbx.example.com/1.wav"}', "external_id"),
        ("generic", b'{"external_id": "x", "agent": "a"}', "recording_url"),
        (
            "generic",
            b'{"external_id": "x", "recording_url": "https://a.example/1", "direction": "sideways"}',
            "direction",
        ),
        ("s3-drop", b'{"Records": "none"}', "Records"),
    ],
)
async def test_another_form_is_a_problem_that_says_what_was_expected(
    door: Door, integration: str, body: bytes, expected: str
) -> None:
    hook = await a_hook(door, integration, secret=TOKEN)
    headers = signed_twilio(hook, body) if integration == "twilio" else JSON | bearer(TOKEN)
    response = await post(hook, body, **headers)
    problem = response.json()
    assert (response.status_code, problem["code"]) == (422, "payload_mismatch"), response.text
    assert expected in problem["detail"] + problem["action"]


@pytest.mark.parametrize("body", [b"", b"{", b"<cdr>", b"\xff\xfe", b'<!DOCTYPE x [<!ENTITY e "e">]><x>&e;</x>'])
async def test_a_body_that_nobody_reads_is_a_problem(door: Door, body: bytes) -> None:
    hook = await a_hook(door, "freeswitch", secret=TOKEN)
    response = await post(hook, body, **bearer(TOKEN))
    assert response.status_code == 422, response.text
    assert response.json()["code"] in {"invalid_request", "body_missing"}


async def test_nobody_posts_without_the_secret(door: Door) -> None:
    hook = await a_hook(door, "generic")
    body = b'{"external_id": "x", "recording_url": "https://pbx.example.com/1.wav"}'
    for headers in ({}, bearer("wrong"), {"Authorization": "Basic"}):
        refused = await post(hook, body, **JSON, **headers)
        assert (refused.status_code, refused.json()["code"]) == (401, "signature_invalid")
    assert (await post({"url": f"{door.url}/v1/hooks/nothing"}, body, **JSON)).status_code == 404
    assert (await door.ours.get(f"/v1/hooks/{hook['id']}/events")).json()["items"] == []


async def test_a_secret_is_shown_once_and_kept_out_of_lists(door: Door) -> None:
    hook = await a_hook(door, "generic")
    listed = await door.ours.get("/v1/hooks")
    assert hook["id"] in listed.text
    assert hook["secret"] not in listed.text
    found = await hook_rows.find(door.db, hook["id"])
    assert found is not None
    assert hook["secret"] not in repr(found)
    assert (await door.ours.delete(f"/v1/hooks/{hook['id']}")).status_code == 204
    assert await hook_rows.find(door.db, hook["id"]) is None


async def test_a_hook_is_refused_with_settings_that_its_vendor_has_not(door: Door) -> None:
    for body, words in (
        ({"integration": "avaya"}, "twilio"),
        ({"integration": "mango"}, "api_key"),
        ({"integration": "twilio", "settings": {"colour": "red"}}, "line"),
    ):
        response = await door.ours.post("/v1/hooks", json=body)
        assert response.status_code in (404, 422)
        assert words in response.json()["action"]


async def test_buckets_must_be_on_the_list(door: Door) -> None:
    hook = await a_hook(door, "s3-drop", secret=TOKEN)
    await allow(door, "ours", "s3://calls/other")
    await post(hook, said("s3-notification.json"), **JSON, **bearer(TOKEN))
    (event,) = await ended(door, hook, 1)
    await allow(door, "ours")
    assert event["last_error"].startswith("url_refused: the bucket is not on this workspace's list")
