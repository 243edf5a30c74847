"""Short texts in one trip: the same promises as the longer way's, without a row that waits and without a blob."""

import asyncio
from pathlib import Path
from typing import Any

import pytest
from auricle_contracts import ConversationIn, ConversationPatch, Role, Step, Transcript, Turn
from auricle_records import conversations, errors, results, runs
from auricle_records.blobs import open_store
from auricle_records.conversations import Received, Stored
from auricle_records.conversations.short_texts import MAX_BYTES
from auricle_records.database import Database
from fixtures.tenant import AGENT, Tenant, a_chat, an_evaluation
from sqlalchemy import text


def transcript(place: Received, words: str = "Сколько стоит?") -> Transcript:
    turn = Turn(id=1, participant="customer", role=Role.CUSTOMER, text=words, start_ms=0, end_ms=0)
    return Transcript(conversation_id=place.conversation_id, revision=place.revision, turns=(turn,))


async def accept(tenant: Tenant, conversation: ConversationIn | None = None, **given: Any) -> Stored | None:
    words = given.pop("words", "Сколько стоит?")

    def body_of(place: Received) -> bytes:
        return transcript(place, words).model_dump_json().encode()

    wanted = conversation or a_chat()
    return await conversations.accept(tenant.db, tenant.workspace, wanted, body_of, recipe=tenant.recipe, **given)


async def accepted(tenant: Tenant, conversation: ConversationIn | None = None, **given: Any) -> Stored:
    stored = await accept(tenant, conversation, **given)
    assert stored is not None
    return stored


async def count(tenant: Tenant, table: str) -> int:
    async with tenant.db.transaction(tenant.workspace) as connection:
        return int(await connection.scalar(text(f"SELECT count(*) FROM {table}")) or 0)


@pytest.mark.parametrize("odd", ["", "\x00", "\ud800", "\\u0000", "'; --", "{}", "ё́"])
async def test_what_is_told_is_what_a_query_shows(tenant: Tenant, odd: str) -> None:
    chat = a_chat(
        external_id=f"e{odd}",
        line=odd,
        metadata={"note": odd, "n": 1.5, "yes": True, "none": None},
        participants=(AGENT.model_copy(update={"name": odd}),),
    )
    stored = await accepted(tenant, chat, traceparent="00-ab")
    assert stored.view == await conversations.get(tenant.db, tenant.workspace, stored.conversation_id)
    (run,) = stored.runs
    assert run == await runs.get(tenant.db, tenant.workspace, run.id)
    assert (run.step, run.entry_id, run.traceparent) == (Step.EVALUATE, None, "00-ab")


async def test_a_worker_reads_it_without_a_blob(tenant: Tenant, tmp_path: Path) -> None:
    stored = await accepted(tenant)
    run = await tenant.begin(stored.runs[0])
    source = await conversations.load_source(tenant.db, run)
    store = open_store(f"file://{tmp_path}")
    read = await results.read_transcript(store, source)
    assert read == transcript(Received(stored.conversation_id, 1, fresh=True))
    assert await conversations.blob_keys(tenant.db, tenant.workspace, stored.conversation_id) == []
    assert (await results.commit_evaluation(tenant.db, run, an_evaluation(run))).first
    assert source.body.size_bytes == len(source.inline or b"")


async def test_it_waits_to_be_fed(lone_tenant: Tenant) -> None:
    stored = await accepted(lone_tenant)
    waiting = await runs.waiting(lone_tenant.db, Step.EVALUATE, stored.runs[0].priority, limit=9)
    assert [run.id for run in waiting] == [stored.runs[0].id]


async def test_a_taken_key_or_external_id_is_left_to_the_longer_way(tenant: Tenant) -> None:
    first = await accepted(tenant, a_chat(external_id="e"), idempotency_key="k", body_hash="h")
    assert await accept(tenant, a_chat(), idempotency_key="k", body_hash="h") is None
    again = await tenant.receive(a_chat(), key="k", body_hash="h")
    assert (again.conversation_id, again.fresh) == (first.conversation_id, False)
    with pytest.raises(errors.IdempotencyConflict):
        await tenant.receive(a_chat(), key="k", body_hash="other")
    assert await accept(tenant, a_chat(external_id="e")) is None
    with pytest.raises(errors.ExternalIdConflict):
        await tenant.receive(a_chat(external_id="e"))
    assert await count(tenant, "conversations") == 1


async def test_of_equal_requests_at_once_one_gets_through(tenant: Tenant) -> None:
    made = await asyncio.gather(*(accept(tenant, idempotency_key="k", body_hash="h") for _ in range(12)))
    assert sum(stored is not None for stored in made) == 1
    assert {await count(tenant, table) for table in ("conversations", "revisions", "bodies", "runs")} == {1}


async def test_a_long_text_is_left_to_the_longer_way(tenant: Tenant) -> None:
    assert await accept(tenant, words="я" * (MAX_BYTES // 2)) is None
    assert await count(tenant, "conversations") == 0
    assert await accept(tenant, words="я" * (MAX_BYTES // 2 - 500)) is not None


async def test_a_fault_of_ours_is_no_race(tenant: Tenant) -> None:
    with pytest.raises(Exception, match="ck_conversations_direction"):
        await accept(tenant, a_chat(direction="sideways"))
    assert await count(tenant, "conversations") == 0


async def test_it_goes_whole_and_late_results_fail(tenant: Tenant) -> None:
    stored = await accepted(tenant)
    run = await tenant.begin(stored.runs[0])
    await conversations.delete(tenant.db, tenant.workspace, stored.conversation_id)
    assert {await count(tenant, table) for table in ("conversations", "revisions", "bodies", "runs")} == {0}
    with pytest.raises(errors.DeletedMeanwhile):
        await results.commit_evaluation(tenant.db, run, an_evaluation(run))


async def test_it_changes_and_grows_as_any_other(tenant: Tenant) -> None:
    stored = await accepted(tenant)
    await conversations.patch(tenant.db, tenant.workspace, stored.conversation_id, ConversationPatch(line="vip"))
    grown = await tenant.grow(stored.runs[0])
    assert grown.revision == 2
    source = await conversations.source_of(tenant.db, tenant.workspace, stored.conversation_id)
    assert (source.revision, source.inline, bool(source.transcript_key)) == (2, None, True)


async def test_another_workspace_sees_nothing(tenant: Tenant) -> None:
    stored = await accepted(tenant)
    neighbour = await tenant.neighbour()
    await accepted(neighbour)
    with pytest.raises(errors.NotFound):
        await conversations.source_of(neighbour.db, neighbour.workspace, stored.conversation_id)
    assert await count(neighbour, "bodies") == 1


class Forgetful(Database):
    """Its connection is lost behind the first commit."""

    lost = False

    async def call(self, statement: str, *arguments: object) -> Any:
        answer = await super().call(statement, *arguments)
        if not self.lost:
            self.lost = True
            raise errors.StoreUnavailable("lost")
        return answer


async def test_a_commit_whose_answer_was_lost_is_found_and_not_doubled(postgres_url: str) -> None:
    async with Forgetful.connect(postgres_url) as db:
        forgetful = await Tenant(db).open()
        stored = await accepted(forgetful)
        assert stored.view.id == stored.conversation_id
        assert (stored.runs, len(stored.view.runs)) == ((), 1), "keeper feeds it"
        assert {await count(forgetful, table) for table in ("conversations", "bodies", "runs")} == {1}
