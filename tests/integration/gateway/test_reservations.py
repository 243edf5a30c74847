"""An upload may take as long as it takes; one whose gateway was killed holds its key no longer than the renewals are missed."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import httpx
import pytest
from auricle_contracts import ConversationIn
from auricle_records import conversations
from fixtures.patience import eventually
from integration.gateway.conftest import Door, running
from integration.gateway.posted import PEOPLE, fresh, wav
from sqlalchemy import text

STALE_S = 0.8


@pytest.fixture
async def hasty(postgres_url: str, redis_url: str, tmp_path: Path) -> AsyncIterator[Door]:
    """A gateway for which a reservation that is not renewed for 0.8 s is dead."""
    async with running(postgres_url, redis_url, tmp_path / "blobs", receiving_stale_seconds=STALE_S) as door:
        yield door


async def post(door: Door, key: str, body: bytes | AsyncIterator[bytes], external_id: str = "") -> httpx.Response:
    query = {"source": "pbx", "external_id": external_id} if external_id else {}
    headers = {"Content-Type": "audio/wav"} | ({"Idempotency-Key": key} if key else {})
    return await door.ours.post("/v1/conversations", content=body, headers=headers, params=query)


async def waiting(door: Door, older_than_s: float) -> list[str]:
    rows = await conversations.stale_receiving(door.db, "ours", older_than_s=older_than_s)
    return [row.conversation_id for row in rows]


async def age(door: Door, seconds: float) -> None:
    """As if nobody had renewed anything for so long."""
    async with door.db.transaction("ours") as connection:
        await connection.execute(text(f"UPDATE revisions SET updated_at = updated_at - interval '{seconds} s'"))


async def test_a_slow_upload_is_renewed_and_nobody_takes_its_key(hasty: Door) -> None:
    key, ends = fresh(), asyncio.Event()

    async def slowly() -> AsyncIterator[bytes]:
        yield wav()[:1000]
        await ends.wait()
        yield wav()[1000:]

    upload = asyncio.create_task(post(hasty, key, slowly()))
    await eventually(lambda: _has_begun(hasty), what="the row")
    for _ in range(4):
        await asyncio.sleep(STALE_S / 2)
        assert (await post(hasty, key, wav())).json()["code"] == "still_receiving"
    ends.set()
    taken = await upload
    assert taken.status_code == 202, taken.text
    again = await post(hasty, key, wav())
    assert (again.json()["id"], again.headers["idempotent-replayed"]) == (taken.json()["id"], "true")


async def _has_begun(door: Door) -> bool:
    return len(await waiting(door, 0)) == 1


@pytest.mark.parametrize("same", ["key", "external_id"])
async def test_a_retry_begins_anew_when_the_first_writer_is_dead(hasty: Door, same: str) -> None:
    """Without any keeper: the row of a gateway that was killed is all there is."""
    key, external_id = (fresh(), "") if same == "key" else ("", fresh())
    described = ConversationIn.model_validate(
        {"source": "pbx", "external_id": external_id or None, "channel": "call", "participants": PEOPLE}
    )
    left = await conversations.receive(hasty.db, "ours", described, idempotency_key=key or None)
    refused = await post(hasty, key, wav(), external_id)
    assert (refused.status_code, refused.json()["code"]) == (409, "still_receiving")
    await age(hasty, STALE_S)
    taken = await post(hasty, key, wav(), external_id)
    assert taken.status_code == 202, taken.text
    assert taken.json()["id"] != left.conversation_id
    gone = await hasty.ours.get(f"/v1/conversations/{left.conversation_id}")
    assert gone.status_code == 410, "a tombstone: keeper sweeps what the dead one had written"


async def test_of_ten_retries_one_begins_anew(hasty: Door) -> None:
    key = fresh()
    described = ConversationIn.model_validate({"channel": "call", "participants": PEOPLE})
    await conversations.receive(hasty.db, "ours", described, idempotency_key=key)
    await age(hasty, STALE_S)
    body = wav()
    answers = await asyncio.gather(*(post(hasty, key, body) for _ in range(10)))
    assert {answer.status_code for answer in answers} <= {202, 409}
    assert len({answer.json()["id"] for answer in answers if answer.status_code == 202}) == 1
