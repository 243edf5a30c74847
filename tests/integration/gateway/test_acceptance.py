"""A small text is accepted in one commit: what is answered is what is read back, and nothing of a refused one stays."""

import asyncio
from typing import Any

import pytest
from auricle_contracts import STREAMS, Message, Priority, Step
from auricle_gateway.intake import publishing
from auricle_records import conversations, paths, results, runs
from auricle_records.database import Database
from auricle_streams import Streams
from integration.gateway import outcomes
from integration.gateway.conftest import Door
from integration.gateway.posted import chat, fresh

BUSY_SECONDS = 60.0
STREAM = STREAMS[Step.EVALUATE, Priority.LIVE]
FULL: dict[str, Any] = {
    "direction": "outbound", "line": "vip", "language": "rus", "started_at": "2026-11-02T09:00:00+03:00", "priority": "backfill",
    "metadata": {"deal": 7, "open": True, "note": "ночь", "none": None, "share": 0.5},
}  # fmt: skip


@pytest.fixture(autouse=True)
def patient(monkeypatch: pytest.MonkeyPatch) -> None:
    """No keeper runs here: on a busy machine a batch is not left to it."""
    monkeypatch.setattr(publishing, "PUBLISH_SECONDS", BUSY_SECONDS)


@pytest.mark.parametrize("fields", [{}, FULL, {"channel": "email", "participants": [{"id": "c", "role": "customer", "name": "a\u0000b"}],
                                               "turns": [{"participant": "c", "text": "Где заказ?"}]}])  # fmt: skip
async def test_what_is_answered_is_what_is_read_back(door: Door, fields: dict[str, Any]) -> None:
    posted = await door.ours.post("/v1/conversations", json=chat(**fields))
    assert posted.status_code == 202, posted.text
    conversation = posted.json()["id"]
    await _settled(door, conversation)
    read = (await door.ours.get(f"/v1/conversations/{conversation}")).json()
    for view in (read, answered := posted.json()):
        for run in view["runs"]:
            run.pop("updated_at")
    assert answered == read
    transcript = await results.load_transcript(door.db, door.parts.store, "ours", conversation)
    assert (transcript.conversation_id, transcript.revision) == (conversation, 1)


async def _settled(door: Door, conversation: str) -> None:
    """Until its run's entry is written down, which is behind the answer."""
    (run,) = (await conversations.get(door.db, "ours", conversation)).runs
    await outcomes.entry_of(door, "ours", run.id, within_s=BUSY_SECONDS)


async def test_it_is_one_statement_and_no_blob(door: Door, monkeypatch: pytest.MonkeyPatch) -> None:
    transactions: list[str] = []
    entered = Database.transaction

    def counted(self: Database, workspace: str) -> Any:
        transactions.append(workspace)
        return entered(self, workspace)

    await door.ours.post("/v1/conversations", json=chat())  # the recipe and the key are known from here on
    monkeypatch.setattr(Database, "transaction", counted)
    posted = await door.ours.post("/v1/conversations", json=chat())
    assert transactions.count("ours") <= 1, "the batch that writes entries down may come meanwhile"
    prefix = paths.prefix("ours", posted.json()["id"])
    assert [key async for key in door.parts.store.list(prefix)] == []


async def test_each_run_is_published_once_with_its_entry(door: Door) -> None:
    replies = await asyncio.gather(*(door.ours.post("/v1/conversations", json=chat()) for _ in range(30)))
    for reply in replies:
        await _settled(door, reply.json()["id"])
    ours = {reply.json()["runs"][0]["id"] for reply in replies}
    named = {(await runs.get(door.db, "ours", run)).entry_id: run for run in ours}
    entries = await door.parts.streams.redis.xrange(STREAM)
    carried = [(entry.decode(), fields[b"run_id"].decode()) for entry, fields in entries]
    assert sorted(one for one in carried if one[1] in ours) == sorted(named.items())


async def test_a_full_stream_takes_the_first_and_leaves_the_rest(door: Door, redis_url: str) -> None:

    async with Streams.connect(redis_url) as streams:
        stream, messages = f"test:{fresh()}", [Message(run_id=str(number), traceparent="") for number in range(5)]
        assert len(await streams.publish_many_under(stream, messages, 3)) == 3
        assert await streams.publish_many_under(stream, messages, 3) == []
        assert await streams.publish_many_under(stream, [], 3) == []


async def test_a_large_text_goes_the_ordinary_way(door: Door) -> None:
    turns = [{"participant": "customer", "text": "слово " * 3000}] * 20
    posted = await door.ours.post("/v1/conversations", json=chat(turns=turns))
    prefix = paths.prefix("ours", posted.json()["id"])
    assert [key async for key in door.parts.store.list(prefix)] == [paths.turns("ours", posted.json()["id"], 1)]
    assert len((await door.ours.get(f"/v1/conversations/{posted.json()['id']}/transcript")).json()["turns"]) == 20


async def test_a_refused_one_leaves_nothing(door: Door) -> None:
    name = fresh()
    assert (await door.ours.post("/v1/conversations", json=chat(external_id=name))).status_code == 202
    before = len((await conversations.page(door.db, "ours", limit=200)).items)
    again = await door.ours.post("/v1/conversations", json=chat(external_id=name))
    assert (again.status_code, again.json()["code"]) == (409, "external_id_conflict")
    empty = await door.ours.post("/v1/conversations", json=chat(turns=[{"participant": "agent", "text": " "}]))
    assert (empty.status_code, empty.json()["code"]) == (422, "body_missing")
    assert len((await conversations.page(door.db, "ours", limit=200)).items) == before


async def test_a_deleted_one_takes_its_text_along(door: Door) -> None:
    posted = await door.ours.post("/v1/conversations", json=chat())
    conversation = posted.json()["id"]
    assert (await door.ours.delete(f"/v1/conversations/{conversation}")).status_code == 204
    assert (await door.ours.get(f"/v1/conversations/{conversation}/transcript")).status_code == 410
