"""What was given up, deleted or is too old goes, and nothing else."""

from typing import Any, cast

import pytest
from auricle_contracts import EventData
from auricle_keeper.cleaning import DeadHookEvents, Orphans, Receiving, Retention, SentEvents, Tombstones
from auricle_records import conversations, hook_events, hooks, outbox, paths, results, runs, uploads, webhooks
from auricle_records.blobs import BlobStore
from auricle_records.errors import Gone, StoreUnavailable
from fixtures.tenant import Tenant, a_call, an_evaluation
from sqlalchemy import text


class Away:
    """A blob store that deletes nothing; all else is the real one's."""

    def __init__(self, blobs: BlobStore) -> None:
        self._blobs = blobs

    def __getattr__(self, name: str) -> Any:
        return getattr(self._blobs, name)

    async def delete_prefix(self, _prefix: str) -> int:
        raise StoreUnavailable("S3 does not answer")


async def keys(blobs: BlobStore, prefix: str = "ws/") -> list[str]:
    return [key async for key in blobs.list(prefix)]


async def age(tenant: Tenant, table: str, column: str, days: float = 1.0) -> None:
    async with tenant.db.transaction(tenant.workspace) as connection:
        await connection.execute(text(f"UPDATE {table} SET {column} = now() - make_interval(secs => {days * 86400})"))


async def test_a_conversation_that_never_came_is_cleaned_with_its_prefix(tenant: Tenant, blobs: BlobStore) -> None:
    received = await tenant.receive(a_call(external_id="x-1"), key="k-1")
    key = paths.recording(tenant.workspace, received.conversation_id)
    await blobs.put_bytes(key, b"half")
    cleaning = Receiving(tenant.db, blobs, stale_s=60)
    assert await cleaning.round() == 0, "not while it may still come"
    await age(tenant, "revisions", "updated_at")
    assert await cleaning.round() == 1
    assert await keys(blobs) == []
    again = await tenant.receive(a_call(external_id="x-1"), key="k-1")
    assert again.conversation_id != received.conversation_id, "the caller's retry is a new start"


async def test_keys_are_free_again_though_the_blob_store_is_away(tenant: Tenant, blobs: BlobStore) -> None:
    for number in range(3):
        await tenant.receive(a_call(external_id=f"x-{number}"), key=f"k-{number}")
    await age(tenant, "revisions", "updated_at")
    with pytest.raises(StoreUnavailable):
        await Receiving(tenant.db, cast(BlobStore, Away(blobs)), stale_s=60).round()
    for number in range(3):
        assert (await tenant.receive(a_call(external_id=f"x-{number}"), key=f"k-{number}")).fresh


async def test_a_slow_writer_cannot_store_what_was_given_up(tenant: Tenant, blobs: BlobStore) -> None:
    received = await tenant.receive(a_call())
    await age(tenant, "revisions", "updated_at")
    await Receiving(tenant.db, blobs, stale_s=60).round()
    with pytest.raises(Gone):
        await tenant.store(received, tenant.recording(received))


async def test_a_stored_conversation_is_never_given_up(tenant: Tenant, blobs: BlobStore) -> None:
    run = await tenant.call()
    await blobs.put_bytes(paths.recording(tenant.workspace, run.conversation_id), b"whole")
    await age(tenant, "revisions", "updated_at")
    assert await Receiving(tenant.db, blobs, stale_s=60).round() == 0
    assert len(await keys(blobs)) == 1


async def test_an_upload_whose_time_is_over_goes(tenant: Tenant, blobs: BlobStore) -> None:
    upload = await uploads.create(tenant.db, tenant.workspace, max_bytes=10, expires_s=3600)
    await blobs.put_bytes(upload.blob_key, b"unclaimed")
    cleaning = Receiving(tenant.db, blobs, stale_s=60)
    assert await cleaning.round() == 0
    await age(tenant, "uploads", "expires_at")
    assert await cleaning.round() == 1
    assert await keys(blobs) == []


async def test_a_deleted_prefix_is_emptied_until_it_stays_empty(tenant: Tenant, blobs: BlobStore) -> None:
    """A slow worker writes a transcript after the first sweep."""
    run = await tenant.call()
    kept = await tenant.call()
    for one in (run, kept):
        await blobs.put_bytes(paths.recording(tenant.workspace, one.conversation_id), b"audio")
    await conversations.delete(tenant.db, tenant.workspace, run.conversation_id)
    sweeping = Tombstones(tenant.db, blobs, pause_s=0)
    assert await sweeping.round() == 1
    await blobs.put_bytes(paths.transcript(tenant.workspace, run.conversation_id, 1), b"late")
    rounds = 0
    while await sweeping.round():
        rounds += 1
        assert rounds < 10
    assert rounds == 4, "one that finds the late blob, then three quiet ones"
    assert await keys(blobs) == [paths.recording(tenant.workspace, kept.conversation_id)]


