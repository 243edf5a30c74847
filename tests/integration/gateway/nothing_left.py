"""Whether a refused request left anything behind: rows and files."""

from typing import Any

from auricle_records.tables import conversations
from integration.gateway.conftest import Door
from sqlalchemy import func, select


async def count(door: Door) -> int:
    async with door.db.transaction("ours") as connection:
        return int(await connection.scalar(select(func.count()).select_from(conversations)) or 0)


def files(door: Door) -> list[str]:
    return sorted(str(path) for path in door.blobs.rglob("*") if path.is_file())


async def refused(door: Door, status: int, code: str, **request: Any) -> None:
    """The request is refused as said, and neither a row nor a file stays."""
    rows, blobs = await count(door), files(door)
    response = await door.ours.post("/v1/conversations", **request)
    assert (response.status_code, response.json()["code"]) == (status, code), response.text
    assert response.headers["content-type"] == "application/problem+json"
    assert await count(door) == rows
    assert files(door) == blobs
