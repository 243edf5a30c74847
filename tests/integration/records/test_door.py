"""A conversation comes in: once, however often and from however many sides it is sent."""

import asyncio

import pytest
from auricle_contracts import ConversationPatch, ConversationState, Direction, Priority, RunState, Step
from auricle_kit.errors import AuricleError
from auricle_records import conversations, errors, tombstones
from auricle_records.conversations import Received
from fixtures.tenant import AGENT, Tenant, a_call, a_chat
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError


async def test_a_call_is_received_and_stored_with_its_first_run(tenant: Tenant) -> None:
    received = await tenant.receive(a_call(external_id="crm-1", line="sales", metadata={"order": 7, "vip": True}))
    assert (received.fresh, received.revision) == (True, 1)
    view = await conversations.get(tenant.db, tenant.workspace, received.conversation_id)
    assert (view.state, view.progress, view.runs) == (ConversationState.RECEIVING, "receiving", ())

    run = await tenant.store(received, tenant.recording(received))
    assert (run.step, run.state, run.priority, run.reason) == (
        Step.TRANSCRIBE,
        RunState.WAITING,
        Priority.LIVE,
        "ingest",
    )
    assert (run.stream, run.entry_id, run.recipe) == ("{auricle}:asr", None, tenant.recipe)
    view = await conversations.get(tenant.db, tenant.workspace, received.conversation_id)
    assert (view.state, view.progress, view.external_id, view.line) == (
        ConversationState.STORED,
        "waiting",
        "crm-1",
        "sales",
    )
    assert view.metadata == {"order": 7, "vip": True}
    assert view.recording is not None
    assert view.recording.size_bytes == 320_044
    assert [shown.id for shown in view.runs] == [run.id]


async def test_a_chat_goes_straight_to_evaluation(tenant: Tenant) -> None:
    run = await tenant.chat(priority=Priority.BACKFILL)
    assert (run.step, run.stream) == (Step.EVALUATE, "{auricle}:score:backfill")
    source = await conversations.load_source(tenant.db, run)
    assert source.transcript_key == source.body.blob_key
    assert source.participants[0] == AGENT


async def test_the_same_key_and_body_is_the_same_conversation(tenant: Tenant) -> None:
    first = await tenant.receive(a_call(), key="k1", body_hash="h1")
    with pytest.raises(errors.StillReceiving) as refusal:
        await tenant.receive(a_call(), key="k1", body_hash="h1")
    assert refusal.value.headers["Retry-After"]
    await tenant.store(first, tenant.recording(first))
    again = await tenant.receive(a_call(), key="k1", body_hash="h1")
    assert again == Received(first.conversation_id, 1, fresh=False, body_hash="h1")
    with pytest.raises(errors.IdempotencyConflict):
        await tenant.receive(a_call(), key="k1", body_hash="h2")


async def test_a_streamed_body_is_compared_when_its_hash_is_known(tenant: Tenant) -> None:
    first = await tenant.receive(a_call(), key="k1")
    await tenant.store(first, tenant.recording(first), body_hash="h1")
    again = await tenant.receive(a_call(), key="k1")
    again.check_body("h1")
    with pytest.raises(errors.IdempotencyConflict):
        again.check_body("h2")


async def test_a_key_belongs_to_its_workspace(tenant: Tenant) -> None:
    other = await tenant.neighbour()
    mine = await tenant.receive(a_call(external_id="x"), key="k1", body_hash="h1")
    theirs = await other.receive(a_call(external_id="x"), key="k1", body_hash="h2")
    assert theirs.fresh
    assert theirs.conversation_id != mine.conversation_id


async def test_an_external_id_is_unique_within_its_source(tenant: Tenant) -> None:
    await tenant.receive(a_call(external_id="42"))
    with pytest.raises(errors.StillReceiving):
        await tenant.receive(a_call(external_id="42"))
    run = await tenant.call(external_id="43")
    with pytest.raises(errors.ExternalIdConflict) as refusal:
        await tenant.receive(a_call(external_id="43"))
    assert refusal.value.conversation_id == run.conversation_id
    assert (await tenant.receive(a_call(external_id="43", source="helpdesk"))).fresh
    assert await conversations.find(tenant.db, tenant.workspace, "api", "43") == run.conversation_id
    assert await conversations.find(tenant.db, tenant.workspace, "api", "44") is None


