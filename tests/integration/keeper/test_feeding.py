"""Nothing that Postgres knows of is forgotten, whatever Redis forgets."""

from auricle_contracts import Priority, RunState, Step, stream_of
from auricle_keeper.feeder import Feeder
from auricle_keeper.sweeper import IdleConsumers, Sweeper
from auricle_records import runs
from auricle_streams import Consumer, Streams
from fixtures.house import House

ASR = stream_of(Step.TRANSCRIBE, Priority.LIVE)
BACKFILL = stream_of(Step.TRANSCRIBE, Priority.BACKFILL)


def feeder(house: House, streams: Streams, cap: int = 100, after_s: float = 0.0) -> Feeder:
    return Feeder(house.db, streams, cap=cap, after_s=after_s)


async def entry_of(house: House, run_id: str) -> str | None:
    return (await runs.get(house.db, house.workspace, run_id)).entry_id


async def test_a_run_that_nobody_published_is_fed_once(house: House, streams: Streams) -> None:
    run = await house.call()
    assert await feeder(house, streams).round() == 1
    assert await feeder(house, streams).round() == 0
    entry = await entry_of(house, run.id)
    assert entry is not None
    assert await streams.present(ASR, [entry]) == {entry}


async def test_a_fresh_run_is_left_to_its_maker(house: House, streams: Streams) -> None:
    await house.call()
    assert await feeder(house, streams, after_s=60).round() == 0
    assert await streams.length(ASR) == 0


async def test_a_stream_is_filled_to_its_cap_and_no_further(house: House, streams: Streams) -> None:
    for _ in range(5):
        await house.call()
    assert await feeder(house, streams, cap=3).round() == 3
    assert await streams.length(ASR) == 3
    assert await feeder(house, streams, cap=3).round() == 0


async def test_live_and_backfill_have_streams_of_their_own(house: House, streams: Streams) -> None:
    await house.call()
    await house.call(priority=Priority.BACKFILL)
    await house.chat()
    assert await feeder(house, streams).round() == 3
    assert [await streams.length(one) for one in (ASR, BACKFILL)] == [1, 1]


async def test_the_makers_own_entry_wins_over_the_feeders(house: House, streams: Streams) -> None:
    """The maker told the row between the feeder's look and its publication."""
    run = await house.call()
    own = await streams.publish(ASR, run.message)
    assert await runs.set_entry(house.db, run.id, None, own)
    late = await streams.publish(ASR, run.message)
    assert not await runs.set_entry(house.db, run.id, None, late)


async def test_after_a_flush_everything_is_published_again(house: House, streams: Streams) -> None:
    first, second = await house.call(), await house.chat()
    await feeder(house, streams).round()
    await streams.redis.flushall()
    assert await Sweeper(house.db, streams, after_s=0.0).round() == 2
    assert await feeder(house, streams).round() == 2
    for run, stream in ((first, ASR), (second, stream_of(Step.EVALUATE, Priority.LIVE))):
        entry = await entry_of(house, run.id)
        assert entry is not None
        assert await streams.present(stream, [entry]) == {entry}


async def test_a_run_at_work_whose_entry_was_forgotten_waits_again(house: House, streams: Streams) -> None:
    run = await house.call()
    await feeder(house, streams).round()
    await house.begin(await runs.get(house.db, house.workspace, run.id))
    await streams.redis.flushall()
    assert await Sweeper(house.db, streams, after_s=0.0).round() == 1
    again = await runs.get(house.db, house.workspace, run.id)
    assert (again.state, again.entry_id, again.attempts) == (RunState.WAITING, None, 0)


async def test_the_sweeper_leaves_what_is_there(house: House, streams: Streams) -> None:
    run = await house.call()
    await feeder(house, streams).round()
    before = await entry_of(house, run.id)
    consumer = Consumer(streams, Step.TRANSCRIBE, "w")
    assert await consumer.take(10)
    assert await Sweeper(house.db, streams, after_s=0.0).round() == 0
    assert await entry_of(house, run.id) == before


async def test_the_sweeper_turns_more_than_one_page(house: House, streams: Streams) -> None:
    import auricle_keeper.sweeper as module

    for _ in range(5):
        await house.call()
    await feeder(house, streams).round()
    await streams.redis.flushall()
    page, module.PAGE = module.PAGE, 2
    try:
        assert await Sweeper(house.db, streams, after_s=0.0).round() == 5
    finally:
        module.PAGE = page


async def test_idle_consumers_go_and_busy_ones_stay(house: House, streams: Streams) -> None:
    for _ in range(2):
        await house.call()
    await feeder(house, streams).round()
    assert await Consumer(streams, Step.TRANSCRIBE, "busy").take(10)
    idle = Consumer(streams, Step.TRANSCRIBE, "idle")
    taken = await idle.take(10)
    assert taken is not None
    await idle.finish(taken)
    assert await IdleConsumers(streams, idle_s=3600).round() == 0
    assert await IdleConsumers(streams, idle_s=0).round() == 1
    names = [row["name"] for row in await streams.redis.xinfo_consumers(ASR, "workers")]
    assert names == [b"busy"]
