"""How soon a child is started again, and when no more."""

from dataclasses import dataclass
from typing import cast

from auricle_streams.child import Child
from auricle_streams.supervisor import MAX_STILLBORN, Restarts


@dataclass
class Death:
    """The two facts of a child that matter here."""

    exit_code: int
    lived_s: float


def hopeless(restarts: Restarts, exit_code: int, lived_s: float) -> bool:
    return restarts.hopeless(cast("Child", Death(exit_code, lived_s)))


def test_the_wait_doubles_up_to_a_limit_and_starts_anew_after_a_steady_life() -> None:
    restarts = Restarts()
    waits = []
    for _ in range(9):
        assert not hopeless(restarts, -9, 1.0)
        waits.append(restarts.wait_s())
    assert waits[:4] == [0.1, 0.2, 0.4, 0.8]
    assert waits[-1] == 10.0
    hopeless(restarts, -9, 60.0)
    assert restarts.wait_s() == 0.1


def test_children_that_end_by_themselves_at_once_are_given_up() -> None:
    restarts = Restarts()
    assert [hopeless(restarts, 1, 0.5) for _ in range(MAX_STILLBORN)] == [False] * (MAX_STILLBORN - 1) + [True]


def test_a_kill_or_a_long_life_in_between_is_hope() -> None:
    restarts = Restarts()
    for _ in range(10):
        assert not hopeless(restarts, 1, 0.5)
        assert not hopeless(restarts, 1, 0.5)
        assert not hopeless(restarts, -9, 0.5)
        assert not hopeless(restarts, 1, 20.0)
