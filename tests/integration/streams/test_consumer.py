"""One consumer, in one process, against a real Redis: every script, and every way in which an entry changes hands."""

import asyncio
import random

import pytest
from auricle_contracts import GROUP, Message, Priority, Step, dead_stream, stream_of
from auricle_streams import Consumer, Delivery, LeasePolicy, QueueUnavailable, Streams, Why
from auricle_streams.delivery import reserved

ASR = stream_of(Step.TRANSCRIBE, Priority.LIVE)
BACKFILL = stream_of(Step.TRANSCRIBE, Priority.BACKFILL)
SCORE = stream_of(Step.EVALUATE, Priority.LIVE)
QUICK = LeasePolicy(renew_ms=50, missed=3)


@pytest.fixture(autouse=True)
async def long_up(streams: Streams, monkeypatch: pytest.MonkeyPatch) -> None:
    """The consumer's rest after a restart of Redis is tested on its own; elsewhere the server counts as long up."""

    async def may(consumer: Consumer) -> bool:
        return True

    monkeypatch.setattr(Consumer, "_may_reclaim", may)


def consumer(streams: Streams, name: str = "w1", lease: LeasePolicy = QUICK) -> Consumer:
    return Consumer(streams, Step.TRANSCRIBE, name, lease)


async def publish(streams: Streams, *run_ids: str, stream: str = ASR) -> list[str]:
    return [await streams.publish(stream, Message(run_id=one, traceparent="00-ab")) for one in run_ids]


async def taken(one: Consumer) -> Delivery:
    delivery = await one.take(50)
    assert delivery is not None
    return delivery


async def test_what_was_published_before_any_group_is_taken(streams: Streams) -> None:
    (entry_id,) = await publish(streams, "r1")
    assert await taken(consumer(streams)) == Delivery(ASR, entry_id, Message(run_id="r1", traceparent="00-ab"))


async def test_live_comes_before_backfill_however_old(streams: Streams) -> None:
    await publish(streams, "old", stream=BACKFILL)
    await publish(streams, "new")
    one = consumer(streams)
    assert [(await taken(one)).message.run_id for _ in range(2)] == ["new", "old"]


async def test_a_blocked_consumer_wakes_for_either_stream_and_loses_none_of_two(streams: Streams) -> None:
    one = consumer(streams)
    await one.take(10)
    waiting = asyncio.create_task(one.take(1000))
    await asyncio.sleep(0.05)
    async with streams.redis.pipeline(transaction=True) as both:
        both.xadd(BACKFILL, {"run_id": "b", "traceparent": ""})
        both.xadd(ASR, {"run_id": "a", "traceparent": ""})
        await both.execute()
    first = await waiting
    assert first is not None
    assert {first.message.run_id, (await taken(one)).message.run_id} == {"a", "b"}


async def test_many_are_taken_in_one_round(streams: Streams) -> None:
    await publish(streams, *"abcde")
    deliveries = await consumer(streams).take_many(3, 10)
    assert [one.message.run_id for one in deliveries] == ["a", "b", "c"]


async def test_finish_removes_the_entry_and_hands_the_next_run_over(streams: Streams) -> None:
    await publish(streams, "r1")
    one = consumer(streams)
    added = await one.finish(await taken(one), [(SCORE, Message(run_id="r2", traceparent="00-cd"))])
    assert added is not None
    assert await streams.length(ASR) == 0
    assert await streams.present(SCORE, added) == set(added)
    scorer = Consumer(streams, Step.EVALUATE, "s1", QUICK)
    assert (await taken(scorer)).message == Message(run_id="r2", traceparent="00-cd")


async def test_finish_of_a_lost_entry_changes_nothing(streams: Streams) -> None:
    await publish(streams, "r1")
    slow, quick = consumer(streams, "slow"), consumer(streams, "quick")
    mine = await taken(slow)
    await asyncio.sleep(0.2)
    again = await taken(quick)
    assert again.entry_id == mine.entry_id
    assert await slow.finish(mine, [(SCORE, Message(run_id="r2"))]) is None
    assert await streams.length(SCORE) == 0
    assert await streams.length(ASR) == 1
    assert await quick.finish(again) == []


async def test_finish_twice_hands_over_once(streams: Streams) -> None:
    await publish(streams, "r1")
    one = consumer(streams)
    mine = await taken(one)
    following = [(SCORE, Message(run_id="r2"))]
    assert await one.finish(mine, following) is not None
    assert await one.finish(mine, following) is None
    assert await streams.length(SCORE) == 1


async def test_a_silent_worker_loses_its_entry_and_a_renewing_one_does_not(streams: Streams) -> None:
    await publish(streams, "silent", "renewed")
    first, second = consumer(streams, "w1"), consumer(streams, "w2")
    silent, renewed = await taken(first), await taken(first)
    for _ in range(5):
        await asyncio.sleep(0.05)
        assert await first.claims.renew(ASR, [renewed.entry_id]) == set()
    again = await taken(second)
    assert (again.entry_id, again.lost_lease, again.crash, again.deliveries) == (silent.entry_id, True, None, 2)
    assert await second.take(10) is None
    assert await first.claims.renew(ASR, [silent.entry_id, renewed.entry_id]) == {silent.entry_id}


