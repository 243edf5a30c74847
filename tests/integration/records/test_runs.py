"""A run is tried, fails, is lost, dies, is sent again; and ends once."""

import asyncio

import pytest
from auricle_contracts import Code, Priority, RunState, Step
from auricle_records import conversations, errors, outbox, results, runs, webhooks
from auricle_records.runs import MAX_ATTEMPTS, MAX_LOST_LEASES, Desk, Start, Wanted
from fixtures.house import House, an_evaluation


async def state(house: House, run_id: str) -> RunState:
    return (await runs.get(house.db, house.workspace, run_id)).state


async def test_begin_takes_up_a_run_and_adopts_its_entry(house: House) -> None:
    run = await house.call()
    begun = await runs.begin(house.db, run.id, entry_id="1-0")
    assert (begun.start, begun.next_runs) == (Start.WORK, ())
    assert begun.run is not None
    assert (begun.run.state, begun.run.entry_id, begun.run.workspace) == (RunState.WORKING, "1-0", house.workspace)
    elsewhere = await runs.begin(house.db, run.id, entry_id="2-0")
    assert (elsewhere.start, elsewhere.run) == (Start.ELSEWHERE, None)
    again = await runs.begin(house.db, run.id, entry_id="1-0")
    assert again.run is not None, "the same entry again: its worker was lost"
    assert again.run.attempts == 0


async def test_a_run_that_nobody_knows_is_gone(house: House) -> None:
    assert (await runs.begin(house.db, "nobody", entry_id="1-0")).start is Start.GONE
    desk = Desk(house.db)
    assert await desk.fail("nobody", code=Code.INTERNAL, detail="x") is True
    assert await desk.published("nobody", expected=None, entry_id="1-0") is False


async def test_published_is_compare_and_set(house: House) -> None:
    run = await house.call()
    desk = Desk(house.db)
    assert await desk.published(run.id, expected=None, entry_id="1-0")
    assert await desk.published(run.id, expected=None, entry_id="1-0"), "the same again is fine"
    assert not await desk.published(run.id, expected=None, entry_id="2-0")
    assert await desk.published(run.id, expected="1-0", entry_id="3-0")
    assert (await runs.begin(house.db, run.id, entry_id="3-0")).start is Start.WORK
    assert await desk.published(run.id, expected="3-0", entry_id=None)
    forgotten = await runs.get(house.db, house.workspace, run.id)
    assert (forgotten.entry_id, forgotten.state) == (None, RunState.WAITING), "keeper's feeder takes it again"


async def test_of_two_publishers_one_wins(house: House) -> None:
    run = await house.call()
    won = await asyncio.gather(*(runs.set_entry(house.db, run.id, None, f"{number}-0") for number in range(1, 9)))
    assert sorted(won) == [False] * 7 + [True]


async def test_what_the_item_caused_kills_it_at_the_third_time(house: House) -> None:
    run = await house.call()
    for attempt in range(1, MAX_ATTEMPTS + 1):
        await house.begin(await runs.get(house.db, house.workspace, run.id))
        failed = await runs.fail(house.db, run.id, Code.SPEECH_ENGINE_FAILED, "out of memory")
        assert failed is not None
        assert failed.attempts == attempt
        assert failed.state is (RunState.DEAD if attempt == MAX_ATTEMPTS else RunState.WAITING)
    dead = await runs.get(house.db, house.workspace, run.id)
    assert dead.last_error == "speech_engine_failed: out of memory"
    assert (await runs.begin(house.db, run.id, entry_id=dead.entry_id or "")).start is Start.DEAD
    view = await conversations.get(house.db, house.workspace, run.conversation_id)
    assert view.progress == "dead"


async def test_what_can_never_succeed_is_dead_at_once(house: House) -> None:
    run = await house.call()
    assert await Desk(house.db).fail(run.id, code=Code.NOT_AUDIO, detail="a text", fatal=True) is True
    assert await state(house, run.id) is RunState.DEAD


async def test_a_poison_recording_that_kills_its_workers_dies_too(house: House) -> None:
    run = await house.begin(await house.call())
    assert run.entry_id is not None
    for _ in range(MAX_ATTEMPTS - 1):
        begun = await runs.begin(house.db, run.id, entry_id=run.entry_id, crash="SIGSEGV")
        assert begun.start is Start.WORK
    assert (await runs.begin(house.db, run.id, entry_id=run.entry_id, crash="SIGSEGV")).start is Start.DEAD
    dead = await runs.get(house.db, house.workspace, run.id)
    assert dead.last_error == "worker_crashed: the worker died of SIGSEGV"