@pytest.mark.parametrize("same", ["key", "external_id"])
async def test_twenty_at_once_open_one_conversation(tenant: Tenant, same: str) -> None:
    conversation, key = (a_call(), "k1") if same == "key" else (a_call(external_id="e1"), None)
    outcomes = await asyncio.gather(
        *(tenant.receive(conversation, key, "h1") for _ in range(20)), return_exceptions=True
    )
    fresh = [outcome for outcome in outcomes if isinstance(outcome, Received)]
    refused = [outcome for outcome in outcomes if isinstance(outcome, AuricleError)]
    assert (len(fresh), len(refused)) == (1, 19)
    assert {type(outcome) for outcome in refused} == {errors.StillReceiving}
    async with tenant.db.transaction(tenant.workspace) as connection:
        assert await connection.scalar(text("SELECT count(*) FROM conversations")) == 1


async def test_a_body_that_never_came_is_forgotten_and_its_writer_hears_of_it(tenant: Tenant) -> None:
    received = await tenant.receive(a_call(external_id="e1"), key="k1")
    assert await conversations.stale_receiving(tenant.db, tenant.workspace, older_than_s=60) == []
    (stale,) = await conversations.stale_receiving(tenant.db, tenant.workspace, older_than_s=0)
    assert stale.conversation_id == received.conversation_id
    assert await conversations.abandon(tenant.db, tenant.workspace, received.conversation_id)
    assert not await conversations.abandon(tenant.db, tenant.workspace, received.conversation_id)
    with pytest.raises(errors.Gone):
        await tenant.store(received, tenant.recording(received))
    assert received.conversation_id in [tombstone.conversation_id for tombstone in await tombstones.unquiet(tenant.db)]
    assert (await tenant.receive(a_call(external_id="e1"), key="k1")).fresh


async def test_a_reservation_that_is_renewed_is_not_given_up(tenant: Tenant) -> None:
    received = await tenant.receive(a_call(), key="k1")
    await _age(tenant)
    assert len(await conversations.stale_receiving(tenant.db, tenant.workspace, older_than_s=60)) == 1
    assert await conversations.renew(tenant.db, tenant.workspace, received)
    assert await conversations.stale_receiving(tenant.db, tenant.workspace, older_than_s=60) == []
    assert not await conversations.abandon(tenant.db, tenant.workspace, received.conversation_id, older_than_s=60)
    with pytest.raises(errors.StillReceiving):
        await tenant.receive(a_call(), key="k1")
    await tenant.store(received, tenant.recording(received))
    assert not await conversations.renew(tenant.db, tenant.workspace, received)


async def test_a_retry_gives_up_what_nobody_renews_and_one_of_many_retries_begins_anew(tenant: Tenant) -> None:
    dead = await tenant.receive(a_call(external_id="e1"), key="k1", body_hash="h1")
    await _age(tenant)
    with pytest.raises(errors.IdempotencyConflict):
        await tenant.receive(a_call(external_id="e1"), key="k1", body_hash="h2")
    outcomes = await asyncio.gather(
        *(tenant.receive(a_call(external_id="e1"), "k1", "h1") for _ in range(10)), return_exceptions=True
    )
    (fresh,) = [outcome for outcome in outcomes if isinstance(outcome, Received)]
    assert {type(outcome) for outcome in outcomes if outcome is not fresh} == {errors.StillReceiving}
    assert fresh.conversation_id != dead.conversation_id
    with pytest.raises(errors.Gone):
        await tenant.store(dead, tenant.recording(dead))
    await tenant.store(fresh, tenant.recording(fresh))


async def _age(tenant: Tenant) -> None:
    """As if nothing had been renewed for two minutes."""
    async with tenant.db.transaction(tenant.workspace) as connection:
        await connection.execute(text("UPDATE revisions SET updated_at = updated_at - interval '120 s'"))


async def test_what_is_stored_is_not_abandoned(tenant: Tenant) -> None:
    run = await tenant.call()
    assert not await conversations.abandon(tenant.db, tenant.workspace, run.conversation_id)
    assert (await conversations.get(tenant.db, tenant.workspace, run.conversation_id)).state is ConversationState.STORED


async def test_a_grown_chat_is_a_revision(tenant: Tenant) -> None:
    run = await tenant.chat(external_id="chat-1", metadata={"a": 1})
    received = await conversations.receive_revision(
        tenant.db, tenant.workspace, run.conversation_id, expected_revision=1
    )
    assert received.revision == 2
    view = await conversations.get(tenant.db, tenant.workspace, run.conversation_id)
    assert view.revision == 1, "a revision counts when it is stored"
    second = await tenant.store(received, tenant.turns(received), grown=a_chat(metadata={"b": 2}))
    assert (second.step, second.revision, second.reason) == (Step.EVALUATE, 2, "revision")
    view = await conversations.get(tenant.db, tenant.workspace, run.conversation_id)
    assert (view.revision, view.metadata, len(view.runs)) == (2, {"a": 1, "b": 2}, 2)
    with pytest.raises(errors.RevisionConflict):
        await conversations.receive_revision(tenant.db, tenant.workspace, run.conversation_id, expected_revision=1)


