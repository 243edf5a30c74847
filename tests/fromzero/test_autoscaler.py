"""The model of KEDA and the HPA against the worked examples of their documents."""

import pytest
from fromzero.autoscaler import Autoscaler, Behaviour, Policy, ScaledObject, Trigger, desired

QUICK_UP = Behaviour(0.0, (Policy("Pods", 100, 15.0),))
QUICK_DOWN = Behaviour(0.0, (Policy("Pods", 100, 15.0),))


def scaler(replicas: int = 0, *, targets: tuple[float, ...] = (10.0,), **changes: object) -> Autoscaler:
    facts = {"poll_s": 5.0, "cooldown_s": 60.0, "up": QUICK_UP, "down": QUICK_DOWN} | changes
    return Autoscaler(ScaledObject(tuple(Trigger(target) for target in targets), **facts), replicas)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("metric", "current", "pods"),
    [
        (
            200.0,
            1,
            2,
        ),  # "if the current metric value is 200m, and the desired value is 100m, the number of replicas will be doubled"
        (50.0, 2, 1),  # "if the current value is instead 50m, you'll halve the number of replicas"
        (109.0, 1, 1),  # within the tolerance of 0.1
        (111.0, 1, 2),
        (289.0, 3, 3),
        (101.0, 0, 2),  # from nothing there is no ratio to tolerate
    ],
)
def test_the_documents_formula(metric: float, current: int, pods: int) -> None:
    assert desired(metric, 100.0, current) == pods


def test_nothing_wakes_below_or_at_the_activation() -> None:
    sleeping = Autoscaler(ScaledObject((Trigger(10.0, activation=5.0),), poll_s=5.0))
    assert sleeping.tick(0.0, [5.0]) == 0
    assert sleeping.tick(5.0, [6.0]) == 1


def test_from_zero_to_one_at_the_poll_and_on_at_the_next_sync() -> None:
    woken = scaler(most=8)
    assert woken.tick(0.0, [0.0]) == 0
    assert woken.tick(4.9, [500.0]) == 0  # not polled yet
    assert woken.tick(5.0, [500.0]) == 1
    assert woken.tick(15.0, [500.0]) == 8


def test_of_two_triggers_the_larger_counts_and_not_the_sum() -> None:
    assert scaler(1, targets=(10.0, 10.0)).tick(0.0, [30.0, 50.0]) == 5


def test_the_default_scale_up_is_the_larger_of_double_and_four_more_in_15_s() -> None:
    up = ScaledObject((Trigger(1.0),))
    busy = Autoscaler(up, 1)
    assert [busy.tick(at, [100.0]) for at in (0.0, 15.0, 30.0, 45.0)] == [5, 10, 20, 40]


def test_the_documents_example_of_scale_down_policies() -> None:
    """4 pods or 10 % a minute, whichever is more: 80 → 72 → 64 (10 % of 72 is 7.2, rounded up to 8) → … at 40 and below four at a time."""
    down = Behaviour(0.0, (Policy("Pods", 4, 60.0), Policy("Percent", 10, 60.0)))
    idle = scaler(80, down=down)
    seen = [idle.tick(60.0 * minute, [10.0]) for minute in range(5)]
    assert seen == [72, 64, 57, 51, 45]
    idle = scaler(40, down=down)
    assert [idle.tick(60.0 * minute, [10.0]) for minute in range(3)] == [36, 32, 28]


def test_a_policy_counts_what_happened_within_its_period() -> None:
    one_a_minute = scaler(5, down=Behaviour(0.0, (Policy("Pods", 1, 60.0),)))
    assert [one_a_minute.tick(at, [10.0]) for at in (0.0, 15.0, 45.0, 60.0, 90.0, 120.0)] == [4, 4, 4, 3, 3, 2]


def test_the_window_keeps_the_highest_wish() -> None:
    held = scaler(10, down=Behaviour(300.0, (Policy("Pods", 100, 15.0),)))
    assert held.tick(0.0, [100.0]) == 10
    assert held.tick(285.0, [10.0]) == 10
    assert held.tick(300.0, [10.0]) == 1


def test_a_disabled_scale_in_leaves_the_end_to_keda() -> None:
    kept = scaler(4, down=Behaviour(0.0, (Policy("Pods", 100, 15.0),), "Disabled"))
    assert kept.tick(0.0, [1.0]) == 4
    assert kept.tick(30.0, [0.0]) == 4
    assert kept.tick(60.0, [0.0]) == 0


def test_the_cooldown_counts_from_the_last_active_poll_and_the_hpa_never_goes_below_one() -> None:
    cooling = scaler(3)
    assert cooling.tick(0.0, [30.0]) == 3
    assert cooling.tick(15.0, [0.0]) == 1
    assert cooling.tick(55.0, [0.0]) == 1
    assert cooling.tick(60.0, [0.0]) == 0


def test_an_object_that_was_never_active_goes_to_zero_at_once() -> None:
    assert scaler(2).tick(0.0, [0.0]) == 0


def test_the_most_is_never_exceeded() -> None:
    assert scaler(1, most=4).tick(0.0, [10_000.0]) == 4
