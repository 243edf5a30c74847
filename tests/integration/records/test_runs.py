"""A run is tried, fails, is lost, dies, is sent again; and ends once."""

import asyncio

import pytest
from auricle_contracts import Code, Priority, RunState, Step
from auricle_records import conversations, errors, outbox, results, runs, webhooks
from auricle_records.runs import MAX_ATTEMPTS, MAX_LOST_LEASES, PostgresRunStore, RunRequest, Start
from fixtures.tenant import Tenant, an_evaluation


async def state(tenant: Tenant, run_id: str) -> RunState:
    return (await runs.get(tenant.db, tenant.workspace, run_id)).state


async def test_begin_takes_up_a_run_and_adopts_its_entry(tenant: Tenant) -> None:
    run = await tenant.call()
    begun = await runs.begin(tenant.db, run.id, entry_id="1-0")
    assert (begun.start, begun.next_runs) == (Start.WORK, ())
    assert begun.run is not None
    assert (begun.run.state, begun.run.entry_id, begun.run.workspace) == (RunState.WORKING, "1-0", tenant.workspace)
    elsewhere = await runs.begin(tenant.db, run.id, entry_id="2-0")
    assert (elsewhere.start, elsewhere.run) == (Start.ELSEWHERE, None)
    again = await runs.begin(tenant.db, run.id, entry_id="1-0")
    assert again.run is not None, "the same entry again: its worker was lost"
    assert again.run.attempts == 0


async def test_a_run_that_nobody_knows_is_gone(tenant: Tenant) -> None:
    assert (await runs.begin(tenant.db, "nobody", entry_id="1-0")).start is Start.GONE
    run_store = PostgresRunStore(tenant.db)
    assert await run_store.fail("nobody", code=Code.INTERNAL, detail="x") is True
    assert await run_store.published("nobody", expected=None, entry_id="1-0") is False


async def test_published_is_compare_and_set(tenant: Tenant) -> None:
    run = await tenant.call()
    run_store = PostgresRunStore(tenant.db)
    assert await run_store.published(run.id, expected=None, entry_id="1-0")
    assert await run_store.published(run.id, expected=None, entry_id="1-0"), "the same again is fine"
    assert not await run_store.published(run.id, expected=None, entry_id="2-0")
    assert await run_store.published(run.id, expected="1-0", entry_id="3-0")
    assert (await runs.begin(tenant.db, run.id, entry_id="3-0")).start is Start.WORK
    assert await run_store.published(run.id, expected="3-0", entry_id=None)
    forgotten = await runs.get(tenant.db, tenant.workspace, run.id)
    assert (forgotten.entry_id, forgotten.state) == (None, RunState.WAITING), "keeper's feeder takes it again"


async def test_of_two_publishers_one_wins(tenant: Tenant) -> None:
    run = await tenant.call()
    won = await asyncio.gather(*(runs.set_entry(tenant.db, run.id, None, f"{number}-0") for number in range(1, 9)))
    assert sorted(won) == [False] * 7 + [True]


async def test_what_the_item_caused_kills_it_at_the_third_time(tenant: Tenant) -> None:
    run = await tenant.call()
    for attempt in range(1, MAX_ATTEMPTS + 1):
        await tenant.begin(await runs.get(tenant.db, tenant.workspace, run.id))
        failed = await runs.fail(tenant.db, run.id, Code.SPEECH_ENGINE_FAILED, "out of memory")
        assert failed is not None
        assert failed.attempts == attempt
        assert failed.state is (RunState.DEAD if attempt == MAX_ATTEMPTS else RunState.WAITING)
    dead = await runs.get(tenant.db, tenant.workspace, run.id)
    assert dead.last_error == "speech_engine_failed: out of memory"
    assert (await runs.begin(tenant.db, run.id, entry_id=dead.entry_id or "")).start is Start.DEAD
    view = await conversations.get(tenant.db, tenant.workspace, run.conversation_id)
    assert view.progress == "dead"


async def test_what_can_never_succeed_is_dead_at_once(tenant: Tenant) -> None:
    run = await tenant.call()
    assert await PostgresRunStore(tenant.db).fail(run.id, code=Code.NOT_AUDIO, detail="a text", fatal=True) is True
    assert await state(tenant, run.id) is RunState.DEAD


async def test_a_poison_recording_that_kills_its_workers_dies_too(tenant: Tenant) -> None:
    run = await tenant.begin(await tenant.call())
    assert run.entry_id is not None
    for _ in range(MAX_ATTEMPTS - 1):
        begun = await runs.begin(tenant.db, run.id, entry_id=run.entry_id, crash="SIGSEGV")
        assert begun.start is Start.WORK
    assert (await runs.begin(tenant.db, run.id, entry_id=run.entry_id, crash="SIGSEGV")).start is Start.DEAD
    dead = await runs.get(tenant.db, tenant.workspace, run.id)
    assert dead.last_error == "worker_crashed: the worker died of SIGSEGV"


