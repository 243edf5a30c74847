"""Krippendorff's alpha against the examples of his paper, and its interval."""

import pytest
from auricle_gateway.calibration.agreement import Spread, agreement, alpha, spread_of_names, spread_of_numbers

# Computing Krippendorff's Alpha-Reliability (2011): example A, two observers and ten units; example C, four observers and twelve.
TWO = (tuple("0100000010"), tuple("1110010000"))
FOUR = (
    (1, 2, 3, 3, 2, 1, 4, 1, 2, None, None, None),
    (1, 2, 3, 3, 2, 2, 4, 1, 2, 5, None, 3),
    (None, 3, 3, 3, 2, 3, 4, 2, 2, 5, 1, None),
    (1, 2, 3, 3, 2, 4, 4, 1, 2, 5, 1, None),
)


def units(observers: tuple[tuple[object, ...], ...]) -> list[list[object]]:
    return [[value for value in unit if value is not None] for unit in zip(*observers, strict=True)]


@pytest.mark.parametrize(
    ("observers", "spread", "expected"),
    [(TWO, spread_of_names, 0.095), (FOUR, spread_of_names, 0.743), (FOUR, spread_of_numbers, 0.849)],
)
def test_the_papers_examples(observers: tuple[tuple[object, ...], ...], spread: Spread, expected: float) -> None:
    assert alpha(units(observers), spread) == pytest.approx(expected, abs=0.0005)


def test_full_agreement_is_one_and_no_difference_has_no_alpha() -> None:
    assert alpha([[1, 1], [2, 2], [3, 3]], spread_of_numbers) == 1
    assert alpha([[1, 1], [1, 1]], spread_of_numbers) is None
    assert alpha([], spread_of_names) is None
    assert alpha([[1], [2]], spread_of_names) is None, "a unit that one judged compares nothing"


def test_the_interval_holds_alpha_and_is_the_same_each_time() -> None:
    found = agreement(units(FOUR), spread_of_numbers)
    assert found.n == 11, "one unit has a single value"
    assert found.low is not None
    assert found.high is not None
    assert found.alpha is not None
    assert -1 <= found.low < found.alpha < found.high <= 1
    assert agreement(units(FOUR), spread_of_numbers) == found


def test_too_few_units_have_no_interval() -> None:
    found = agreement([[1, 2], [3, 3]], spread_of_numbers)
    assert (found.alpha is not None, found.low, found.n) == (True, None, 2)
