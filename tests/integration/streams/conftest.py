"""A scene of workers for each test of this folder."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from fixtures.queue_scene import Scene
from fixtures.redis import RedisServer
from fixtures.sqlite_run_store import SqliteRunStore


@pytest.fixture
def scene(redis_server: RedisServer, redis_url: str, tmp_path: Path) -> Iterator[Scene]:
    made = Scene(redis_url, SqliteRunStore(tmp_path / "runs.sqlite"), redis_server.client(), tmp_path)
    yield made
    made.close()


@pytest.fixture
def own_scene(own_redis: RedisServer, tmp_path: Path) -> Iterator[Scene]:
    """On a Redis that the test may kill."""
    made = Scene(own_redis.url, SqliteRunStore(tmp_path / "runs.sqlite"), own_redis.client(), tmp_path)
    yield made
    made.close()
