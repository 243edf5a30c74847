"""A conversation comes in: once, however often and from however many sides it is sent."""

import asyncio

import pytest
from auricle_contracts import ConversationPatch, ConversationState, Direction, Priority, RunState, Step
from auricle_kit.errors import AuricleError
from auricle_records import conversations, errors, tombstones
from auricle_records.conversations import Received
from fixtures.house import AGENT, House, a_call, a_chat
from sqlalchemy import text


async def test_a_call_is_received_and_stored_with_its_first_run(house: House) -> None:
    received = await house.receive(a_call(external_id="crm-1", line="sales", metadata={"order": 7, "vip": True}))
    assert (received.fresh, received.revision) == (True, 1)
    view = await conversations.get(house.db, house.workspace, received.conversation_id)
    assert (view.state, view.progress, view.runs) == (ConversationState.RECEIVING, "receiving", ())

    run = await house.store(received, house.recording(received))
    assert (run.step, run.state, run.priority, run.reason) == (
        Step.TRANSCRIBE,
        RunState.WAITING,
        Priority.LIVE,
        "ingest",
    )
    assert (run.stream, run.entry_id, run.recipe) == ("{auricle}:asr", None, house.recipe)
    view = await conversations.get(house.db, house.workspace, received.conversation_id)
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


async def test_a_chat_goes_straight_to_evaluation(house: House) -> None:
    run = await house.chat(priority=Priority.BACKFILL)
    assert (run.step, run.stream) == (Step.EVALUATE, "{auricle}:score:backfill")
    source = await conversations.load_source(house.db, run)
    assert source.transcript_key == source.body.blob_key
    assert source.participants[0] == AGENT


async def test_the_same_key_and_body_is_the_same_conversation(house: House) -> None:
    first = await house.receive(a_call(), key="k1", body_hash="h1")
    with pytest.raises(errors.StillReceiving) as refusal:
        await house.receive(a_call(), key="k1", body_hash="h1")
    assert refusal.value.headers["Retry-After"]
    await house.store(first, house.recording(first))
    again = await house.receive(a_call(), key="k1", body_hash="h1")
    assert again == Received(first.conversation_id, 1, fresh=False, body_hash="h1")
    with pytest.raises(errors.IdempotencyConflict):
        await house.receive(a_call(), key="k1", body_hash="h2")


async def test_a_streamed_body_is_compared_when_its_hash_is_known(house: House) -> None:
    first = await house.receive(a_call(), key="k1")
    await house.store(first, house.recording(first), body_hash="h1")
    again = await house.receive(a_call(), key="k1")
    again.check_body("h1")
    with pytest.raises(errors.IdempotencyConflict):
        again.check_body("h2")


async def test_a_key_belongs_to_its_workspace(house: House) -> None:
    other = await house.neighbour()
    mine = await house.receive(a_call(external_id="x"), key="k1", body_hash="h1")
    theirs = await other.receive(a_call(external_id="x"), key="k1", body_hash="h2")
    assert theirs.fresh
    assert theirs.conversation_id != mine.conversation_id


async def test_an_external_id_is_unique_within_its_source(house: House) -> None:
    await house.receive(a_call(external_id="42"))
    with pytest.raises(errors.StillReceiving):
        await house.receive(a_call(external_id="42"))
    run = await house.call(external_id="43")
    with pytest.raises(errors.ExternalIdConflict) as refusal:
        await house.receive(a_call(external_id="43"))
    assert refusal.value.conversation_id == run.conversation_id
    assert (await house.receive(a_call(external_id="43", source="helpdesk"))).fresh
    assert await conversations.find(house.db, house.workspace, "api", "43") == run.conversation_id
    assert await conversations.find(house.db, house.workspace, "api", "44") is None


@pytest.mark.parametrize("same", ["key", "external_id"])
async def test_twenty_at_once_open_one_conversation(house: House, same: str) -> None:
    conversation, key = (a_call(), "k1") if same == "key" else (a_call(external_id="e1"), None)
    outcomes = await asyncio.gather(
        *(house.receive(conversation, key, "h1") for _ in range(20)), return_exceptions=True
    )
    fresh = [outcome for outcome in outcomes if isinstance(outcome, Received)]
    refused = [outcome for outcome in outcomes if isinstance(outcome, AuricleError)]
    assert (len(fresh), len(refused)) == (1, 19)
    assert {type(outcome) for outcome in refused} == {errors.StillReceiving}
    async with house.db.transaction(house.workspace) as connection:
        assert await connection.scalar(text("SELECT count(*) FROM conversations")) == 1


async def test_a_body_that_never_came_is_forgotten_and_its_writer_hears_of_it(house: House) -> None:
    received = await house.receive(a_call(external_id="e1"), key="k1")
    assert await conversations.stale_receiving(house.db, house.workspace, older_than_s=60) == []
    (stale,) = await conversations.stale_receiving(house.db, house.workspace, older_than_s=0)
    assert stale.conversation_id == received.conversation_id
    assert await conversations.abandon(house.db, house.workspace, received.conversation_id)
    assert not await conversations.abandon(house.db, house.workspace, received.conversation_id)
    with pytest.raises(errors.Gone):
        await house.store(received, house.recording(received))
    assert received.conversation_id in [tombstone.conversation_id for tombstone in await tombstones.unquiet(house.db)]
    assert (await house.receive(a_call(external_id="e1"), key="k1")).fresh


