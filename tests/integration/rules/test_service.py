"""The rules as a process, asked over HTTP."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from auricle_cli.stack.ports import any_free
from auricle_criteria.pins import rules_pin

PORT = any_free()


@pytest.fixture(scope="module")
def service() -> Iterator[str]:
    environment = {**os.environ, "AURICLE_PORT": str(PORT), "AURICLE_PROMPTS_DIR": "prompts"}
    process = subprocess.Popen([sys.executable, "-m", "auricle_rules"], env=environment)
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
    pytest.fail("the rules did not come up")


def test_answers_come_back_with_quotes(service: str) -> None:
    turns = [{"id": 1, "participant": "a", "role": "agent", "text": "Добрый день, доставка 350 рублей."}]
    body = {"transcript": {"conversation_id": "c", "turns": turns}, "channel": "chat", "metadata": {"line": "sales"}}
    reply = httpx.post(f"{service}/v1/answer", json=body).raise_for_status().json()
    answers = {one["criterion"]: one for one in reply["answers"]}
    assert answers["price_mentions"]["quotes"][0]["span"] == {"start": 22, "end": 32}
    assert answers["greeting"]["value"] is True
    assert {one["layer"] for one in reply["answers"]} == {"rule"}
    assert reply["version"] == rules_pin(Path("prompts"))


def test_a_wrong_request_is_a_problem(service: str) -> None:
    reply = httpx.post(f"{service}/v1/answer", content=b"\xff", headers={"content-type": "application/json"})
    assert (reply.status_code, reply.json()["code"]) == (400, "invalid_request")


def test_a_broken_rule_stops_the_start(tmp_path: Path) -> None:
    for folder in ("languages", "masking"):
        (tmp_path / folder).symlink_to(Path("prompts", folder).resolve())
    (tmp_path / "rules").mkdir()
    (tmp_path / "rules" / "bad.yaml").write_text("id: bad\n")
    environment = {**os.environ, "AURICLE_PORT": "18489", "AURICLE_PROMPTS_DIR": str(tmp_path)}
    done = subprocess.run(
        [sys.executable, "-m", "auricle_rules"], env=environment, capture_output=True, timeout=60, check=False
    )
    assert done.returncode != 0
    assert b"bad.yaml" in done.stderr
