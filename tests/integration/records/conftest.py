"""Houses: a workspace of its own in the shared database, or a database of its own where the test looks over workspaces."""

from itertools import count

import pytest
from auricle_records.database import Database
from fixtures.house import House

_numbers = count(1)


@pytest.fixture
async def house(shared_database: Database) -> House:
    return await House(shared_database, f"demo-{next(_numbers)}").open()


@pytest.fixture
async def lone_house(database: Database) -> House:
    return await House(database).open()
