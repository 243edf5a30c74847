"""The services as processes: they start from the environment, answer, and leave with exit code 0 when told."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Any

import httpx
import pytest
from auricle_cli.stack.ports import any_free
from auricle_scorer.neighbours import Neighbours
from fixtures.scripted_model import Scripted
from integration.scorer.conftest import JUDGE, PROMPTS, WITHOUT_WEIGHTS


@contextmanager
def process(
    service: str, output: IO[bytes] | None = None, **settings: object
) -> Iterator[tuple[subprocess.Popen[bytes], str]]:
    """`python -m auricle_<service>` on a free port; its address. Killed at the end if it still lives."""
    port = any_free()
    own = {f"AURICLE_{name.upper()}": str(value) for name, value in {"port": port, **settings}.items()}
    running = subprocess.Popen(
        [sys.executable, "-m", f"auricle_{service}"], env=os.environ | own, stdout=output, stderr=output
    )
    try:
        yield running, f"http://127.0.0.1:{port}"
    finally:
        running.kill()
        running.wait()


def answer(url: str, *, seconds: float = 90.0) -> httpx.Response:
    """The first 200 answer of this address."""
    deadline = time.monotonic() + seconds
    while True:
        try:
            reply = httpx.get(url, trust_env=False)
        except httpx.HTTPError:
            reply = httpx.Response(503)
        if reply.status_code == 200:
            return reply
        assert time.monotonic() < deadline, f"{url} does not get ready"
        time.sleep(0.1)


def stop(running: subprocess.Popen[bytes]) -> int:
    """SIGTERM; the exit code."""
    running.send_signal(signal.SIGTERM)
    return running.wait(15)


def test_the_scorer_starts_and_drains(
    neighbours: Neighbours, scripted: tuple[str, Scripted], postgres_url: str, redis_url: str, tmp_path: Path
) -> None:
    settings: dict[str, Any] = {
        "database_url": postgres_url, "redis_url": redis_url, "blob_url": f"file://{tmp_path}", "prompts_dir": PROMPTS,
        "compressor_url": neighbours.compressor_url, "rules_url": neighbours.rules_url, "model_url": scripted[0],
    }  # fmt: skip
    with process("scorer", **settings) as (running, address):
        assert answer(f"{address}/healthz").json()["service"] == "scorer"
        assert b"auricle_scorer_answers" in answer(f"{address}/metrics").content
        assert stop(running) == 0


def test_a_scorer_without_its_scorecard_says_so_and_does_not_stay(redis_url: str, tmp_path: Path) -> None:
    """The supervisor tries again, since the next release may bring it; until then nothing answers for it."""
    log = tmp_path / "log"
    settings: dict[str, Any] = {"redis_url": redis_url, "prompts_dir": tmp_path, "blob_url": f"file://{tmp_path}"}
    with log.open("wb") as said, process("scorer", said, **settings) as (running, address):
        deadline = time.monotonic() + 60
        while '"event": "child_ended"' not in log.read_text():
            assert time.monotonic() < deadline, "the worker stays"
            time.sleep(0.1)
        assert "there is no scorecard 'sales'" in log.read_text()
        assert '"exit_code": 1,' in log.read_text()
        with pytest.raises(httpx.HTTPError):
            httpx.get(f"{address}/healthz", trust_env=False)
        stop(running)


def test_a_model_server_without_weights_names_the_setting(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "auricle_llm"], env=os.environ | {"AURICLE_JUDGE_DIR": str(tmp_path)}, capture_output=True,
        timeout=60, check=False,
    )  # fmt: skip
    assert done.returncode != 0
    assert b"there is no serving.yaml" in done.stderr


@WITHOUT_WEIGHTS
def test_the_model_server_serves_and_drains() -> None:
    with process("llm", judge_dir=JUDGE) as (running, address):
        assert answer(f"{address}/readyz").json()["checks"] == {"engine": "ok"}
        names = [model["id"] for model in answer(f"{address}/v1/models").json()["data"]]
        assert {"judge", "judge-base"} <= set(names)
        unknown = httpx.post(f"{address}/v1/chat/completions", json={"model": "gpt", "messages": []}, trust_env=False)
        assert (unknown.status_code, unknown.json()["code"]) == (404, "not_found")
        for bad in (b"", b"[]", b"not json", b"[" * 100_000):
            assert httpx.post(f"{address}/tokenize", content=bad, trust_env=False).status_code == 422
        assert stop(running) == 0


@WITHOUT_WEIGHTS
async def test_adapters_change_what_the_base_says_and_streams_come_in_pieces(llama: str) -> None:
    asked = {
        "messages": [{"role": "user", "content": "call\nT1 agent: Добрый день"}],
        "max_tokens": 24,
        "temperature": 0,
    }
    async with httpx.AsyncClient(timeout=60, trust_env=False) as client:
        said = [
            (await client.post(f"{llama}/chat/completions", json={**asked, "model": name})).json()["choices"][0][
                "message"
            ]
            for name in ("judge", "judge-base", "judge")
        ]
        assert said[0] == said[2] != said[1]
        streamed = await client.post(f"{llama}/chat/completions", json={**asked, "model": "judge", "stream": True})
        assert streamed.headers["content-type"].startswith("text/event-stream")
        assert streamed.text.count("data: ") > 2
        assert streamed.text.rstrip().endswith("data: [DONE]")


@WITHOUT_WEIGHTS
async def test_a_schema_binds_the_answer_without_free_spaces(llama: str) -> None:
    schema = {
        "type": "object",
        "properties": {"a": {"enum": ["x", "y"]}, "b": {"type": "integer"}},
        "required": ["a", "b"],
    }
    bound = {
        "type": "json_schema",
        "json_schema": {"name": "answer", "schema": {**schema, "additionalProperties": False}},
    }
    asked = {
        "model": "judge",
        "messages": [{"role": "user", "content": "?"}],
        "max_tokens": 64,
        "response_format": bound,
    }
    async with httpx.AsyncClient(timeout=60, trust_env=False) as client:
        text = (await client.post(f"{llama}/chat/completions", json=asked)).json()["choices"][0]["message"]["content"]
        assert text.startswith(('{"a":"x","b":', '{"a":"y","b":'))
        bad = {**asked, "response_format": {"type": "json_schema", "json_schema": "x"}}
        assert (await client.post(f"{llama}/chat/completions", json=bad)).status_code == 422
