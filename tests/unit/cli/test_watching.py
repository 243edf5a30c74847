"""The picture of a demo is drawn as long as conversations end, however slow the machine is."""

from types import SimpleNamespace
from typing import Any, cast

import pytest
from auricle_cli import watching
from auricle_cli.gateway import Gateway
from auricle_cli.watching import Watch, follow
from rich.console import Console

NAMES = {f"c{number}": f"call {number}" for number in range(5)}


class Clock:
    """Time passes only in sleep, a hundred seconds each."""

    def __init__(self) -> None:
        self.now = 0.0

    def monotonic(self) -> float:
        return self.now

    def sleep(self, _seconds: float) -> None:
        self.now += 100


class Ending:
    """Each picture of the first `ends` conversations is one of another that has ended."""

    def __init__(self, ends: int) -> None:
        self.left = [*NAMES][:ends]
        self.asked = ""

    def conversation(self, conversation_id: str) -> Any:
        ended = self.left[:1] == [conversation_id] and self.asked != "ended"
        if ended:
            self.left.pop(0)
        self.asked = "" if conversation_id == [*NAMES][-1] else "ended" if ended else self.asked
        return SimpleNamespace(progress="done" if ended else "transcribing", runs=())


@pytest.fixture(autouse=True)
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    made = Clock()
    monkeypatch.setattr(watching, "time", made)
    return made


@pytest.mark.parametrize(("ends", "over"), [(5, True), (3, False)])
def test_it_gives_up_when_nothing_has_ended_for_long_and_not_before(ends: int, over: bool, clock: Clock) -> None:
    watch = Watch(cast(Gateway, Ending(ends)), NAMES, started=0.0)
    assert follow(watch, Console(quiet=True), idle_seconds=150) is over
    assert len(watch.ended_after) == ends
    assert clock.now > 150, "longer than it waits without an end"
