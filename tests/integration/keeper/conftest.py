"""A tenant with one workspace, a queue, and a blob folder."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from auricle_records.blobs import BlobStore, open_store
from auricle_records.database import Database
from fixtures.tenant import Tenant


@pytest.fixture
async def tenant(database: Database) -> Tenant:
    return await Tenant(database).open()


@pytest.fixture
async def blobs(tmp_path: Path) -> AsyncIterator[BlobStore]:
    store = open_store(f"file://{tmp_path / 'blobs'}")
    yield store
    await store.close()
