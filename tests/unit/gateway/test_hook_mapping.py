"""Signatures, times and expressions of hooks: vendors' own examples, and what must be refused."""

import base64
import hashlib
import hmac
import time
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from auricle_gateway.errors import PayloadMismatch, SignatureInvalid
from auricle_gateway.hooks import mapping, payloads, signatures
from auricle_gateway.hooks.expressions import Expression, moment
from auricle_gateway.hooks.integrations import Hmac, Integration, read_integrations
from auricle_gateway.hooks.signatures import Post
from auricle_records.hooks import Hook

FOLDER = Path(__file__).parents[3] / "prompts" / "integrations"
INTEGRATIONS = read_integrations(FOLDER)


def a_hook(integration: str, **settings: str) -> Hook:
    return Hook("h", "demo", integration, settings, datetime(2026, 11, 29, tzinfo=UTC), "secret")


def test_twilios_own_example_is_verified() -> None:
    form = {
        "CallSid": "CA1234567890ABCDE",
        "Caller": "+12349013030",
        "Digits": "1234",
        "From": "+12349013030",
        "To": "+18005551212",
    }
    url = "https://mycompany.com/myapp.php?foo=1&bar=2"
    assert signatures.twilio(url, tuple(form.items()), "12345") == "0/KCTR6DLpKmkAf8muzZqo1nDgQ="


def with_hmac(**fields: Any) -> Integration:
    return INTEGRATIONS["generic"].model_copy(update={"signature": Hmac(scheme="hmac", **fields)})


@pytest.mark.parametrize(
    ("fields", "made"),
    [
        ({"header": "X-Sig", "prefix": "sha1=", "algorithm": "sha1"}, lambda body, _: "sha1=" + _hex(body, "sha1")),
        (
            {"header": "X-Sig", "content": "{timestamp}{body}", "timestamp_header": "X-Time", "encoding": "base64"},
            lambda body, told: base64.b64encode(bytes.fromhex(_hex(told.encode() + body, "sha256"))).decode(),
        ),
        (
            {"header": "X-Sig", "content": "{timestamp}.{body}", "timestamp_header": "X-Time", "prefix": "sha256="},
            lambda body, told: "sha256=" + _hex(told.encode() + b"." + body, "sha256"),
        ),
    ],
)
def test_an_hmac_covers_body_and_time(fields: dict[str, Any], made: Any) -> None:
    body, told = b'{"id": 1}', str(int(time.time()))
    headers = {"x-sig": made(body, told), "x-time": told}
    integration = with_hmac(**fields)
    signatures.check(Post("", headers, {}, body), integration, "key", {})
    for changed in (Post("", headers, {}, body + b" "), Post("", headers | {"x-sig": ""}, {}, body)):
        with pytest.raises(SignatureInvalid):
            signatures.check(changed, integration, "key", {})
    with pytest.raises(SignatureInvalid):
        signatures.check(Post("", headers, {}, body), integration, "another key", {})


def test_an_old_post_is_not_taken_again() -> None:
    told = str(int(time.time()) - 3600)
    integration = with_hmac(header="X-Sig", content="{timestamp}.{body}", timestamp_header="X-Time")
    headers = {"x-sig": _hex(told.encode() + b"." + b"{}", "sha256"), "x-time": told}
    with pytest.raises(SignatureInvalid):
        signatures.check(Post("", headers, {}, b"{}"), integration, "key", {})


def _hex(content: bytes, algorithm: str) -> str:
    return hmac.new(b"key", content, algorithm).hexdigest()


