"""What was given up, deleted or is too old goes, and nothing else."""

import pytest
from auricle_contracts import EventData
from auricle_keeper.cleaning import Orphans, Receiving, Retention, SentEvents, Tombstones
from auricle_records import conversations, outbox, paths, results, runs, uploads, webhooks
from auricle_records.blobs import BlobStore
from auricle_records.errors import Gone
from fixtures.house import House, a_call, an_evaluation
from sqlalchemy import text


async def keys(blobs: BlobStore, prefix: str = "ws/") -> list[str]:
    return [key async for key in blobs.list(prefix)]


async def age(house: House, table: str, column: str, days: float = 1.0) -> None:
    async with house.db.transaction(house.workspace) as connection:
        await connection.execute(text(f"UPDATE {table} SET {column} = now() - make_interval(secs => {days * 86400})"))


async def test_a_conversation_that_never_came_is_cleaned_with_its_prefix(house: House, blobs: BlobStore) -> None:
    received = await house.receive(a_call(external_id="x-1"), key="k-1")
    key = paths.recording(house.workspace, received.conversation_id)
    await blobs.put_bytes(key, b"half")
    cleaning = Receiving(house.db, blobs, stale_s=60)
    assert await cleaning.round() == 0, "not while it may still come"
    await age(house, "revisions", "updated_at")
    assert await cleaning.round() == 1
    assert await keys(blobs) == []
    again = await house.receive(a_call(external_id="x-1"), key="k-1")
    assert again.conversation_id != received.conversation_id, "the caller's retry is a new start"


async def test_a_slow_writer_cannot_store_what_was_given_up(house: House, blobs: BlobStore) -> None:
    received = await house.receive(a_call())
    await age(house, "revisions", "updated_at")
    await Receiving(house.db, blobs, stale_s=60).round()
    with pytest.raises(Gone):
        await house.store(received, house.recording(received))


async def test_a_stored_conversation_is_never_given_up(house: House, blobs: BlobStore) -> None:
    run = await house.call()
    await blobs.put_bytes(paths.recording(house.workspace, run.conversation_id), b"whole")
    await age(house, "revisions", "updated_at")
    assert await Receiving(house.db, blobs, stale_s=60).round() == 0
    assert len(await keys(blobs)) == 1


async def test_an_upload_whose_time_is_over_goes(house: House, blobs: BlobStore) -> None:
    upload = await uploads.create(house.db, house.workspace, max_bytes=10, expires_s=3600)
    await blobs.put_bytes(upload.blob_key, b"unclaimed")
    cleaning = Receiving(house.db, blobs, stale_s=60)
    assert await cleaning.round() == 0
    await age(house, "uploads", "expires_at")
    assert await cleaning.round() == 1
    assert await keys(blobs) == []


async def test_a_deleted_prefix_is_emptied_until_it_stays_empty(house: House, blobs: BlobStore) -> None:
    """A slow worker writes a transcript after the first sweep."""
    run = await house.call()
    kept = await house.call()
    for one in (run, kept):
        await blobs.put_bytes(paths.recording(house.workspace, one.conversation_id), b"audio")
    await conversations.delete(house.db, house.workspace, run.conversation_id)
    sweeping = Tombstones(house.db, blobs, pause_s=0)
    assert await sweeping.round() == 1
    await blobs.put_bytes(paths.transcript(house.workspace, run.conversation_id, 1), b"late")
    rounds = 0
    while await sweeping.round():
        rounds += 1
        assert rounds < 10
    assert rounds == 4, "one that finds the late blob, then three quiet ones"
    assert await keys(blobs) == [paths.recording(house.workspace, kept.conversation_id)]


async def test_retention_deletes_what_is_too_old_and_leaves_a_tombstone(house: House, blobs: BlobStore) -> None:
    old = await house.call()
    await age(house, "conversations", "created_at", days=31)
    new = await house.call()
    assert await Retention(house.db).round() == 0, "no limit is set"
    async with house.db.transaction(house.workspace) as connection:
        await connection.execute(text("UPDATE workspaces SET retention_days = 30"))
    assert await Retention(house.db).round() == 1
    with pytest.raises(Gone):
        await conversations.get(house.db, house.workspace, old.conversation_id)
    assert (await conversations.get(house.db, house.workspace, new.conversation_id)).id == new.conversation_id


async def test_another_workspaces_retention_is_its_own(house: House) -> None:
    other = await house.neighbour()
    await house.call()
    await age(house, "conversations", "created_at", days=31)
    async with other.db.transaction(other.workspace) as connection:
        await connection.execute(text("UPDATE workspaces SET retention_days = 1"))
    assert await Retention(house.db).round() == 0


async def test_what_a_dead_worker_left_behind_goes(house: House, blobs: BlobStore) -> None:
    run = await house.begin(await house.chat())
    turns = paths.turns(house.workspace, run.conversation_id, 1)
    orphan = paths.digest(house.workspace, run.conversation_id, 1, run.id)
    digest = paths.digest(house.workspace, run.conversation_id, 1, run.id)
    for key in (turns, orphan, digest):
        await blobs.put_bytes(key, b"{}")
    cleaning = Orphans(house.db, blobs, after_s=0)
    again = await runs.begin(house.db, run.id, entry_id=run.entry_id or "", crash="SIGKILL")
    assert again.run is not None
    assert await cleaning.round() == 0, "somebody works: what he has written is not named yet"
    await results.commit_evaluation(house.db, again.run, an_evaluation(run), digest_key=digest)
    assert await Orphans(house.db, blobs, after_s=60).round() == 0
    assert await cleaning.round() == 1
    assert await keys(blobs) == sorted([turns, digest])
    assert await cleaning.round() == 0


async def test_events_that_were_sent_are_forgotten_and_those_that_wait_are_not(house: House) -> None:
    await webhooks.add(house.db, house.workspace, url="https://crm.example/hook")
    for number in range(4):
        data = EventData(workspace=house.workspace, conversation_id=f"c{number}", run_id=f"r{number}")
        async with house.db.transaction(house.workspace) as connection:
            await outbox.add(connection, "evaluation.completed", f"evt_{number}", data)
    sent, given_up, fresh, waiting = await outbox.due(house.db)
    await outbox.sent(house.db, sent)
    await outbox.failed(house.db, given_up, "410", retry_at=None)
    await age(house, "outbox", "sent_at", days=8)
    await age(house, "outbox", "next_at", days=31)
    await outbox.sent(house.db, fresh)
    cleaning = SentEvents(house.db, sent_s=7 * 86400, dead_s=30 * 86400)
    assert await cleaning.round() == 2
    async with house.db.transaction(house.workspace) as connection:
        left = set(await connection.scalars(text("SELECT event_id FROM outbox")))
    assert left == {fresh.event_id, waiting.event_id}
    assert await cleaning.round() == 0
