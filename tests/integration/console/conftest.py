"""A real gateway, for the page that stands before it."""

from collections.abc import AsyncIterator
from typing import Any

import pytest
from integration.gateway.conftest import Door, running


@pytest.fixture(scope="module")
async def door(
    module_postgres_url: str, redis_server: Any, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[Door]:
    """The gateway of a module; one that needs another setting has a `door` of its own."""
    blobs = tmp_path_factory.mktemp("blobs")
    async with running(module_postgres_url, redis_server.url, blobs, rate_per_minute=0) as door:
        yield door
