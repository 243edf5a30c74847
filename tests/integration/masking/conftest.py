"""Workspaces of their own in the shared database."""

from itertools import count

import pytest
from auricle_records.database import Database
from fixtures.house import House

_numbers = count(1)


@pytest.fixture
async def house(shared_database: Database) -> House:
    return await House(shared_database, f"masking-{next(_numbers)}").open()
