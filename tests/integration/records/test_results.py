"""A run ends once: whoever comes first writes everything, the others nothing; a deletion beats them all."""

import asyncio
import random
from collections.abc import Awaitable

import pytest
from auricle_contracts import AnswerState, ConversationPatch, RunState, Step, Transcript
from auricle_records import conversations, errors, outbox, results, runs, tombstones, webhooks
from auricle_records.blobs import open_store
from auricle_records.results import Committed
from auricle_records.runs import Start
from fixtures.tenant import USAGE, Tenant, a_finding, a_transcript, an_answer, an_evaluation
from sqlalchemy import text


async def count(tenant: Tenant, table: str, condition: str = "true") -> int:
    async with tenant.db.transaction(tenant.workspace) as connection:
        return int(await connection.scalar(text(f"SELECT count(*) FROM {table} WHERE {condition}")) or 0)


async def test_a_transcript_is_followed_by_an_evaluation(tenant: Tenant) -> None:
    run = await tenant.begin(await tenant.call())
    heard = tenant.heard(run, tracks=2, sample_rate_hz=8000, declared_duration_ms=61_500, flags=("duration_mismatch",))
    committed = await results.commit_transcript(tenant.db, run, heard, usages=[USAGE], traceparent="tp-2")
    assert committed.first
    (following,) = committed.next
    assert (following.step, following.recipe, following.reason, following.traceparent) == (
        Step.EVALUATE,
        run.recipe,
        "ingest",
        "tp-2",
    )
    assert committed.next_runs == ((following.id, "{auricle}:score"),)
    view = await conversations.get(tenant.db, tenant.workspace, run.conversation_id)
    assert view.recording is not None
    assert (view.recording.duration_ms, view.recording.tracks, view.recording.flags) == (
        61_000,
        2,
        ("duration_mismatch",),
    )
    assert (view.progress, view.language) == ("waiting", "ru")
    source = await conversations.load_source(tenant.db, following)
    assert source.transcript_key == heard.blob_key


async def test_a_done_run_that_is_delivered_again_is_passed_on(tenant: Tenant) -> None:
    run = await tenant.begin(await tenant.call())
    committed = await results.commit_transcript(tenant.db, run, tenant.heard(run))
    begun = await runs.begin(tenant.db, run.id, entry_id=run.entry_id or "")
    assert (begun.start, begun.run, begun.next_runs) == (Start.DONE, None, committed.next_runs)
    await runs.set_entry(tenant.db, committed.next[0].id, None, "5-0")
    assert (await runs.begin(tenant.db, run.id, entry_id=run.entry_id or "")).next_runs == (), "it is published by now"


async def test_an_evaluation_is_written_whole_and_read_whole(lone_tenant: Tenant) -> None:
    run = await lone_tenant.begin(await lone_tenant.chat(external_id="c-9"))
    await webhooks.add(lone_tenant.db, lone_tenant.workspace, url="https://crm.example/hook")
    answers = [
        an_answer(),
        an_answer("objections", None, state=AnswerState.UNDETERMINED),
        an_answer("stage", "closing"),
        an_answer("asked", value=True),
    ]
    evaluation = an_evaluation(run, answers, [a_finding(), a_finding(error_class="rude")])
    committed = await results.commit_evaluation(lone_tenant.db, run, evaluation, digest_key="d", usages=[USAGE, USAGE])
    stored = await results.load_evaluation(lone_tenant.db, lone_tenant.workspace, run.conversation_id)
    named = tuple(
        finding.model_copy(update={"id": f"{committed.evaluation_id}.{number}"})
        for number, finding in enumerate(evaluation.findings)
    )
    given = {"id": committed.evaluation_id, "created_at": stored.evaluation.created_at, "findings": named}
    assert stored.evaluation == evaluation.model_copy(update=given)
    assert (stored.digest_key, stored.usages) == ("d", (USAGE, USAGE))
    (due,) = await outbox.due(lone_tenant.db)
    assert (due.event.type, due.event.data.evaluation_id) == ("evaluation.completed", committed.evaluation_id)
    assert (due.event.data.external_id, due.event_id) == ("c-9", f"evt_{run.id}")
    assert (await conversations.get(lone_tenant.db, lone_tenant.workspace, run.conversation_id)).progress == "done"


