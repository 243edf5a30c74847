"""Nothing that Postgres knows of is forgotten, whatever Redis forgets."""

from auricle_contracts import Priority, RunState, Step, stream_of
from auricle_keeper.feeder import Feeder
from auricle_keeper.sweeper import IdleConsumers, Sweeper
from auricle_records import runs
from auricle_streams import Consumer, Streams
from fixtures.tenant import Tenant

ASR = stream_of(Step.TRANSCRIBE, Priority.LIVE)
BACKFILL = stream_of(Step.TRANSCRIBE, Priority.BACKFILL)


def feeder(tenant: Tenant, streams: Streams, cap: int = 100, after_s: float = 0.0) -> Feeder:
    return Feeder(tenant.db, streams, cap=cap, after_s=after_s)


async def entry_of(tenant: Tenant, run_id: str) -> str | None:
    return (await runs.get(tenant.db, tenant.workspace, run_id)).entry_id


async def test_a_run_that_nobody_published_is_fed_once(tenant: Tenant, streams: Streams) -> None:
    run = await tenant.call()
    assert await feeder(tenant, streams).round() == 1
    assert await feeder(tenant, streams).round() == 0
    entry = await entry_of(tenant, run.id)
    assert entry is not None
    assert await streams.present(ASR, [entry]) == {entry}


async def test_a_fresh_run_is_left_to_its_maker(tenant: Tenant, streams: Streams) -> None:
    await tenant.call()
    assert await feeder(tenant, streams, after_s=60).round() == 0
    assert await streams.length(ASR) == 0


async def test_a_stream_is_filled_to_its_cap_and_no_further(tenant: Tenant, streams: Streams) -> None:
    for _ in range(5):
        await tenant.call()
    assert await feeder(tenant, streams, cap=3).round() == 3
    assert await streams.length(ASR) == 3
    assert await feeder(tenant, streams, cap=3).round() == 0


async def test_live_and_backfill_have_streams_of_their_own(tenant: Tenant, streams: Streams) -> None:
    await tenant.call()
    await tenant.call(priority=Priority.BACKFILL)
    await tenant.chat()
    assert await feeder(tenant, streams).round() == 3
    assert [await streams.length(one) for one in (ASR, BACKFILL)] == [1, 1]


async def test_the_makers_own_entry_wins_over_the_feeders(tenant: Tenant, streams: Streams) -> None:
    """The maker told the row between the feeder's look and its publication."""
    run = await tenant.call()
    own = await streams.publish(ASR, run.message)
    assert await runs.set_entry(tenant.db, run.id, None, own)
    late = await streams.publish(ASR, run.message)
    assert not await runs.set_entry(tenant.db, run.id, None, late)


async def test_after_a_flush_everything_is_published_again(tenant: Tenant, streams: Streams) -> None:
    first, second = await tenant.call(), await tenant.chat()
    await feeder(tenant, streams).round()
    await streams.redis.flushall()
    assert await Sweeper(tenant.db, streams, after_s=0.0).round() == 2
    assert await feeder(tenant, streams).round() == 2
    for run, stream in ((first, ASR), (second, stream_of(Step.EVALUATE, Priority.LIVE))):
        entry = await entry_of(tenant, run.id)
        assert entry is not None
        assert await streams.present(stream, [entry]) == {entry}


async def test_a_run_at_work_whose_entry_was_forgotten_waits_again(tenant: Tenant, streams: Streams) -> None:
    run = await tenant.call()
    await feeder(tenant, streams).round()
    await tenant.begin(await runs.get(tenant.db, tenant.workspace, run.id))
    await streams.redis.flushall()
    assert await Sweeper(tenant.db, streams, after_s=0.0).round() == 1
    again = await runs.get(tenant.db, tenant.workspace, run.id)
    assert (again.state, again.entry_id, again.attempts) == (RunState.WAITING, None, 0)


async def test_the_sweeper_leaves_what_is_there(tenant: Tenant, streams: Streams) -> None:
    run = await tenant.call()
    await feeder(tenant, streams).round()
    before = await entry_of(tenant, run.id)
    consumer = Consumer(streams, Step.TRANSCRIBE, "w")
    assert await consumer.take(10)
    assert await Sweeper(tenant.db, streams, after_s=0.0).round() == 0
    assert await entry_of(tenant, run.id) == before


async def test_the_sweeper_turns_more_than_one_page(tenant: Tenant, streams: Streams) -> None:
    import auricle_keeper.sweeper as module

    for _ in range(5):
        await tenant.call()
    await feeder(tenant, streams).round()
    await streams.redis.flushall()
    page, module.PAGE = module.PAGE, 2
    try:
        assert await Sweeper(tenant.db, streams, after_s=0.0).round() == 5
    finally:
        module.PAGE = page


async def test_idle_consumers_go_and_busy_ones_stay(tenant: Tenant, streams: Streams) -> None:
    for _ in range(2):
        await tenant.call()
    await feeder(tenant, streams).round()
    assert await Consumer(streams, Step.TRANSCRIBE, "busy").take(10)
    idle = Consumer(streams, Step.TRANSCRIBE, "idle")
    taken = await idle.take(10)
    assert taken is not None
    await idle.finish(taken)
    assert await IdleConsumers(streams, idle_s=3600).round() == 0
    assert await IdleConsumers(streams, idle_s=0).round() == 1
    names = [row["name"] for row in await streams.redis.xinfo_consumers(ASR, "workers")]
    assert names == [b"busy"]
