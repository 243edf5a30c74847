"""What a dead worker left behind is found when nobody works any more, and never before."""

import asyncio

import pytest
from auricle_contracts import Code, Priority, Step
from auricle_records import conversations, results, runs
from auricle_records.runs import RunRow, Untidy, Wanted
from fixtures.house import House, an_evaluation


async def found(house: House, **limits: float) -> list[str]:
    return [one.conversation_id for one in await runs.untidy(house.db, older_than_s=limits.get("older_than_s", 0))]


async def lost_and_done(house: House) -> RunRow:
    """A chat whose first worker vanished in the middle."""
    run = await house.begin(await house.chat())
    again = await runs.begin(house.db, run.id, entry_id=run.entry_id or "", lost_lease=True)
    assert again.run is not None
    await results.commit_evaluation(house.db, again.run, an_evaluation(run), digest_key="named")
    return again.run


async def test_a_first_try_that_ends_well_leaves_nothing_to_tidy(lone_house: House) -> None:
    run = await lone_house.begin(await lone_house.chat())
    await results.commit_evaluation(lone_house.db, run, an_evaluation(run))
    assert await found(lone_house) == []


async def test_a_lost_worker_a_crash_and_a_failure_do(lone_house: House) -> None:
    lost = await lost_and_done(lone_house)
    failed = await lone_house.chat()
    await runs.fail(lone_house.db, failed.id, Code.MODEL_ANSWER_INVALID, "x", fatal=True)
    assert sorted(await found(lone_house)) == sorted([lost.conversation_id, failed.conversation_id])
    assert await found(lone_house, older_than_s=60) == []


async def test_nothing_is_tidied_while_somebody_works(lone_house: House) -> None:
    run = await lost_and_done(lone_house)
    wish = Wanted(run.conversation_id, 0, Step.EVALUATE, lone_house.recipe, "again", Priority.LIVE)
    await runs.request(lone_house.db, lone_house.workspace, wish)
    assert await found(lone_house) == []
    async with runs.tidying(lone_house.db, Untidy(run.workspace, run.conversation_id)) as named:
        assert named is None


async def test_nothing_is_tidied_while_a_revision_is_received(lone_house: House) -> None:
    run = await lost_and_done(lone_house)
    await conversations.receive_revision(lone_house.db, lone_house.workspace, run.conversation_id)
    async with runs.tidying(lone_house.db, Untidy(run.workspace, run.conversation_id)) as named:
        assert named is None, "its blob may be there, and its row does not name it yet"


async def test_what_is_tidied_is_tidy_until_the_next_time(lone_house: House) -> None:
    run = await lost_and_done(lone_house)
    (one,) = await runs.untidy(lone_house.db, older_than_s=0)
    with pytest.raises(OSError, match="store"):
        await tidy_badly(lone_house, one)
    assert await found(lone_house) == [run.conversation_id], "a store that failed is asked again"
    async with runs.tidying(lone_house.db, one) as named:
        assert named is not None
        assert "named" in named
        assert len(named) == 2, "the turns and the digest"
    assert await found(lone_house) == []


async def tidy_badly(house: House, one: Untidy) -> None:
    async with runs.tidying(house.db, one):
        raise ConnectionRefusedError("the store")


async def test_nobody_begins_to_work_while_it_is_tidied(lone_house: House) -> None:
    failed = await lone_house.chat()
    await runs.fail(lone_house.db, failed.id, Code.MODEL_ANSWER_INVALID, "x", fatal=True)
    (one,) = await runs.untidy(lone_house.db, older_than_s=0)
    async with runs.tidying(lone_house.db, one) as named:
        assert named is not None
        resending = asyncio.create_task(runs.resend(lone_house.db, lone_house.workspace, failed.id))
        wish = Wanted(failed.conversation_id, 0, Step.EVALUATE, lone_house.recipe, "again", Priority.LIVE)
        asking = asyncio.create_task(runs.request(lone_house.db, lone_house.workspace, wish))
        growing = asyncio.create_task(
            conversations.receive_revision(lone_house.db, lone_house.workspace, failed.conversation_id)
        )
        await asyncio.sleep(0.2)
        assert not any(waiting.done() for waiting in (resending, asking, growing))
    await asyncio.gather(resending, asking, growing)
    async with runs.tidying(lone_house.db, one) as named:
        assert named is None


async def test_a_deleted_conversation_is_left_to_its_tombstone(lone_house: House) -> None:
    run = await lost_and_done(lone_house)
    await conversations.delete(lone_house.db, lone_house.workspace, run.conversation_id)
    assert await found(lone_house) == []
    async with runs.tidying(lone_house.db, Untidy(run.workspace, run.conversation_id)) as named:
        assert named is None