async def test_lost_leases_have_a_limit_of_their_own(house: House) -> None:
    run = await house.begin(await house.call())
    assert run.entry_id is not None
    for _ in range(MAX_LOST_LEASES - 1):
        assert (await runs.begin(house.db, run.id, entry_id=run.entry_id, lost_lease=True)).start is Start.WORK
    assert (await runs.begin(house.db, run.id, entry_id=run.entry_id, lost_lease=True)).start is Start.DEAD
    dead = await runs.get(house.db, house.workspace, run.id)
    assert (dead.attempts, dead.lost_leases) == (0, MAX_LOST_LEASES)
    assert dead.last_error is not None
    assert dead.last_error.startswith("leases_lost")


async def test_the_dead_are_listed_and_sent_again(house: House) -> None:
    dead = []
    for _ in range(5):
        run = await house.call()
        await runs.fail(house.db, run.id, Code.NOT_AUDIO, "a text", fatal=True)
        dead.append(run.id)
    page = await runs.dead(house.db, house.workspace, limit=3)
    rest = await runs.dead(house.db, house.workspace, limit=3, cursor=page.cursor)
    assert [run.id for run in (*page.items, *rest.items)] == dead[::-1]
    assert rest.cursor is None
    again = await runs.resend(house.db, house.workspace, dead[0], traceparent="tp")
    assert (again.state, again.attempts, again.entry_id, again.traceparent) == (RunState.WAITING, 0, None, "tp")
    with pytest.raises(errors.NotDead):
        await runs.resend(house.db, house.workspace, dead[0])
    with pytest.raises(errors.NotFound):
        await runs.resend(house.db, house.workspace, "nobody")


async def test_each_death_is_an_event(lone_house: House) -> None:
    await webhooks.add(lone_house.db, lone_house.workspace, url="https://crm.example/hook")
    run = await lone_house.call(external_id="c-1")
    for _ in range(2):
        await runs.fail(lone_house.db, run.id, Code.NOT_AUDIO, "a text", fatal=True)
        await runs.fail(lone_house.db, run.id, Code.NOT_AUDIO, "a dead one does not die again", fatal=True)
        await runs.resend(lone_house.db, lone_house.workspace, run.id)
    due = await outbox.due(lone_house.db)
    assert [delivery.event.type for delivery in due] == ["conversation.dead"] * 2
    assert len({delivery.event_id for delivery in due}) == 2
    data = due[0].event.data
    assert (data.error, data.external_id, data.run_id) == ("not_audio", "c-1", run.id)


async def test_a_run_on_request_is_made_once(house: House) -> None:
    chat = await house.chat()
    wish = Wanted(chat.conversation_id, 0, Step.EVALUATE, house.recipe, "a person asked", Priority.BACKFILL)
    first = await runs.request(house.db, house.workspace, wish)
    second = await runs.request(house.db, house.workspace, wish)
    assert first == second
    assert (first.revision, first.stream) == (1, "{auricle}:score:backfill")
    with pytest.raises(errors.NotFound):
        await runs.request(house.db, house.workspace, Wanted("nobody", 0, Step.EVALUATE, "r", "x", Priority.LIVE))


async def test_keeper_feeds_by_step_and_priority_oldest_first(lone_house: House) -> None:
    other = await lone_house.neighbour()
    first, second = await lone_house.call(), await other.call()
    backfill, chat = await lone_house.call(priority=Priority.BACKFILL), await other.chat()
    published = await lone_house.call()
    assert await runs.set_entry(lone_house.db, published.id, None, "9-0")

    async def waiting(step: Step, priority: Priority, **limits: float) -> list[str]:
        found = await runs.waiting(lone_house.db, step, priority, limit=int(limits.pop("limit", 10)), **limits)
        return [run.id for run in found]

    assert await waiting(Step.TRANSCRIBE, Priority.LIVE) == [first.id, second.id]
    assert await waiting(Step.TRANSCRIBE, Priority.LIVE, limit=1) == [first.id]
    assert await waiting(Step.TRANSCRIBE, Priority.LIVE, older_than_s=60) == []
    assert await waiting(Step.TRANSCRIBE, Priority.BACKFILL) == [backfill.id]
    assert await waiting(Step.EVALUATE, Priority.LIVE) == [chat.id]


async def test_keeper_finds_what_may_be_forgotten(lone_house: House) -> None:
    waiting, working, done = await lone_house.chat(), await lone_house.chat(), await lone_house.chat()
    for number, run in enumerate((waiting, working, done), 1):
        assert await runs.set_entry(lone_house.db, run.id, None, f"{number}-0")
    await runs.begin(lone_house.db, working.id, entry_id="2-0")
    await results.commit_evaluation(lone_house.db, done, an_evaluation(done))
    never_published = await lone_house.chat()
    found = await runs.forgotten(lone_house.db, older_than_s=0, limit=10)
    assert [run.id for run in found] == [waiting.id, working.id]
    assert [run.entry_id for run in found] == ["1-0", "2-0"]
    assert await runs.forgotten(lone_house.db, older_than_s=60, limit=10) == []
    assert [run.id for run in await runs.forgotten(lone_house.db, older_than_s=0, limit=10, after=waiting.id)] == [
        working.id
    ]
    assert never_published.id not in {run.id for run in found}
