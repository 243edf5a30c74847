"""A workspace keeps as much as it may: beyond it the door says so, other workspaces go on, and what was accepted stays accepted."""

from typing import Any

import httpx
import pytest
from auricle_gateway.intake import storage_quota
from integration.gateway.conftest import running
from integration.gateway.posted import chat, post_call, post_chat, wav

MORE_THAN_A_MIB = wav(70)


async def test_a_full_workspace_hands_in_nothing_more(
    module_postgres_url: str,
    redis_server: Any,
    tmp_path_factory: pytest.TempPathFactory,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(storage_quota, "FRESH_SECONDS", 0.0)
    blobs = tmp_path_factory.mktemp("blobs")
    async with running(module_postgres_url, redis_server.url, blobs, rate_per_minute=0, storage_quota_mib=1) as door:
        first: dict[str, Any] = {"json": chat(), "headers": {"Idempotency-Key": "first"}}
        assert (await door.ours.post("/v1/conversations", **first)).status_code == 202
        grown = await post_chat(door.ours)
        call = await post_call(door.ours, MORE_THAN_A_MIB)
        for refused in (
            await door.ours.post("/v1/conversations", json=chat()),
            await door.ours.post("/v1/conversations", content=wav(), headers={"Content-Type": "audio/wav"}),
            await door.ours.post(f"/v1/conversations/{grown}/revisions", json={"turns": chat()["turns"]}),
            await door.ours.post("/v1/uploads", json={}),
        ):
            assert told(refused) == (507, "quota_exceeded", "Delete conversations")
        again = await door.ours.post("/v1/conversations", **first)
        assert (again.status_code, again.headers["Idempotent-Replayed"]) == (202, "true")
        await post_chat(door.theirs)
        assert (await door.ours.delete(f"/v1/conversations/{call}")).status_code == 204
        await post_chat(door.ours)


def told(response: httpx.Response) -> tuple[int, str, str]:
    """Status, code, and how its advice begins."""
    problem = response.json()
    return response.status_code, problem["code"], problem["action"].split(",")[0]