@pytest.mark.parametrize("finishers", [2, 8])
async def test_of_two_finishers_the_first_wins(tenant: Tenant, finishers: int) -> None:
    await webhooks.add(tenant.db, tenant.workspace, url="https://crm.example/hook")
    call, chat = await tenant.begin(await tenant.call()), await tenant.begin(await tenant.chat())
    heard = await asyncio.gather(
        *(results.commit_transcript(tenant.db, call, tenant.heard(call)) for _ in range(finishers))
    )
    judged = await asyncio.gather(
        *(results.commit_evaluation(tenant.db, chat, an_evaluation(chat), usages=[USAGE]) for _ in range(finishers))
    )
    for outcomes in (heard, judged):
        assert sorted(outcome.first for outcome in outcomes) == [False] * (finishers - 1) + [True]
    assert {outcome.next_runs for outcome in heard} == {heard[0].next_runs}, "all know what comes next"
    assert len(heard[0].next_runs) == 1
    assert [await count(tenant, table) for table in ("transcripts", "evaluations", "ledger", "outbox")] == [1, 1, 1, 1]


async def test_a_dead_run_takes_no_result(tenant: Tenant) -> None:
    run = await tenant.begin(await tenant.call())
    for _ in range(3):
        await runs.fail(tenant.db, run.id, errors.StoreUnavailable.code, "x")
    assert await results.commit_transcript(tenant.db, run, tenant.heard(run)) == Committed(first=False)
    assert await count(tenant, "transcripts") == 0


async def test_one_evaluation_is_current(tenant: Tenant) -> None:
    first = await tenant.begin(await tenant.chat())
    received = await conversations.receive_revision(tenant.db, tenant.workspace, first.conversation_id)
    second = await tenant.begin(await tenant.store(received, tenant.turns(received)))
    await results.commit_evaluation(tenant.db, second, an_evaluation(second))
    late = await results.commit_evaluation(tenant.db, first, an_evaluation(first))
    assert late.first
    stored = await results.load_evaluation(tenant.db, tenant.workspace, first.conversation_id)
    assert stored.evaluation.revision == 2, "the older revision came in later, and is not the current one"
    assert await count(tenant, "evaluations") == 2
    assert await count(tenant, "evaluations", "current") == 1


async def test_many_evaluations_at_once_leave_one_current(tenant: Tenant) -> None:
    chat = await tenant.chat()
    wishes = [
        runs.RunRequest(chat.conversation_id, 0, Step.EVALUATE, tenant.recipe, f"again {n}", chat.priority)
        for n in range(10)
    ]
    working = [await tenant.begin(await runs.request(tenant.db, tenant.workspace, wish)) for wish in wishes]
    outcomes = await asyncio.gather(*(results.commit_evaluation(tenant.db, run, an_evaluation(run)) for run in working))
    assert all(outcome.first for outcome in outcomes)
    assert (await count(tenant, "evaluations"), await count(tenant, "evaluations", "current")) == (10, 1)


async def test_a_failing_commit_leaves_nothing(tenant: Tenant) -> None:
    run = await tenant.begin(await tenant.chat())
    broken = an_evaluation(run, [an_answer(), an_answer(confidence=7.0)])
    with pytest.raises(Exception, match="ck_answers_confidence"):
        await results.commit_evaluation(tenant.db, run, broken, usages=[USAGE])
    assert [await count(tenant, table) for table in ("evaluations", "answers", "ledger", "outbox")] == [0, 0, 0, 0]
    assert (await runs.get(tenant.db, tenant.workspace, run.id)).state is RunState.WORKING


async def test_a_result_for_a_deleted_conversation_is_refused(tenant: Tenant) -> None:
    call, chat = await tenant.begin(await tenant.call()), await tenant.begin(await tenant.chat())
    for run in (call, chat):
        await conversations.delete(tenant.db, tenant.workspace, run.conversation_id)
    with pytest.raises(errors.DeletedMeanwhile):
        await results.commit_transcript(tenant.db, call, tenant.heard(call))
    with pytest.raises(errors.DeletedMeanwhile):
        await results.commit_evaluation(tenant.db, chat, an_evaluation(chat))
    with pytest.raises(errors.DeletedMeanwhile):
        await conversations.load_source(tenant.db, call)
    assert (await runs.begin(tenant.db, call.id, entry_id="1-0")).start is Start.GONE


