"""Keys, headers, ids, addresses and bare HTTP as an attacker sends them."""

import asyncio
import json

import httpx
import pytest
from auricle_contracts import Scope
from auricle_gateway.access import tokens
from auricle_records import keys
from integration.gateway.conftest import Door
from integration.gateway.nothing_left import count, files
from integration.gateway.posted import chat, fresh, post_call, wav

WRONG_QUERIES = (
    {"line": "\0"}, {"line": "a" * 257}, {"limit": "0"}, {"limit": "9999999999999"}, {"since": "yesterday"}, {"since": "0001-01-01"},
    {"x": "y"},
)  # fmt: skip


@pytest.mark.parametrize(
    "token",
    [None, "x", "auricle_x_y", "Bearer", "auricle_" + "a" * 5000, "' OR 1=1 --", "ключ".encode().decode("latin-1")],
)
async def test_no_key_no_entry(door: Door, token: str | None) -> None:
    headers = {} if token is None else {b"Authorization": f"Bearer {token}".encode("latin-1")}
    async with httpx.AsyncClient(base_url=door.url) as http:
        response = await http.get("/v1/whoami", headers=headers)
    assert (response.status_code, response.json()["code"]) == (401, "unauthenticated")
    assert response.headers["www-authenticate"] == "Bearer"


async def test_a_revoked_key_is_forgotten_within_seconds(door: Door) -> None:
    made = await keys.create_key(door.db, "ours", name="gone", scopes=[Scope.READ])
    async with httpx.AsyncClient(base_url=door.url, headers={"Authorization": f"Bearer {made.token}"}) as http:
        assert (await http.get("/v1/whoami")).is_success
        await keys.revoke(door.db, "ours", made.row.id)
        await asyncio.sleep(tokens.KNOWN_SECONDS + 0.2)
        assert (await http.get("/v1/whoami")).status_code == 401


async def test_scopes_hold(door: Door) -> None:
    async with await door.client("ours", Scope.READ) as reader:
        assert (await reader.get("/v1/conversations")).is_success
        for method, path in (
            ("POST", "/v1/conversations"),
            ("GET", "/v1/export"),
            ("DELETE", "/v1/conversations/x"),
            ("GET", "/v1/queues"),
        ):
            response = await reader.request(method, path)
            assert (response.status_code, response.json()["code"]) == (403, "forbidden"), path


async def test_a_recording_over_the_limit_is_cut_off(door: Door) -> None:
    limit = door.parts.limits.recording_bytes
    declared = {"Content-Type": "audio/wav", "Content-Length": str(limit + 1)}
    response = await _raw(door, declared, b"x" * 1000)
    assert b" 413 " in response
    assert b"body_too_large" in response


async def _raw(door: Door, headers: dict[str, str], body: bytes, *, hang_up: bool = False) -> bytes:
    """A request by hand: what no HTTP library would send."""
    reader, writer = await asyncio.open_connection("127.0.0.1", int(door.url.rpartition(":")[2]))
    token = door.ours.headers["Authorization"]
    every = {"Host": "x", "Authorization": token, "Connection": "close"} | headers
    lines = [f"{name}: {value}" for name, value in every.items()]
    writer.write("\r\n".join(["POST /v1/conversations HTTP/1.1", *lines, "", ""]).encode() + body)
    await writer.drain()
    if hang_up:
        await asyncio.sleep(0.3)
        writer.close()
        return b""
    try:
        return await asyncio.wait_for(reader.read(), 5)
    finally:
        writer.close()


async def test_a_client_that_hangs_up_leaves_nothing(door: Door) -> None:
    rows, blobs = await count(door), files(door)
    name = fresh()
    headers = {
        "Content-Type": "audio/wav",
        "Content-Length": "100000",
        "Auricle-Metadata": json.dumps({"external_id": name}),
    }
    await _raw(door, headers, b"x" * 5000, hang_up=True)
    for _ in range(50):
        if await count(door) == rows:
            break
        await asyncio.sleep(0.1)
    assert await count(door) == rows
    assert files(door) == blobs
    await post_call(door.ours, external_id=name)


@pytest.mark.parametrize(
    "line", ["Idempotency-Key: \x7f", "Content-Type: audio/wav\x01", "X: a\rb", "Auricle-Metadata: {\0}", " folded: x"]
)
async def test_headers_that_are_none_are_refused_by_the_server_itself(door: Door, line: str) -> None:
    name, _, value = line.partition(": ")
    rows = await count(door)
    assert b" 400 " in await _raw(door, {"Content-Length": "1", name: value}, b"x")
    assert await count(door) == rows