async def test_revisions_that_come_at_once_get_numbers_of_their_own(tenant: Tenant) -> None:
    run = await tenant.chat()
    receive = conversations.receive_revision
    opened = await asyncio.gather(*(receive(tenant.db, tenant.workspace, run.conversation_id) for _ in range(5)))
    assert sorted(received.revision for received in opened) == [2, 3, 4, 5, 6]
    newest, older = max(opened, key=lambda one: one.revision), min(opened, key=lambda one: one.revision)
    await tenant.store(newest, tenant.turns(newest))
    late = await conversations.store(tenant.db, tenant.workspace, older, tenant.turns(older), recipe=tenant.recipe)
    assert late.runs == (), "a revision that comes after a newer one is kept, and not evaluated"
    assert (await conversations.get(tenant.db, tenant.workspace, run.conversation_id)).revision == 6
    assert await conversations.abandon(tenant.db, tenant.workspace, run.conversation_id, 4)


async def test_a_revision_needs_a_stored_conversation(tenant: Tenant) -> None:
    with pytest.raises(errors.NotFound):
        await conversations.receive_revision(tenant.db, tenant.workspace, "nobody")
    received = await tenant.receive(a_chat())
    with pytest.raises(errors.StillReceiving):
        await conversations.receive_revision(tenant.db, tenant.workspace, received.conversation_id)


async def test_late_crm_data_is_merged(tenant: Tenant) -> None:
    run = await tenant.call(metadata={"kept": 1, "replaced": 1, "removed": 1, "nothing": None}, line="sales")
    change = ConversationPatch(metadata={"replaced": 2, "removed": None, "new": "да"}, direction=Direction.OUTBOUND)
    view = await conversations.patch(tenant.db, tenant.workspace, run.conversation_id, change)
    assert view.metadata == {"kept": 1, "replaced": 2, "nothing": None, "new": "да"}
    assert (view.direction, view.line) == (Direction.OUTBOUND, "sales")
    view = await conversations.patch(tenant.db, tenant.workspace, run.conversation_id, ConversationPatch(line=None))
    assert view.line is None
    with pytest.raises(errors.NotFound):
        await conversations.patch(tenant.db, tenant.workspace, "nobody", change)


HOSTILE = [
    "\x00",
    "a\x00b",
    "\ud800",
    "😀\udfff",
    "'; DROP TABLE runs; --",
    "{}",
    "\\u0000",
    "\\\\u0000\x00",
    "۝\u202e",
    "x" * 200,
]


@pytest.mark.parametrize("hostile", HOSTILE)
async def test_odd_text_is_kept_or_made_storable(tenant: Tenant, hostile: str) -> None:
    storable = (
        hostile.encode("utf-8", "replace").decode()
        if any("\ud800" <= char <= "\udfff" for char in hostile)
        else hostile
    )
    run = await tenant.call(
        metadata={"note": hostile, "plain": 1}, line=hostile, participants=(AGENT.model_copy(update={"name": hostile}),)
    )
    view = await conversations.get(tenant.db, tenant.workspace, run.conversation_id)
    expected = (
        storable.replace("\x00", "\ufffd").replace("?", "\ufffd")
        if storable != hostile
        else hostile.replace("\x00", "\ufffd")
    )
    assert view.line == expected
    assert view.metadata == {"note": expected, "plain": 1}
    assert view.participants[0].name == expected


@pytest.mark.parametrize("hostile", HOSTILE)
async def test_odd_ids_are_just_not_found(tenant: Tenant, hostile: str) -> None:
    with pytest.raises(errors.NotFound):
        await conversations.get(tenant.db, tenant.workspace, hostile)
    with pytest.raises(errors.NotFound):
        await conversations.patch(tenant.db, tenant.workspace, hostile, ConversationPatch(line="x"))
    with pytest.raises(errors.NotFound):
        await conversations.delete(tenant.db, tenant.workspace, hostile)
    assert await conversations.find(tenant.db, tenant.workspace, hostile, hostile) is None
    assert (await conversations.page(tenant.db, hostile)).items == ()
    assert await tenant.db.workspace_of_run(hostile) is None


async def test_only_a_race_is_a_conflict(tenant: Tenant) -> None:
    """What breaks another rule of the database is a fault, and nobody is told to come again with it."""
    with pytest.raises(IntegrityError, match="ck_conversations_direction"):
        await tenant.receive(a_call(direction="sideways"))
    with pytest.raises(IntegrityError, match="ck_conversations_direction"):
        await tenant.receive(a_call(direction="sideways"), key="k")
