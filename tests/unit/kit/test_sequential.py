"""A share that is watched case by case: no false signal for long, a true one soon, and when it began."""

from random import Random
from statistics import fmean

from auricle_kit.sequential import BASELINE, RUN_LENGTH, watch


def cases(seed: int, *parts: tuple[float, int]) -> list[bool]:
    lot = Random(seed)
    return [lot.random() < share for share, count in parts for _ in range(count)]


def test_nothing_is_said_before_a_baseline() -> None:
    found = watch([True] * (BASELINE - 1))
    assert (found.usual, found.signalled) == (None, None)


def test_no_false_signal_for_long() -> None:
    ends = [watch(cases(seed, (0.1, 3000))) for seed in range(60)]
    mean = fmean(3000 if one.signalled is None else one.signalled for one in ends)
    assert mean > RUN_LENGTH, "3,000 at most are watched, so the true mean is higher still"


def test_a_risen_share_signals_and_says_when_it_began() -> None:
    found = [watch(cases(seed, (0.05, 200), (0.45, 200))) for seed in range(60)]
    told = [one for one in found if one.signalled is not None and one.began is not None]
    assert len(told) == 60
    assert fmean(one.signalled or 0 for one in told) < 260
    assert 170 < fmean(one.began or 0 for one in told) < 215


def test_all_or_nothing_in_the_baseline_is_no_end_of_it() -> None:
    assert watch([False] * 400).signalled is None
    assert watch([True] * 400).signalled is None, "it cannot rise"
    assert watch([False] * BASELINE + [True] * 12).signalled is not None
