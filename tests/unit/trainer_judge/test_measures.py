"""The figures of the evidence file: right on cases that can be counted by hand."""

import pytest
from auricle_trainer.judge.measures import interval, macro_f1, mae, rank_correlation, share

STAGES = ["start", "needs", "presentation", "objections", "closing"]


def test_macro_f1_of_the_truth_is_one_and_of_a_constant_is_not() -> None:
    assert macro_f1([(stage, stage) for stage in STAGES]) == 1.0
    assert macro_f1([(stage, "needs") for stage in STAGES]) == pytest.approx((2 * 1 / (1 + 5)) / 5)


def test_a_class_that_only_the_prediction_has_is_no_class_of_its_own() -> None:
    assert macro_f1([("start", "none"), ("start", "start"), ("needs", "needs")]) == pytest.approx((2 / 3 + 1) / 2)


def test_errors_and_shares() -> None:
    assert mae([(50, 40), (0, 20)]) == 15
    assert share([(True, True), (True, False)]) == 0.5
    assert rank_correlation([(1, 10), (2, 20), (3, 30)]) == 1.0
    assert rank_correlation([(1, 10), (2, 10)]) is None


def test_the_interval_holds_the_value_and_nothing_is_said_about_nothing() -> None:
    figure = interval([(50, 50 + n % 7) for n in range(200)], mae)
    assert figure["low"] < figure["value"] < figure["high"]
    assert figure["n"] == 200
    assert interval([], mae)["value"] is None
