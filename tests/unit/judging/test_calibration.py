"""A curve turns token probabilities into shares of right answers, for the model and the prompts that it was made for and no other."""

import json
from pathlib import Path

import pytest
from auricle_contracts import AnswerState
from auricle_judging import ModelAnswer, PromptReply
from auricle_judging.calibration import Calibration, Curve
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

CURVE = Curve(knots=((0.2, 0.1), (0.6, 0.5), (0.9, 0.7)), n=100)
MADE = Calibration(model="judge", demo_weights=False, prompts=("evaluate@1", "intent@1"), curves={"stage": CURVE})


@pytest.mark.parametrize(("before", "after"), [(0.0, 0.1), (0.2, 0.1), (0.4, 0.3), (0.6, 0.5), (0.75, 0.6), (1.0, 0.7)])
def test_between_knots_it_is_straight_and_beyond_them_flat(before: float, after: float) -> None:
    assert CURVE.at(before) == pytest.approx(after)


@given(st.lists(st.floats(0, 1), min_size=2, max_size=2))
def test_the_surer_is_never_less_sure_afterwards(two: list[float]) -> None:
    low, high = sorted(two)
    assert CURVE.at(low) <= CURVE.at(high)


def test_only_criteria_with_a_curve_change() -> None:
    answers = {
        "stage": ModelAnswer(AnswerState.ANSWERED, "closing", 0.6),
        "politeness": ModelAnswer(AnswerState.ANSWERED, 80, 0.6),
        "intent": ModelAnswer(AnswerState.UNDETERMINED),
    }
    after = MADE.of_reply(PromptReply(answers, None, 0.1, 10, 10)).answers
    assert (after["stage"].confidence, after["politeness"].confidence, after["intent"].confidence) == (0.5, 0.6, None)


@pytest.mark.parametrize(
    ("model", "demo", "prompt", "holds"),
    [
        ("judge", False, "evaluate@1", True),
        ("judge", False, "evaluate@2", False),
        ("judge", True, "evaluate@1", False),
        ("qwen", False, "evaluate@1", False),
    ],
)
def test_it_is_not_borrowed(model: str, demo: bool, prompt: str, holds: bool) -> None:
    assert MADE.holds_for(model, demo, (prompt,)) is holds


@pytest.mark.parametrize(
    "curve", [{"knots": [], "n": 1}, {"knots": [[0.5, 0.6], [0.4, 0.7]], "n": 1}, {"knots": [[0.1, 0.6], [0.4, 0.2]], "n": 1},
              {"knots": [[0.1, 1.6]], "n": 1}],
)  # fmt: skip
def test_a_curve_that_falls_or_leaves_the_scale_is_refused(curve: dict[str, object], tmp_path: Path) -> None:
    path = tmp_path / "calibration.json"
    path.write_text(json.dumps(MADE.model_dump(mode="json") | {"curves": {"stage": curve}}))
    with pytest.raises(ValidationError):
        Calibration.read(path)