async def test_lost_leases_have_a_limit_of_their_own(tenant: Tenant) -> None:
    run = await tenant.begin(await tenant.call())
    assert run.entry_id is not None
    for _ in range(MAX_LOST_LEASES - 1):
        assert (await runs.begin(tenant.db, run.id, entry_id=run.entry_id, lost_lease=True)).start is Start.WORK
    assert (await runs.begin(tenant.db, run.id, entry_id=run.entry_id, lost_lease=True)).start is Start.DEAD
    dead = await runs.get(tenant.db, tenant.workspace, run.id)
    assert (dead.attempts, dead.lost_leases) == (0, MAX_LOST_LEASES)
    assert dead.last_error is not None
    assert dead.last_error.startswith("leases_lost")


async def test_the_dead_are_listed_and_sent_again(tenant: Tenant) -> None:
    dead = []
    for _ in range(5):
        run = await tenant.call()
        await runs.fail(tenant.db, run.id, Code.NOT_AUDIO, "a text", fatal=True)
        dead.append(run.id)
    page = await runs.dead(tenant.db, tenant.workspace, limit=3)
    rest = await runs.dead(tenant.db, tenant.workspace, limit=3, cursor=page.cursor)
    assert [run.id for run in (*page.items, *rest.items)] == dead[::-1]
    assert rest.cursor is None
    again = await runs.resend(tenant.db, tenant.workspace, dead[0], traceparent="tp")
    assert (again.state, again.attempts, again.entry_id, again.traceparent) == (RunState.WAITING, 0, None, "tp")
    with pytest.raises(errors.NotDead):
        await runs.resend(tenant.db, tenant.workspace, dead[0])
    with pytest.raises(errors.NotFound):
        await runs.resend(tenant.db, tenant.workspace, "nobody")


async def test_each_death_is_an_event(lone_tenant: Tenant) -> None:
    await webhooks.add(lone_tenant.db, lone_tenant.workspace, url="https://crm.example/hook")
    run = await lone_tenant.call(external_id="c-1")
    for _ in range(2):
        await runs.fail(lone_tenant.db, run.id, Code.NOT_AUDIO, "a text", fatal=True)
        await runs.fail(lone_tenant.db, run.id, Code.NOT_AUDIO, "a dead one does not die again", fatal=True)
        await runs.resend(lone_tenant.db, lone_tenant.workspace, run.id)
    due = await outbox.due(lone_tenant.db)
    assert [delivery.event.type for delivery in due] == ["conversation.dead"] * 2
    assert len({delivery.event_id for delivery in due}) == 2
    data = due[0].event.data
    assert (data.error, data.external_id, data.run_id) == ("not_audio", "c-1", run.id)


async def test_a_run_on_request_is_made_once(tenant: Tenant) -> None:
    chat = await tenant.chat()
    wish = RunRequest(chat.conversation_id, 0, Step.EVALUATE, tenant.recipe, "a person asked", Priority.BACKFILL)
    first = await runs.request(tenant.db, tenant.workspace, wish)
    second = await runs.request(tenant.db, tenant.workspace, wish)
    assert first == second
    assert (first.revision, first.stream) == (1, "{auricle}:score:backfill")
    with pytest.raises(errors.NotFound):
        await runs.request(tenant.db, tenant.workspace, RunRequest("nobody", 0, Step.EVALUATE, "r", "x", Priority.LIVE))


async def test_keeper_feeds_by_step_and_priority_oldest_first(lone_tenant: Tenant) -> None:
    other = await lone_tenant.neighbour()
    first, second = await lone_tenant.call(), await other.call()
    backfill, chat = await lone_tenant.call(priority=Priority.BACKFILL), await other.chat()
    published = await lone_tenant.call()
    assert await runs.set_entry(lone_tenant.db, published.id, None, "9-0")

    async def waiting(step: Step, priority: Priority, **limits: float) -> list[str]:
        found = await runs.waiting(lone_tenant.db, step, priority, limit=int(limits.pop("limit", 10)), **limits)
        return [run.id for run in found]

    assert await waiting(Step.TRANSCRIBE, Priority.LIVE) == [first.id, second.id]
    assert await waiting(Step.TRANSCRIBE, Priority.LIVE, limit=1) == [first.id]
    assert await waiting(Step.TRANSCRIBE, Priority.LIVE, older_than_s=60) == []
    assert await waiting(Step.TRANSCRIBE, Priority.BACKFILL) == [backfill.id]
    assert await waiting(Step.EVALUATE, Priority.LIVE) == [chat.id]


async def test_keeper_finds_what_may_be_forgotten(lone_tenant: Tenant) -> None:
    waiting, working, done = await lone_tenant.chat(), await lone_tenant.chat(), await lone_tenant.chat()
    for number, run in enumerate((waiting, working, done), 1):
        assert await runs.set_entry(lone_tenant.db, run.id, None, f"{number}-0")
    await runs.begin(lone_tenant.db, working.id, entry_id="2-0")
    await results.commit_evaluation(lone_tenant.db, done, an_evaluation(done))
    never_published = await lone_tenant.chat()
    found = await runs.forgotten(lone_tenant.db, older_than_s=0, limit=10)
    assert [run.id for run in found] == [waiting.id, working.id]
    assert [run.entry_id for run in found] == ["1-0", "2-0"]
    assert await runs.forgotten(lone_tenant.db, older_than_s=60, limit=10) == []
    assert [run.id for run in await runs.forgotten(lone_tenant.db, older_than_s=0, limit=10, after=waiting.id)] == [
        working.id
    ]
    assert never_published.id not in {run.id for run in found}
