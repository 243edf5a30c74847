"""What a dead worker left behind is found when nobody works any more, and never before."""

import asyncio

import pytest
from auricle_contracts import Code, Priority, Step
from auricle_records import conversations, results, runs
from auricle_records.runs import RunRequest, RunRow, Untidy
from fixtures.tenant import Tenant, an_evaluation


async def found(tenant: Tenant, **limits: float) -> list[str]:
    return [one.conversation_id for one in await runs.untidy(tenant.db, older_than_s=limits.get("older_than_s", 0))]


async def lost_and_done(tenant: Tenant) -> RunRow:
    """A chat whose first worker vanished in the middle."""
    run = await tenant.begin(await tenant.chat())
    again = await runs.begin(tenant.db, run.id, entry_id=run.entry_id or "", lost_lease=True)
    assert again.run is not None
    await results.commit_evaluation(tenant.db, again.run, an_evaluation(run), digest_key="named")
    return again.run


async def test_a_first_try_that_ends_well_leaves_nothing_to_tidy(lone_tenant: Tenant) -> None:
    run = await lone_tenant.begin(await lone_tenant.chat())
    await results.commit_evaluation(lone_tenant.db, run, an_evaluation(run))
    assert await found(lone_tenant) == []


async def test_a_lost_worker_a_crash_and_a_failure_do(lone_tenant: Tenant) -> None:
    lost = await lost_and_done(lone_tenant)
    failed = await lone_tenant.chat()
    await runs.fail(lone_tenant.db, failed.id, Code.MODEL_ANSWER_INVALID, "x", fatal=True)
    assert sorted(await found(lone_tenant)) == sorted([lost.conversation_id, failed.conversation_id])
    assert await found(lone_tenant, older_than_s=60) == []


async def test_nothing_is_tidied_while_somebody_works(lone_tenant: Tenant) -> None:
    run = await lost_and_done(lone_tenant)
    wish = RunRequest(run.conversation_id, 0, Step.EVALUATE, lone_tenant.recipe, "again", Priority.LIVE)
    await runs.request(lone_tenant.db, lone_tenant.workspace, wish)
    assert await found(lone_tenant) == []
    async with runs.tidying(lone_tenant.db, Untidy(run.workspace, run.conversation_id)) as named:
        assert named is None


async def test_nothing_is_tidied_while_a_revision_is_received(lone_tenant: Tenant) -> None:
    run = await lost_and_done(lone_tenant)
    await conversations.receive_revision(lone_tenant.db, lone_tenant.workspace, run.conversation_id)
    async with runs.tidying(lone_tenant.db, Untidy(run.workspace, run.conversation_id)) as named:
        assert named is None, "its blob may be there, and its row does not name it yet"


async def test_what_is_tidied_is_tidy_until_the_next_time(lone_tenant: Tenant) -> None:
    run = await lost_and_done(lone_tenant)
    (one,) = await runs.untidy(lone_tenant.db, older_than_s=0)
    with pytest.raises(OSError, match="store"):
        await tidy_badly(lone_tenant, one)
    assert await found(lone_tenant) == [run.conversation_id], "a store that failed is asked again"
    async with runs.tidying(lone_tenant.db, one) as named:
        assert named is not None
        assert "named" in named
        assert len(named) == 2, "the turns and the digest"
    assert await found(lone_tenant) == []


async def tidy_badly(tenant: Tenant, one: Untidy) -> None:
    async with runs.tidying(tenant.db, one):
        raise ConnectionRefusedError("the store")


async def test_nobody_begins_to_work_while_it_is_tidied(lone_tenant: Tenant) -> None:
    failed = await lone_tenant.chat()
    await runs.fail(lone_tenant.db, failed.id, Code.MODEL_ANSWER_INVALID, "x", fatal=True)
    (one,) = await runs.untidy(lone_tenant.db, older_than_s=0)
    async with runs.tidying(lone_tenant.db, one) as named:
        assert named is not None
        resending = asyncio.create_task(runs.resend(lone_tenant.db, lone_tenant.workspace, failed.id))
        wish = RunRequest(failed.conversation_id, 0, Step.EVALUATE, lone_tenant.recipe, "again", Priority.LIVE)
        asking = asyncio.create_task(runs.request(lone_tenant.db, lone_tenant.workspace, wish))
        growing = asyncio.create_task(
            conversations.receive_revision(lone_tenant.db, lone_tenant.workspace, failed.conversation_id)
        )
        await asyncio.sleep(0.2)
        assert not any(waiting.done() for waiting in (resending, asking, growing))
    await asyncio.gather(resending, asking, growing)
    async with runs.tidying(lone_tenant.db, one) as named:
        assert named is None


async def test_a_deleted_conversation_is_left_to_its_tombstone(lone_tenant: Tenant) -> None:
    run = await lost_and_done(lone_tenant)
    await conversations.delete(lone_tenant.db, lone_tenant.workspace, run.conversation_id)
    assert await found(lone_tenant) == []
    async with runs.tidying(lone_tenant.db, Untidy(run.workspace, run.conversation_id)) as named:
        assert named is None
