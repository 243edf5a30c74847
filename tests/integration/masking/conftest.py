"""Workspaces of their own in the shared database."""

from itertools import count

import pytest
from auricle_records.database import Database
from fixtures.tenant import Tenant

_numbers = count(1)


@pytest.fixture
async def tenant(shared_database: Database) -> Tenant:
    return await Tenant(shared_database, f"masking-{next(_numbers)}").open()
