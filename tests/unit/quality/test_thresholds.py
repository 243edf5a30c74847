"""Thresholds over made-up grades: the risk is kept on what was not looked at, too few are told, and the bound is the exact one."""

from random import Random

import pytest
from auricle_contracts.golden import GoldenKind, GoldenState
from auricle_contracts.judges import ModelIdentity
from auricle_contracts.thresholds import Threshold, Thresholds, ThresholdState
from auricle_quality.thresholds import Answered, Said, at_most, fewest, fit, upper_bound

SAID: Said = (GoldenKind.ERROR_CLASS, "blame", GoldenState.FOUND)


def fitted(answers: list[Answered], risk: float = 0.1) -> Threshold:
    (one,) = fit({SAID: answers}, {"blame": "blame@1"}, risk=risk)
    return one


def drawn(lot: Random, n: int) -> list[Answered]:
    """A model that is sure by halves at least, and wrong a little more often than it admits."""
    sure = [0.5 + lot.random() / 2 for _ in range(n)]
    return [Answered(one, lot.random() < 1.1 * (1 - one)) for one in sure]


@pytest.mark.parametrize(
    ("hits", "of", "level", "expected"), [(0, 10, 0.05, 0.2589), (1, 20, 0.05, 0.2161), (5, 100, 0.025, 0.1128)]
)
def test_the_bound_is_clopper_and_pearsons(hits: int, of: int, level: float, expected: float) -> None:
    assert upper_bound(hits, of, level) == pytest.approx(expected, abs=1e-4)
    assert at_most(hits, of, upper_bound(hits, of, level)) == pytest.approx(level, abs=1e-6)


def test_the_fewest_that_can_be_calibrated_are_told() -> None:
    assert fewest() == 51
    assert fitted([Answered(1.0, False)] * 51).state is ThresholdState.HELD
    few = fitted([Answered(1.0, False)] * 50)
    assert (few.state, few.at_least, few.n) == (ThresholdState.TOO_FEW, None, 50)


def test_a_model_that_is_right_keeps_all_and_one_that_is_wrong_keeps_none() -> None:
    right = fitted([Answered(0.3, False)] * 200)
    assert (right.at_least, right.kept, right.coverage and right.coverage.share) == (0.0, 200, 1.0)
    assert fitted([Answered(0.99, True)] * 200).state is ThresholdState.UNREACHABLE


def test_the_lowest_confidence_that_keeps_the_risk_is_taken() -> None:
    answers = [Answered(0.55, True)] * 100 + [Answered(0.75, False)] * 100 + [Answered(0.97, False)] * 100
    found = fitted(answers)
    assert (found.at_least, found.kept, found.wrong, found.version) == (0.6, 200, 0, "blame@1")
    assert found.coverage is not None
    assert found.coverage.low < 0.667 < found.coverage.high


def test_the_promise_holds_on_what_was_not_looked_at() -> None:
    """Of 200 fits on 1,000 answers each, at most about delta may break the risk; the seed makes it the same at every run."""
    lot, broken, held = Random(7), 0, 0
    for _ in range(200):
        found = fitted(drawn(lot, 1000))
        if found.at_least is not None:
            held += 1
            broken += 1.1 * (1 - max(found.at_least, 0.5)) / 2 > 0.1  # what is wrong beyond it, by how they are drawn
    assert held > 100
    assert broken <= 0.05 * 200


def thresholds(*of: Threshold) -> Thresholds:
    model = ModelIdentity(name="judge", weights="a1")
    return Thresholds(model=model, prompts=("detect@1", "verify@1"), calibrated=False, risk=0.1, delta=0.05, of=of)


def test_they_hold_for_their_model_prompts_and_class_alone() -> None:
    mine = thresholds(fitted([Answered(0.55, True)] * 100 + [Answered(0.97, False)] * 100))
    assert mine.hold_for(ModelIdentity(name="other", weights="a1"), ["detect@1"], calibrated=False)
    assert not mine.hold_for(ModelIdentity(name="judge", weights="b2"), ["detect@1"], calibrated=False)
    assert not mine.hold_for(mine.model, ["detect@2"], calibrated=False)
    assert not mine.hold_for(mine.model, ["detect@1"], calibrated=True)
    assert not mine.believe(*SAID, 0.55, "blame@1")
    assert not mine.believe(*SAID, None, "blame@1")
    assert mine.believe(*SAID, 0.97, "blame@1")
    assert mine.believe(*SAID, 0.55, "blame@2"), "the class is another by now"
    assert mine.believe(GoldenKind.ERROR_CLASS, "blame", GoldenState.NOT_FOUND, 0.1, "blame@1")
    assert thresholds(fitted([Answered(0.5, True)] * 3)).believe(*SAID, 0.1, "blame@1"), "too few to calibrate"
