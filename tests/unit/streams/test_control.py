"""The socket between parent and child, on a real socket pair."""

import asyncio
import os
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator

import pytest
from auricle_contracts import Message
from auricle_kit.child_process import is_working, state_of
from auricle_streams import Delivery, LeasePolicy
from auricle_streams.control import ChildLeases, Line, Word
from fixtures.patience import eventually


@pytest.fixture
def pair() -> Iterator[tuple[Line, Line]]:
    ours, theirs = socket.socketpair()
    with ours, theirs:
        yield Line(ours), Line(theirs)


async def test_words_arrive_in_order_when_the_loop_turned_once(pair: tuple[Line, Line]) -> None:
    parent, child = pair
    heard: list[Word] = []
    leases = ChildLeases(child, "w", LeasePolicy())
    leases.hold(Delivery("s", "1-1", Message(run_id="r")))
    leases.work("1-1")
    await asyncio.sleep(0)
    parent.read_rest(heard.append)
    assert heard == [Word("hold", "1-1", "s"), Word("work", "1-1")]
    leases.drop("1-1")
    await asyncio.sleep(0)
    parent.read_rest(heard.append)
    assert heard[-1].say == "drop"


async def test_the_child_hears_of_a_loss(pair: tuple[Line, Line]) -> None:
    parent, child = pair
    lost: list[str] = []
    ChildLeases(child, "w", LeasePolicy()).on_lost(lost.append)
    parent.say("lost", "1-1")
    await eventually(lambda: lost == ["1-1"])
    child.close()


async def test_a_parent_that_does_not_read_stops_nobody_and_gets_everything_later(pair: tuple[Line, Line]) -> None:
    parent, child = pair
    heard: list[Word] = []
    for number in range(20_000):
        child.say("work", f"{number}-1")
    await asyncio.sleep(0)
    parent.hear(heard.append, lambda: None, rest_s=0.01)
    await eventually(lambda: len(heard) == 20_000)
    assert [word.id for word in heard] == [f"{number}-1" for number in range(20_000)]
    parent.close()


async def test_a_dead_other_end_is_nobody_to_tell(pair: tuple[Line, Line]) -> None:
    parent, child = pair
    parent.close()
    for _ in range(3):
        child.say("work", "1-1")
        await asyncio.sleep(0)
    ended: list[bool] = []
    child.hear(lambda _: None, lambda: ended.append(True))
    await eventually(lambda: bool(ended))


def test_the_state_of_a_process() -> None:
    with subprocess.Popen([sys.executable, "-c", "import time; time.sleep(60)"]) as process:
        assert is_working(process.pid)
        os.kill(process.pid, signal.SIGSTOP)
        while state_of(process.pid) != "T":
            pass
        assert not is_working(process.pid)
        process.kill()
        process.send_signal(signal.SIGCONT)
    assert state_of(process.pid) == "X"