async def test_a_length_that_lies(door: Door) -> None:
    assert b" 400 " in await _raw(door, {"Content-Type": "audio/wav", "Content-Length": "-5"}, b"")
    assert b" 400 " in await _raw(door, {"Content-Type": "audio/wav", "Content-Length": "abc"}, b"")
    both = {"Content-Type": "audio/wav", "Content-Length": "5", "Transfer-Encoding": "chunked"}
    answer = await _raw(door, both, b"0\r\n\r\n")
    assert b" 400 " in answer or b"body_missing" in answer


@pytest.mark.parametrize(
    "conversation_id",
    ["..", "../../ws/theirs", "..%2f..%2fetc%2fpasswd", "%00", "x" * 3000, "'; DROP TABLE conversations; --", "%ff",
     "00000000-0000-0000-0000-000000000000", "*", "{conversation_id}", "１２３"],
)  # fmt: skip
@pytest.mark.parametrize("what", ["", "/recording", "/transcript"])
async def test_ids_are_only_looked_up(door: Door, conversation_id: str, what: str) -> None:
    response = await door.ours.get(f"/v1/conversations/{conversation_id}{what}")
    assert response.status_code == 404


@pytest.mark.parametrize("key", ["", "a" * 256, "a b", "ключ".encode().decode("latin-1")])
async def test_odd_idempotency_keys(door: Door, key: str) -> None:
    headers = {b"Idempotency-Key": key.encode("latin-1")}
    response = await door.ours.post("/v1/conversations", json=chat(), headers=headers)
    assert (response.status_code, response.json()["code"]) == (422, "invalid_request")


async def test_headers_cannot_be_injected(door: Door) -> None:
    about = {"external_id": fresh(), "metadata": {"x": "a\r\nSet-Cookie: y=1"}}
    response = await door.ours.post(
        "/v1/conversations", content=wav(), headers={"Content-Type": "audio/wav", "Auricle-Metadata": json.dumps(about)}
    )
    assert response.status_code == 202
    assert "set-cookie" not in response.headers
    recording = await door.ours.get(f"/v1/conversations/{response.json()['id']}/recording")
    assert recording.headers["content-disposition"] == 'inline; filename="recording"'


async def test_filters_take_odd_text(door: Door) -> None:
    for value in ("' OR 1=1", "%", "\u202e", "👩‍👩‍👧", "a" * 256):
        response = await door.ours.get("/v1/conversations", params={"line": value, "agent": value, "source": value})
        assert (response.status_code, response.json()["items"]) == (200, [])
    for query in WRONG_QUERIES:
        response = await door.ours.get("/v1/conversations", params=query)
        assert (response.status_code, response.json()["code"]) == (422, "invalid_request"), query
    for cursor in ("x", "\0", "=" * 500, "eyJ9", "AAAA"):
        assert (await door.ours.get("/v1/conversations", params={"cursor": cursor})).status_code == 422
        assert (await door.ours.get("/v1/runs", params={"cursor": cursor})).status_code in (200, 422)


async def test_wrong_methods_and_paths_are_problems(door: Door) -> None:
    for method, path, code in (
        ("PUT", "/v1/conversations", "method_not_allowed"),
        ("GET", "/v2/x", "not_found"),
        ("GET", "/docs", "not_found"),
    ):
        response = await door.ours.request(method, path)
        assert response.json()["code"] == code
        assert response.headers["content-type"] == "application/problem+json"


def private_urls(port: int) -> list[str]:
    """The door's side of tests/unit/kit/test_egress.py: a few of each kind."""
    return [
        f"http://127.0.0.1:{port}/a.wav", f"https://127.0.0.1:{port}/", f"https://localhost:{port}/", "https://169.254.169.254/latest/meta-data/",
        "https://[::1]/", "https://[::ffff:127.0.0.1]/", "https://2130706433/", "https://0x7f.1/", "https://10.0.0.1:8443/", "file:///etc/passwd",
        "gopher://127.0.0.1/", "https://user:pw@example.com/", "//127.0.0.1/", "https://127.0.0.1:22/", "x", "https://\u2024/",
    ]  # fmt: skip


async def test_no_recording_url_reaches_the_inside(door: Door) -> None:
    hits = 0

    async def canary(_reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        nonlocal hits
        hits += 1
        writer.close()

    server = await asyncio.start_server(canary, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    rows, blobs = await count(door), files(door)
    for url in private_urls(port):
        response = await door.ours.post("/v1/conversations", json={"recording_url": url})
        assert response.json()["code"] in ("url_refused", "fetch_failed", "invalid_request"), url
        hook = await door.ours.post("/v1/webhooks", json={"url": url})
        if hook.status_code == 201:  # the address is checked when keeper connects
            assert (await door.ours.delete(f"/v1/webhooks/{hook.json()['id']}")).status_code == 204
    server.close()
    assert hits == 0
    assert await count(door) == rows
    assert files(door) == blobs
