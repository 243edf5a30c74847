"""Tenants: a workspace of its own in the shared database, or a database of its own where the test looks over workspaces."""

from itertools import count

import pytest
from auricle_records.database import Database
from fixtures.tenant import Tenant

_numbers = count(1)


@pytest.fixture
async def tenant(shared_database: Database) -> Tenant:
    return await Tenant(shared_database, f"demo-{next(_numbers)}").open()


@pytest.fixture
async def lone_tenant(database: Database) -> Tenant:
    return await Tenant(database).open()
