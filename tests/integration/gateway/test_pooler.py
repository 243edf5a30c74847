"""The gateway with a transaction pooler before its Postgres: it works where it was told so, and says why not where it was not."""

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from auricle_kit.errors import AuricleError
from fixtures.pooler import pooler
from fixtures.postgres import Postgres
from integration.gateway.conftest import running
from integration.gateway.posted import post_chat
from sqlalchemy.engine import make_url


@pytest.fixture
async def pooled_url(postgres: Postgres, postgres_url: str) -> AsyncIterator[str]:
    name = make_url(postgres_url).database or ""
    with TemporaryDirectory() as folder:
        async with pooler(postgres.socket, Path(folder), name, "auricle_app", servers=3) as place:
            yield f"postgresql+asyncpg://auricle_app@/{name}?host={place}"


async def test_conversations_come_in_through_a_pooler(pooled_url: str, redis_server: Any, tmp_path: Path) -> None:
    async with running(f"{pooled_url}&pooler=transaction", redis_server.url, tmp_path, rate_per_minute=0) as door:
        posted = [await post_chat(door.ours) for _ in range(8)]
        listed = (await door.ours.get("/v1/conversations", params={"limit": 20})).json()["items"]
        assert {one["id"] for one in listed} == set(posted)
        assert (await door.theirs.get("/v1/conversations")).json()["items"] == []


async def test_a_pooler_that_nobody_named_is_told_with_what_to_do(
    pooled_url: str, redis_server: Any, tmp_path: Path
) -> None:
    async with AsyncExitStack() as stack:
        with pytest.raises(AuricleError, match="pooler") as refused:
            await stack.enter_async_context(running(pooled_url, redis_server.url, tmp_path, rate_per_minute=0))
    assert "pooler=transaction" in (refused.value.action or "")