async def test_renewal_never_takes_an_entry_back(streams: Streams) -> None:
    """The naive renewal, a bare XCLAIM, would."""
    await publish(streams, "r1")
    first, second = consumer(streams, "w1"), consumer(streams, "w2")
    mine = await taken(first)
    await asyncio.sleep(0.2)
    await taken(second)
    await first.claims.renew(ASR, [mine.entry_id])
    (row,) = await streams.redis.xpending_range(ASR, GROUP, "-", "+", 10)
    assert row["consumer"] == b"w2"


async def test_what_is_handed_back_keeps_its_place_and_counts_nothing(streams: Streams) -> None:
    await publish(streams, "first", "second")
    one, two = consumer(streams, "w1"), consumer(streams, "w2")
    mine = await taken(one)
    assert await one.hand_back(mine)
    assert await streams.length(ASR) == 2
    again = await taken(two)
    assert (again.entry_id, again.lost_lease, again.crash, again.suspect) == (mine.entry_id, False, None, False)


@pytest.mark.parametrize(
    ("why", "crash", "suspect"),
    [(Why.CRASHED, "SIGKILL", True), (Why.SUSPECT, None, True), (Why.RETURNED, None, False)],
)
async def test_the_reason_travels_with_the_entry(streams: Streams, why: Why, crash: str | None, suspect: bool) -> None:
    await publish(streams, "r1")
    one = consumer(streams, "w1")
    await one.hand_back(await taken(one), why, "SIGKILL")
    again = await taken(consumer(streams, "w2"))
    assert (again.crash, again.suspect, again.lost_lease) == (crash, suspect, False)


async def test_a_failed_entry_rests_for_a_lease(streams: Streams) -> None:
    await publish(streams, "r1")
    one = consumer(streams)
    await one.hand_back(await taken(one), Why.FAILED)
    assert await one.take(10) is None
    await asyncio.sleep(0.2)
    again = await taken(one)
    assert (again.lost_lease, again.crash) == (False, None)


async def test_an_entry_that_was_lost_cannot_be_handed_back(streams: Streams) -> None:
    await publish(streams, "r1")
    first, second = consumer(streams, "w1"), consumer(streams, "w2")
    mine = await taken(first)
    await asyncio.sleep(0.2)
    again = await taken(second)
    assert not await first.hand_back(mine, Why.CRASHED, "SIGKILL")
    assert await second.finish(again) == []


async def test_a_consumer_does_not_reclaim_what_it_holds_itself(streams: Streams) -> None:
    """Its parent was stopped for longer than a lease and renews again; nobody else came."""
    await publish(streams, "r1")
    one = consumer(streams)
    mine = await taken(one)
    await asyncio.sleep(0.2)
    assert await one.take(10) is None
    assert await one.finish(mine) == []


async def test_entries_of_a_name_that_was_reborn_are_found_again(streams: Streams) -> None:
    """A child died and its parent could not reach Redis; the next child has the same name and holds nothing."""
    await publish(streams, "r1")
    mine = await taken(consumer(streams, "w1"))
    await asyncio.sleep(0.2)
    again = await taken(consumer(streams, "w1"))
    assert (again.entry_id, again.lost_lease) == (mine.entry_id, True)


@pytest.mark.parametrize(
    "fields",
    [
        {"nonsense": "x"},
        {"run_id": ""},
        {"run_id": "r1", "traceparent": "", "extra": "y"},
        {"run_id": b"\xff\xfe", "traceparent": ""},
        {"run_id": "r\x00\n1", "traceparent": ""},
        {"run_id": "r" * 10_000, "traceparent": ""},
        {f"f{number}": "v" for number in range(9_000)},
    ],
    ids=["foreign", "empty", "extra", "bytes", "control", "long", "wide"],
)
async def test_an_unreadable_entry_is_buried_and_stops_nobody(streams: Streams, fields: dict[str, str]) -> None:
    await streams.redis.xadd(ASR, fields)
    await publish(streams, "good")
    one = consumer(streams)
    found = await one.take(10) or await taken(one)  # the first read may find the unreadable one only
    assert found.message.run_id == "good"
    assert await streams.length(dead_stream(ASR)) == 1
    assert await streams.length(ASR) == 1
    ((_, buried),) = await streams.redis.xrange(dead_stream(ASR))
    assert buried[b"reason"] == b"unreadable"


async def test_an_unreadable_entry_that_a_dead_worker_held_is_buried_too(streams: Streams) -> None:
    await streams.ensure_group(ASR)
    await streams.redis.xadd(ASR, {"nonsense": "x"})
    await streams.redis.xreadgroup(GROUP, "dead", {ASR: ">"})
    await asyncio.sleep(0.2)
    assert await consumer(streams).take(10) is None
    assert await streams.length(ASR) == 0
    assert await streams.length(dead_stream(ASR)) == 1


