"""Intervals of shares and of differences, against published figures."""

import pytest
from auricle_kit.shares import wilson
from auricle_records.analytics.breakdown import Mean, Share
from auricle_records.analytics.differences import of_means, of_shares


@pytest.mark.parametrize(
    ("found", "of", "low", "high"),
    [
        (81, 263, 0.2553, 0.3662),  # Newcombe 1998, Statistics in Medicine 17:857, table I
        (15, 148, 0.0624, 0.1605),
        (0, 20, 0.0, 0.1611),
        (1, 29, 0.0061, 0.1718),
        (29, 29, 0.8830, 1.0),
    ],
)
def test_wilson(found: int, of: int, low: float, high: float) -> None:
    assert wilson(found, of) == pytest.approx((low, high), abs=5e-5)


def test_a_share_of_nothing_is_unknown() -> None:
    assert Share(0, 0).share is None
    assert Share(0, 0).interval == (0.0, 1.0)
    assert of_shares(Share(0, 0), Share(1, 2)).value is None


@pytest.mark.parametrize(
    ("first", "second", "low", "high"),
    [
        ((48, 80), (56, 70), -0.3339, -0.0524),  # Newcombe 1998, Statistics in Medicine 17:873, table II, method 10
        ((3, 10), (9, 10), -0.8090, -0.1705),
        ((0, 10), (10, 10), -1.0, -0.6075),
    ],
)
def test_newcombe(first: tuple[int, int], second: tuple[int, int], low: float, high: float) -> None:
    """The table's difference is the first less the second."""
    found = of_shares(Share(*second), Share(*first))
    assert (found.low, found.high) == pytest.approx((low, high), abs=5e-4)
    assert found.is_told


def test_a_difference_of_means_is_wider_than_each() -> None:
    found = of_means(Mean(50, 20, 3), Mean(58, 20, 4))
    assert (found.value, found.low, found.high) == (8, 3, 13)
    assert found.is_told
    assert not of_means(Mean(50, 20, 3), Mean(54, 20, 4)).is_told
    assert of_means(Mean(50, 1, None), Mean(54, 20, 4)).low is None
    assert of_means(Mean(None, 0, None), Mean(54, 20, 4)).value is None