async def test_retention_deletes_what_is_too_old_and_leaves_a_tombstone(tenant: Tenant, blobs: BlobStore) -> None:
    old = await tenant.call()
    await age(tenant, "conversations", "created_at", days=31)
    new = await tenant.call()
    assert await Retention(tenant.db).round() == 0, "no limit is set"
    async with tenant.db.transaction(tenant.workspace) as connection:
        await connection.execute(text("UPDATE workspaces SET retention_days = 30"))
    assert await Retention(tenant.db).round() == 1
    with pytest.raises(Gone):
        await conversations.get(tenant.db, tenant.workspace, old.conversation_id)
    assert (await conversations.get(tenant.db, tenant.workspace, new.conversation_id)).id == new.conversation_id


async def test_another_workspaces_retention_is_its_own(tenant: Tenant) -> None:
    other = await tenant.neighbour()
    await tenant.call()
    await age(tenant, "conversations", "created_at", days=31)
    async with other.db.transaction(other.workspace) as connection:
        await connection.execute(text("UPDATE workspaces SET retention_days = 1"))
    assert await Retention(tenant.db).round() == 0


async def test_what_a_dead_worker_left_behind_goes(tenant: Tenant, blobs: BlobStore) -> None:
    run = await tenant.begin(await tenant.chat())
    turns = paths.turns(tenant.workspace, run.conversation_id, 1)
    orphan = paths.digest(tenant.workspace, run.conversation_id, 1, run.id)
    digest = paths.digest(tenant.workspace, run.conversation_id, 1, run.id)
    for key in (turns, orphan, digest):
        await blobs.put_bytes(key, b"{}")
    cleaning = Orphans(tenant.db, blobs, after_s=0)
    again = await runs.begin(tenant.db, run.id, entry_id=run.entry_id or "", crash="SIGKILL")
    assert again.run is not None
    assert await cleaning.round() == 0, "somebody works: what he has written is not named yet"
    await results.commit_evaluation(tenant.db, again.run, an_evaluation(run), digest_key=digest)
    assert await Orphans(tenant.db, blobs, after_s=60).round() == 0
    assert await cleaning.round() == 1
    assert await keys(blobs) == sorted([turns, digest])
    assert await cleaning.round() == 0


async def test_events_that_were_sent_are_forgotten_and_those_that_wait_are_not(tenant: Tenant) -> None:
    await webhooks.add(tenant.db, tenant.workspace, url="https://crm.example/hook")
    for number in range(4):
        data = EventData(workspace=tenant.workspace, conversation_id=f"c{number}", run_id=f"r{number}")
        async with tenant.db.transaction(tenant.workspace) as connection:
            await outbox.add(connection, "evaluation.completed", f"evt_{number}", data)
    sent, given_up, fresh, waiting = await outbox.due(tenant.db)
    await outbox.sent(tenant.db, sent)
    await outbox.failed(tenant.db, given_up, "410", retry_at=None)
    await age(tenant, "outbox", "sent_at", days=8)
    await age(tenant, "outbox", "next_at", days=31)
    await outbox.sent(tenant.db, fresh)
    cleaning = SentEvents(tenant.db, sent_s=7 * 86400, dead_s=30 * 86400)
    assert await cleaning.round() == 2
    async with tenant.db.transaction(tenant.workspace) as connection:
        left = set(await connection.scalars(text("SELECT event_id FROM outbox")))
    assert left == {fresh.event_id, waiting.event_id}
    assert await cleaning.round() == 0


async def test_events_of_a_hook_go_when_they_were_given_up_long_ago(tenant: Tenant) -> None:
    hook, _ = await hooks.add(tenant.db, tenant.workspace, integration="generic", settings={})
    made = [hook_events.NewEvent(key, "patch", "generic", "c", {"patch": {}}) for key in ("dead", "waiting")]
    dead, waiting = await hook_events.add(tenant.db, tenant.workspace, hook.id, made)
    await hook_events.failed(tenant.db, dead, "not_found", retry_s=None)
    cleaning = DeadHookEvents(tenant.db, dead_s=3600)
    assert await cleaning.round() == 0
    await age(tenant, "hook_events", "updated_at")
    assert await cleaning.round() == 1
    left = await hook_events.page(tenant.db, tenant.workspace, hook.id)
    assert [one.id for one in left] == [waiting.id]