async def test_after_a_flush_the_group_is_made_again_and_held_entries_are_lost(streams: Streams) -> None:
    await publish(streams, "r1")
    one = consumer(streams)
    mine = await taken(one)
    await streams.redis.flushall()
    assert await one.claims.renew(ASR, [mine.entry_id]) == {mine.entry_id}
    assert await one.finish(mine, [(SCORE, Message(run_id="r2"))]) is None
    await publish(streams, "r3")
    assert (await taken(one)).message.run_id == "r3"


async def test_a_flush_under_a_blocked_read_is_survived(streams: Streams) -> None:
    one = consumer(streams)
    await one.take(10)
    waiting = asyncio.create_task(one.take(1500))
    await asyncio.sleep(0.1)
    await streams.redis.flushall()
    await publish(streams, "r1")
    found = await waiting or await taken(one)
    assert found.message.run_id == "r1"


async def test_an_entry_deleted_while_it_is_pending_is_nobodys(streams: Streams) -> None:
    (entry_id,) = await publish(streams, "r1")
    one, two = consumer(streams, "w1"), consumer(streams, "w2")
    await taken(one)
    await streams.redis.xdel(ASR, entry_id)
    assert await one.claims.renew(ASR, [entry_id]) == {entry_id}
    await asyncio.sleep(0.2)
    assert await two.take(10) is None
    assert await streams.redis.xpending_range(ASR, GROUP, "-", "+", 10) == []


async def test_drop_takes_an_entry_out_wherever_it_is(streams: Streams) -> None:
    waiting, flying = await publish(streams, "r1", "r2")
    await streams.drop(ASR, waiting)
    await taken(consumer(streams))
    await streams.drop(ASR, flying)
    assert await streams.length(ASR) == 0
    assert await streams.redis.xpending_range(ASR, GROUP, "-", "+", 10) == []


async def test_publish_under_a_cap(streams: Streams) -> None:
    assert await streams.publish_under(ASR, Message(run_id="r1"), 1)
    assert await streams.publish_under(ASR, Message(run_id="r2"), 1) is None
    assert await streams.length(ASR) == 1


async def test_the_oldest_age(streams: Streams) -> None:
    assert await streams.oldest_age_ms(ASR) is None
    await publish(streams, "r1")
    await asyncio.sleep(0.05)
    age_ms = await streams.oldest_age_ms(ASR)
    assert age_ms is not None
    assert 40 <= age_ms < 5000


async def test_a_wrong_type_under_the_streams_name_is_an_error_and_not_silence(streams: Streams) -> None:
    await streams.redis.set(ASR, "not a stream")
    with pytest.raises(Exception, match="WRONGTYPE"):
        await consumer(streams).take(10)


async def test_no_redis_is_one_error_everywhere() -> None:
    async with Streams.connect("redis://127.0.0.1:1/0", timeout_s=0.2) as nowhere:
        one = consumer(nowhere)
        for call in (
            nowhere.ping(),
            nowhere.publish(ASR, Message(run_id="r1")),
            nowhere.present(ASR, ["1-1"]),
            one.take(10),
            one.finish(Delivery(ASR, "1-1", Message(run_id="r1"))),
            one.hand_back(Delivery(ASR, "1-1", Message(run_id="r1"))),
        ):
            with pytest.raises(QueueUnavailable):
                await call


async def test_finishes_that_go_together_have_their_own_replies_also_after_a_script_flush(streams: Streams) -> None:
    await publish(streams, *"abcdefgh")
    one = consumer(streams)
    taken_now = await one.take_many(8, 10)
    await streams.drop(ASR, taken_now[3].entry_id)
    await streams.redis.script_flush()
    replies = await asyncio.gather(*(one.finish(each) for each in taken_now))
    assert replies == [None if at == 3 else [] for at in range(8)]
    assert await streams.length(ASR) == 0


async def test_a_cancellation_is_never_swallowed(streams: Streams) -> None:
    """Cancelled at random moments of a command; without `answering`'s look every second one goes on for ever on Python 3.11."""
    one = consumer(streams)

    async def renew_for_ever() -> None:
        while True:
            await one.claims.renew(ASR, ["1-1", "2-1"])

    rng = random.Random(7)
    for _ in range(100):
        task = asyncio.create_task(renew_for_ever())
        await asyncio.sleep(rng.random() / 500)
        task.cancel()
        done, _ = await asyncio.wait({task}, timeout=5)
        assert done


async def test_memory_does_not_grow_with_finished_work(streams: Streams) -> None:
    """Acked entries are deleted, and nothing is kept beside them."""
    one = consumer(streams)

    async def rounds(count: int) -> int:
        for _ in range(count):
            await publish(streams, *"abcdefghij")
            for delivery in await one.take_many(10, 10):
                await one.finish(delivery)
        return int((await streams.redis.memory_usage(ASR)) or 0)

    await rounds(5)
    before = await rounds(5)
    after = await rounds(50)
    assert await streams.length(ASR) == 0
    assert after <= before + 512


def test_reserved_names_are_no_workers_name() -> None:
    assert reserved(Why.CRASHED, "SIGKILL") == "~crashed:SIGKILL"
