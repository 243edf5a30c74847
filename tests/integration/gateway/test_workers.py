"""What a waiting call waits for, told by its worker's own health page."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from auricle_cli.stack.ports import any_free
from auricle_contracts import Step
from auricle_gateway.operations.worker_health import AWAY
from auricle_kit import web
from integration.gateway.conftest import running
from integration.gateway.posted import post_call


@pytest.fixture
async def asr() -> AsyncIterator[str]:
    async def ready() -> dict[str, str]:
        return {"stores": "ok", "engine": "waiting_for_model"}

    port = any_free()
    async with web.health_server("asr", "127.0.0.1", port, ready):
        yield f"http://127.0.0.1:{port}"


async def test_a_waiting_run_says_what_it_waits_for(
    postgres_url: str, redis_url: str, tmp_path: Path, asr: str
) -> None:
    away = f"http://127.0.0.1:{any_free()}"
    async with running(postgres_url, redis_url, tmp_path, asr_url=asr, scorer_url=away) as door:
        conversation = await post_call(door.ours)
        assert (await door.ours.get("/v1/queues")).json()["workers"] == {
            "transcribe": "waiting_for_model",
            "evaluate": AWAY,
        }
        (run,) = (await door.ours.get(f"/v1/conversations/{conversation}")).json()["runs"]
        assert (run["step"], run["waiting_for"]) == (Step.TRANSCRIBE, "waiting_for_model")
        (item,) = (await door.ours.get("/v1/conversations")).json()["items"]
        assert item["runs"][0]["waiting_for"] == "waiting_for_model"


async def test_without_health_pages_nothing_is_said(postgres_url: str, redis_url: str, tmp_path: Path) -> None:
    async with running(postgres_url, redis_url, tmp_path) as door:
        conversation = await post_call(door.ours)
        assert (await door.ours.get("/v1/queues")).json()["workers"] == {}
        assert (await door.ours.get(f"/v1/conversations/{conversation}")).json()["runs"][0]["waiting_for"] is None
