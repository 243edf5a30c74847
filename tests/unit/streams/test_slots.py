"""Places, and the item that goes alone."""

import asyncio
from contextlib import AbstractAsyncContextManager

from auricle_streams.slots import Slots


class Visits:
    """Who is inside, and who ever was there together."""

    def __init__(self) -> None:
        self.inside: set[str] = set()
        self.together: list[frozenset[str]] = []

    async def visit(self, name: str, door: AbstractAsyncContextManager[None], seconds: float = 0.02) -> None:
        async with door:
            self.inside.add(name)
            self.together.append(frozenset(self.inside))
            await asyncio.sleep(seconds)
            self.inside.discard(name)


async def test_no_more_work_than_places() -> None:
    slots, visits = Slots(2), Visits()
    await asyncio.gather(*(visits.visit(str(number), slots.working()) for number in range(7)))
    assert max(map(len, visits.together)) == 2


async def test_preparing_goes_beside_work() -> None:
    slots, visits = Slots(1), Visits()
    await asyncio.gather(visits.visit("work", slots.working()), visits.visit("prepare", slots.preparing()))
    assert frozenset({"work", "prepare"}) in visits.together


async def test_a_loner_is_beside_nothing_and_everybody_gets_through() -> None:
    slots, visits = Slots(3), Visits()
    visitors = [slots.working(), slots.alone(), slots.preparing(), slots.working(), slots.alone(), slots.working()]
    names = [f"{'alone' if at in (1, 4) else 'other'} {at}" for at in range(6)]
    async with asyncio.timeout(5):
        await asyncio.gather(*(visits.visit(*pair) for pair in zip(names, visitors, strict=True)))
    assert len(visits.together) == 6
    assert all(len(inside) == 1 for inside in visits.together if any("alone" in name for name in inside))


async def test_nobody_starts_while_a_loner_waits() -> None:
    slots, visits = Slots(2), Visits()
    first = asyncio.create_task(visits.visit("first", slots.working(), 0.05))
    await asyncio.sleep(0.01)
    loner = asyncio.create_task(visits.visit("loner", slots.alone()))
    await asyncio.sleep(0.01)
    late = asyncio.create_task(visits.visit("late", slots.working()))
    await asyncio.gather(first, loner, late)
    assert visits.together == [frozenset({"first"}), frozenset({"loner"}), frozenset({"late"})]


async def test_a_cancelled_wait_leaves_the_gate_open() -> None:
    slots, visits = Slots(1), Visits()
    first = asyncio.create_task(visits.visit("first", slots.working(), 0.05))
    await asyncio.sleep(0.01)
    loner = asyncio.create_task(visits.visit("loner", slots.alone()))
    await asyncio.sleep(0.01)
    loner.cancel()
    await asyncio.gather(first, loner, return_exceptions=True)
    async with asyncio.timeout(1):
        await visits.visit("next", slots.working())
    assert slots.idle
