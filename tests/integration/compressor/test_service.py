"""The compressor as a process: started as the launcher starts it, asked over HTTP, ended by SIGTERM."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator

import httpx
import pytest
from auricle_cli.stack.ports import any_free

PORT = any_free()


@pytest.fixture(scope="module")
def service() -> Iterator[str]:
    environment = {**os.environ, "AURICLE_PORT": str(PORT), "AURICLE_PROMPTS_DIR": "prompts"}
    process = subprocess.Popen([sys.executable, "-m", "auricle_compressor"], env=environment)
    address = f"http://127.0.0.1:{PORT}"
    try:
        _wait(address)
        yield address
    finally:
        process.send_signal(signal.SIGTERM)
        assert process.wait(10) == 0


def _wait(address: str) -> None:
    for _ in range(200):
        try:
            if httpx.get(f"{address}/healthz").status_code == 200:
                return
        except httpx.ConnectError:
            time.sleep(0.05)
    pytest.fail("the compressor did not come up")


def transcript(*texts: str) -> dict[str, object]:
    turns = [{"id": n, "participant": "a", "role": "agent", "text": text} for n, text in enumerate(texts, start=1)]
    return {"conversation_id": "c1", "language": "ru", "turns": turns}


def test_a_digest_comes_back(service: str) -> None:
    reply = httpx.post(f"{service}/v1/compress", json={"transcript": transcript("Ну, доставка, э, завтра.", "Угу.")})
    digest = reply.raise_for_status().json()
    assert digest["dropped"] == [{"turn": 2, "reason": "backchannel"}]
    assert digest["tokens_after"] < digest["tokens_before"]
    assert digest["token_counter"].startswith("approx")
    assert [(one["first"], one["last"], one["level"]) for one in digest["stretches"]] == [(1, 2, "light")]


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"transcript": transcript("да"), "level": "deepest"},
        {"transcript": transcript("да"), "protect": ["nonsense"]},
        [],
    ],
)
def test_a_wrong_request_is_a_problem(service: str, body: object) -> None:
    reply = httpx.post(f"{service}/v1/compress", json=body)
    assert (reply.status_code, reply.json()["code"]) == (422, "invalid_request")


def test_twenty_thousand_turns_are_read(service: str) -> None:
    reply = httpx.post(
        f"{service}/v1/compress", json={"transcript": transcript(*["Ну, доставка завтра."] * 20_000)}, timeout=60
    )
    assert reply.status_code == 200
    assert len(reply.json()["dropped"]) == 19_999