async def test_what_is_stored_is_not_abandoned(house: House) -> None:
    run = await house.call()
    assert not await conversations.abandon(house.db, house.workspace, run.conversation_id)
    assert (await conversations.get(house.db, house.workspace, run.conversation_id)).state is ConversationState.STORED


async def test_a_grown_chat_is_a_revision(house: House) -> None:
    run = await house.chat(external_id="chat-1", metadata={"a": 1})
    received = await conversations.receive_revision(house.db, house.workspace, run.conversation_id, expected_revision=1)
    assert received.revision == 2
    view = await conversations.get(house.db, house.workspace, run.conversation_id)
    assert view.revision == 1, "a revision counts when it is stored"
    second = await house.store(received, house.turns(received), grown=a_chat(metadata={"b": 2}))
    assert (second.step, second.revision, second.reason) == (Step.EVALUATE, 2, "revision")
    view = await conversations.get(house.db, house.workspace, run.conversation_id)
    assert (view.revision, view.metadata, len(view.runs)) == (2, {"a": 1, "b": 2}, 2)
    with pytest.raises(errors.RevisionConflict):
        await conversations.receive_revision(house.db, house.workspace, run.conversation_id, expected_revision=1)


async def test_revisions_that_come_at_once_get_numbers_of_their_own(house: House) -> None:
    run = await house.chat()
    receive = conversations.receive_revision
    opened = await asyncio.gather(*(receive(house.db, house.workspace, run.conversation_id) for _ in range(5)))
    assert sorted(received.revision for received in opened) == [2, 3, 4, 5, 6]
    newest, older = max(opened, key=lambda one: one.revision), min(opened, key=lambda one: one.revision)
    await house.store(newest, house.turns(newest))
    late = await conversations.store(house.db, house.workspace, older, house.turns(older), recipe=house.recipe)
    assert late.runs == (), "a revision that comes after a newer one is kept, and not evaluated"
    assert (await conversations.get(house.db, house.workspace, run.conversation_id)).revision == 6
    assert await conversations.abandon(house.db, house.workspace, run.conversation_id, 4)


async def test_a_revision_needs_a_stored_conversation(house: House) -> None:
    with pytest.raises(errors.NotFound):
        await conversations.receive_revision(house.db, house.workspace, "nobody")
    received = await house.receive(a_chat())
    with pytest.raises(errors.StillReceiving):
        await conversations.receive_revision(house.db, house.workspace, received.conversation_id)


async def test_late_crm_data_is_merged(house: House) -> None:
    run = await house.call(metadata={"kept": 1, "replaced": 1, "removed": 1, "nothing": None}, line="sales")
    change = ConversationPatch(metadata={"replaced": 2, "removed": None, "new": "да"}, direction=Direction.OUTBOUND)
    view = await conversations.patch(house.db, house.workspace, run.conversation_id, change)
    assert view.metadata == {"kept": 1, "replaced": 2, "nothing": None, "new": "да"}
    assert (view.direction, view.line) == (Direction.OUTBOUND, "sales")
    view = await conversations.patch(house.db, house.workspace, run.conversation_id, ConversationPatch(line=None))
    assert view.line is None
    with pytest.raises(errors.NotFound):
        await conversations.patch(house.db, house.workspace, "nobody", change)


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
async def test_odd_text_is_kept_or_made_storable(house: House, hostile: str) -> None:
    storable = (
        hostile.encode("utf-8", "replace").decode()
        if any("\ud800" <= char <= "\udfff" for char in hostile)
        else hostile
    )
    run = await house.call(
        metadata={"note": hostile, "plain": 1}, line=hostile, participants=(AGENT.model_copy(update={"name": hostile}),)
    )
    view = await conversations.get(house.db, house.workspace, run.conversation_id)
    expected = (
        storable.replace("\x00", "\ufffd").replace("?", "\ufffd")
        if storable != hostile
        else hostile.replace("\x00", "\ufffd")
    )
    assert view.line == expected
    assert view.metadata == {"note": expected, "plain": 1}
    assert view.participants[0].name == expected


@pytest.mark.parametrize("hostile", HOSTILE)
async def test_odd_ids_are_just_not_found(house: House, hostile: str) -> None:
    with pytest.raises(errors.NotFound):
        await conversations.get(house.db, house.workspace, hostile)
    with pytest.raises(errors.NotFound):
        await conversations.patch(house.db, house.workspace, hostile, ConversationPatch(line="x"))
    with pytest.raises(errors.NotFound):
        await conversations.delete(house.db, house.workspace, hostile)
    assert await conversations.find(house.db, house.workspace, hostile, hostile) is None
    assert (await conversations.page(house.db, hostile)).items == ()
    assert await house.db.workspace_of_run(hostile) is None
