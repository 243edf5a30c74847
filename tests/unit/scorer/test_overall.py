"""One score: by weight over what had an occasion and an answer; fatal fails; half in doubt is no score."""

from typing import Any

import pytest
from auricle_contracts import Answer, AnswerState, Channel, CriterionKind, DetectionState, Layer, Overall
from auricle_criteria import Results, Scorecard, overall
from auricle_scorer.checklist.findings import Said, findings, outcomes
from pydantic import ValidationError
from unit.scorer.checklist_cases import a_class, detection, talk

FOUND, NOT_FOUND, NEVER = DetectionState.FOUND, DetectionState.NOT_FOUND, DetectionState.NO_OPPORTUNITY
CLASSES = {name: a_class(name) for name in ("blame", "rudeness")}


def card(*items: dict[str, Any], pass_mark: float | None = 60) -> Scorecard:
    criteria = [
        {"id": "tact", "title": {"ru": "Такт", "en": "Tact"}, "layer": "rule", "kind": "score", "rule": "tact"},
        {"id": "hello", "title": {"ru": "Привет", "en": "Hello"}, "layer": "rule", "kind": "yes_no", "rule": "hello"},
        {"id": "count", "title": {"ru": "Цен", "en": "Prices"}, "layer": "rule", "kind": "count", "rule": "prices"},
    ]
    section = {"id": "all", "title": {"ru": "Всё", "en": "All"}, "items": list(items)}
    return Scorecard.model_validate(
        {"id": "card", "version": 1, "note": "n", "title": {"ru": "К", "en": "C"}, "criteria": criteria}
        | ({"sections": [section], "pass_mark": pass_mark} if items else {})
    )


def answer(name: str, value: Any, state: AnswerState = AnswerState.ANSWERED) -> Answer:
    kind = CriterionKind.YES_NO if name == "hello" else CriterionKind.SCORE
    return Answer(criterion=name, title=name, layer=Layer.RULE, kind=kind, state=state, value=value)


def scored(
    of: Scorecard, *said: Any, counted: frozenset[str] = frozenset(CLASSES), channel: Channel = Channel.CHAT
) -> Overall:
    detections = [one for one in said if not isinstance(one, Answer)]
    results = Results(
        answers={one.criterion: one for one in said if isinstance(one, Answer)},
        outcomes={one.error_class: one for one in outcomes(detections)},
        findings=findings(detections, CLASSES, talk(), Said()),
        counted=counted,
        channel=channel,
        line=None,
        turns=5,
    )
    found = overall(of, results)
    assert found is not None
    return found


def test_points_are_weighed_over_criteria_and_classes() -> None:
    of = card({"criterion": "tact", "weight": 3}, {"criterion": "hello"}, {"error_class": "blame", "weight": 2})
    found = scored(of, answer("tact", 80), answer("hello", True), detection("blame", FOUND, 2))
    assert found.points == pytest.approx((240 + 100) / 6, abs=0.05)
    assert (found.passed, found.judged) == (False, 1.0)
    better = scored(of, answer("tact", 80), answer("hello", True), detection("blame", NOT_FOUND))
    assert (better.points, better.passed) == (90.0, True)
    assert [(one.id, one.points) for one in better.sections] == [("all", 90.0)]


def test_without_an_occasion_it_counts_nothing_and_in_doubt_it_weighs() -> None:
    of = card(
        {"criterion": "tact", "weight": 1}, {"criterion": "hello", "weight": 2}, {"error_class": "blame", "weight": 5}
    )
    never = detection("blame", NEVER, why="no_words")
    found = scored(of, answer("tact", 50), answer("hello", None, AnswerState.NOT_APPLICABLE), never)
    assert (found.points, found.judged) == (50.0, 1.0)
    doubt = scored(of, answer("tact", 50), answer("hello", None, AnswerState.UNDETERMINED), never)
    assert (doubt.points, doubt.passed) == (None, None)
    assert doubt.judged == pytest.approx(1 / 3, abs=1e-4)
    nothing = scored(of, never)
    assert (nothing.points, nothing.passed, nothing.judged) == (None, None, 0.0)


def test_fatal_fails_whatever_else_was_scored() -> None:
    of = card({"criterion": "tact"}, {"criterion": "hello", "fatal": True, "weight": 0.1})
    found = scored(of, answer("tact", 100), answer("hello", True), detection("rudeness", FOUND, 2))
    assert (found.points, found.passed, found.failed_by) == (100.0, False, ("rudeness",))
    rude = scored(of, answer("tact", 100), answer("hello", False))
    assert (rude.passed, rude.failed_by) == (False, ("hello",))
    assert scored(card(), detection("rudeness", FOUND, 2)).passed is False


def test_conditions_bounds_and_bad_criteria() -> None:
    of = card(
        {"criterion": "hello", "bad": True},
        {"criterion": "tact", "only_if": "hello"},
        {"error_class": "blame", "within": {"channels": ["call"]}},
    )
    assert scored(of, answer("hello", True), answer("tact", 100), detection("blame", FOUND, 2)).points == 50.0
    assert scored(of, answer("hello", False), answer("tact", 0)).points == 100.0
    assert scored(of, answer("hello", False), detection("blame", FOUND, 2), channel=Channel.CALL).points == 50.0


def test_an_experimental_class_counts_towards_nothing() -> None:
    of = card({"criterion": "tact"}, {"error_class": "blame", "weight": 9})
    assert scored(of, answer("tact", 70), detection("blame", FOUND, 2), counted=frozenset()).points == 70.0


def test_no_pass_mark_passes_nothing() -> None:
    assert scored(card({"criterion": "tact"}, pass_mark=None), answer("tact", 70)).passed is None


@pytest.mark.parametrize(
    "item",
    [
        {"criterion": "count"}, {"criterion": "absent"}, {"criterion": "tact", "only_if": "tact"}, {},
        {"criterion": "tact", "error_class": "blame"}, {"error_class": "blame", "bad": True}, {"criterion": "tact", "weight": 0},
    ],
)  # fmt: skip
def test_what_cannot_be_counted_is_refused(item: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        card(item)