@pytest.mark.parametrize(
    ("value", "zone", "expected"),
    [
        (1795947300, "UTC", "2026-11-29T10:15:00Z"),
        ("1795947300", "UTC", "2026-11-29T10:15:00Z"),
        (1795947300123, "UTC", "2026-11-29T10:15:00.123000Z"),
        ("1795947300000000", "UTC", "2026-11-29T10:15:00Z"),
        ("Sun, 29 Nov 2026 10:15:00 +0000", "UTC", "2026-11-29T10:15:00Z"),
        ("2026-11-29 13:15:00", "Europe/Moscow", "2026-11-29T10:15:00Z"),
        ("20261129T101500Z", "Europe/Moscow", "2026-11-29T10:15:00Z"),
        ("2026-11-29T13:15:42.120+0300", "UTC", "2026-11-29T10:15:42.120000Z"),
        ("", "UTC", None),
        (None, "UTC", None),
        (True, "UTC", None),
        ("yesterday", "UTC", None),
        ("2026-11-29 13:15:00", "Mars/Olympus", None),
    ],
)
def test_times_of_all_vendors(value: object, zone: str, expected: str | None) -> None:
    assert moment(value, zone) == expected


def test_an_expression_that_is_none_is_told_at_the_start(tmp_path: Path) -> None:
    text = (FOLDER / "generic.yaml").read_text(encoding="utf-8")
    (tmp_path / "generic.yaml").write_text(text.replace("external_id: external_id", "external_id: 'external_id['"))
    with pytest.raises(ValueError, match=r"generic\.yaml"):
        read_integrations(tmp_path)
    (tmp_path / "generic.yaml").unlink()
    (tmp_path / "other.yaml").write_text(text)
    with pytest.raises(ValueError, match="named 'generic'"):
        read_integrations(tmp_path)


@pytest.mark.parametrize("words", ["match(a, '(')", "sha256(a)", "find(a, 'b', `1`)", "sort(a)", "sum(b)"])
def test_a_function_with_the_wrong_value_is_told_by_its_words(words: str) -> None:
    with pytest.raises(ValueError, match="cannot be told"):
        Expression(words).of({"a": 1, "b": "x"})


def test_unknown_fields_are_metadata_and_what_has_no_room_is_counted() -> None:
    body: dict[str, Any] = {
        "external_id": "x",
        "recording_url": "https://pbx.example.com/1.wav",
        "long": "я" * 5000,
        "list": [1, "a"],
    }
    body |= {f"field_{number}": number for number in range(80)} | {"deep": {"er": {"est": True}}, "empty": ""}
    (event,) = mapping.events(INTEGRATIONS["generic"], a_hook("generic"), body, "hash")
    metadata = event.payload["conversation"]["metadata"]
    assert len(metadata) == 64
    assert metadata["fields_left_out"] == 83 - 63
    assert metadata["list"] == '[1, "a"]'
    assert len(metadata["long"].encode()) <= 4096
    assert "external_id" not in metadata


def test_a_secret_stands_in_no_event() -> None:
    for name, body in (
        ("vats", {"cmd": "history", "callid": "1", "link": "https://a.example/1", "crm_token": "secret-words"}),
        ("mango", {"recording_id": "r", "recording_state": "Completed", "entry_id": "e"}),
    ):
        (event,) = mapping.events(INTEGRATIONS[name], a_hook(name, api_key="k"), body, "hash", "secret-words")
        assert "secret-words" not in repr(event)


def test_a_post_that_is_sent_again_has_the_same_key() -> None:
    body = {"external_id": "x", "recording_url": "https://pbx.example.com/1.wav"}
    raw = hashlib.sha256(b"the body").hexdigest()
    first, second = (mapping.events(INTEGRATIONS["generic"], a_hook("generic"), body, raw)[0] for _ in range(2))
    assert first == second


@pytest.mark.parametrize("value", [[], "text", 7, None, {"Records": [{}] * 1001}])
def test_values_of_another_kind_are_a_mismatch(value: object) -> None:
    for name in ("generic", "s3-drop", "freeswitch"):
        with pytest.raises(PayloadMismatch):
            mapping.events(INTEGRATIONS[name], a_hook(name), value, "hash")


def test_xml_becomes_fields_lists_and_attributes() -> None:
    raw = b"<cdr id='7'><leg>a</leg><leg>b</leg><who><name>x</name></who></cdr>"
    assert payloads.payload(raw) == {"cdr": {"@id": "7", "leg": ["a", "b"], "who": {"name": "x"}}}