async def test_deletion_takes_every_row_but_the_ledger(tenant: Tenant) -> None:
    await webhooks.add(tenant.db, tenant.workspace, url="https://crm.example/hook")
    call = await tenant.begin(await tenant.call(external_id="c-1"))
    committed = await results.commit_transcript(tenant.db, call, tenant.heard(call), usages=[USAGE])
    judged = await tenant.begin(committed.next[0])
    await results.commit_evaluation(
        tenant.db, judged, an_evaluation(judged, [an_answer()], [a_finding()]), usages=[USAGE]
    )
    for _ in range(2):
        await conversations.delete(tenant.db, tenant.workspace, call.conversation_id)
    gone = ("conversations", "revisions", "runs", "transcripts", "evaluations", "answers", "findings")
    assert [await count(tenant, table) for table in gone] == [0] * len(gone)
    assert (await count(tenant, "ledger"), await count(tenant, "tombstones")) == (2, 1)
    assert await count(tenant, "outbox", "type = 'conversation.deleted'") == 1
    for reading in (conversations.get, results.load_evaluation, conversations.source_of):
        with pytest.raises(errors.Gone):
            await reading(tenant.db, tenant.workspace, call.conversation_id)
    with pytest.raises(errors.Gone):
        await conversations.patch(tenant.db, tenant.workspace, call.conversation_id, ConversationPatch(line="x"))
    assert (await tenant.receive_again("c-1")).fresh, "its external id is free again"


async def test_deletion_and_finish_at_once_end_in_one_of_two_ways(tenant: Tenant) -> None:
    """A seeded storm: either the result was first and is deleted with the rest, or the deletion was and the result is refused."""
    chance = random.Random(7)

    async def after(delay: float, work: Awaitable[object]) -> object:
        await asyncio.sleep(delay)
        return await work

    refused = 0
    for _ in range(40):
        run = await tenant.begin(await tenant.call())
        finish = results.commit_transcript(tenant.db, run, tenant.heard(run), usages=[USAGE])
        remove = conversations.delete(tenant.db, tenant.workspace, run.conversation_id)
        outcomes = await asyncio.gather(
            after(chance.random() / 100, finish), after(chance.random() / 100, remove), return_exceptions=True
        )
        assert outcomes[1] is None
        assert isinstance(outcomes[0], Committed | errors.DeletedMeanwhile), repr(outcomes[0])
        refused += isinstance(outcomes[0], errors.DeletedMeanwhile)
    assert 0 < refused < 40
    assert [await count(tenant, table) for table in ("conversations", "runs", "transcripts")] == [0, 0, 0]
    assert await count(tenant, "ledger") == 40 - refused


async def test_transcripts_are_read_from_where_they_lie(tenant: Tenant, tmp_path: object) -> None:
    store = open_store(f"file://{tmp_path}/blobs")
    call, chat = await tenant.begin(await tenant.call()), await tenant.chat()
    with pytest.raises(errors.NotFound):
        await results.load_transcript(tenant.db, store, tenant.workspace, call.conversation_id)
    heard = tenant.heard(call)
    await store.put_bytes(heard.blob_key, heard.transcript.model_dump_json().encode())
    await results.commit_transcript(tenant.db, call, heard)
    assert await results.load_transcript(tenant.db, store, tenant.workspace, call.conversation_id) == heard.transcript
    source = await conversations.source_of(tenant.db, tenant.workspace, chat.conversation_id)
    turns: Transcript = a_transcript(chat)
    await store.put_bytes(source.body.blob_key, turns.model_dump_json().encode())
    assert await results.load_transcript(tenant.db, store, tenant.workspace, chat.conversation_id) == turns
    assert await conversations.blob_keys(tenant.db, tenant.workspace, call.conversation_id) == [
        tenant.recording_key(call),
        heard.blob_key,
    ]
    with pytest.raises(errors.NotFound):
        await conversations.source_of(tenant.db, tenant.workspace, chat.conversation_id, revision=2)


async def test_a_tombstone_is_swept_until_it_stays_quiet(lone_tenant: Tenant) -> None:
    run = await lone_tenant.call()
    await conversations.delete(lone_tenant.db, lone_tenant.workspace, run.conversation_id)
    (tombstone,) = await tombstones.unquiet(lone_tenant.db)
    await tombstones.swept(lone_tenant.db, tombstone, removed=2)
    assert await tombstones.unquiet(lone_tenant.db) == [], "not twice within the pause"
    for removed in (0, 0, 1, 0, 0, 0):
        assert await tombstones.unquiet(lone_tenant.db, pause_s=0) == [tombstone]
        await tombstones.swept(lone_tenant.db, tombstone, removed=removed)
    assert await tombstones.unquiet(lone_tenant.db, pause_s=0) == []
