"""Intervals of shares and of differences against published examples."""

import pytest
from auricle_contracts.coaching import EffectSide
from auricle_records.coaching.effect import NOTHING, difference, mean_side, share_side


def test_wilsons_interval_of_a_share() -> None:
    """Newcombe 1998 (Two-sided confidence intervals for the single proportion), 81 of 263 and 0 of 20."""
    side = share_side(263, 81)
    assert [side.low, side.high] == pytest.approx([25.53, 36.62], abs=0.01)
    side = share_side(20, 0)
    assert [side.value, side.low, side.high] == pytest.approx([0, 0, 16.11], abs=0.01)


def test_newcombes_interval_of_a_difference() -> None:
    """Newcombe 1998 (Interval estimation for the difference between independent proportions), method 10: 56 of 70 minus 48 of 80."""
    change, low, high = difference(share_side(80, 48), share_side(70, 56))
    assert [change, low, high] == pytest.approx([20, 5.24, 33.39], abs=0.01)


def test_a_difference_of_means_joins_their_halves() -> None:
    change, low, high = difference(mean_side(9, 50, 3), mean_side(9, 60, 4))
    assert (change, low, high) == (10, 5, 15)


@pytest.mark.parametrize("after", [NOTHING, EffectSide(n=1, value=70, low=None, high=None)])
def test_without_an_interval_there_is_none(after: EffectSide) -> None:
    change, low, high = difference(mean_side(9, 50, 3), after)
    assert (low, high) == (None, None)
    assert change == (None if after.value is None else 20)
