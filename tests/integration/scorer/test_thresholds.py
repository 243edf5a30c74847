"""Thresholds of a scorecard over HTTP: what a model is not sure enough of is left to a person, and nobody comments it."""

import pytest
from auricle_contracts import AnswerState, DetectionState
from auricle_contracts.golden import GoldenKind, GoldenState
from auricle_contracts.judges import ModelIdentity
from auricle_contracts.thresholds import Threshold, Thresholds, ThresholdState
from auricle_criteria import Bundle
from auricle_scorer.neighbours import Neighbours
from fixtures.scripted_model import Scripted
from integration.scorer.checklist_flow import Finds, by_prompt
from integration.scorer.test_flow import a_model, outcome, scored

HELD, UNREACHABLE = ThresholdState.HELD, ThresholdState.UNREACHABLE
BLAME = (GoldenKind.ERROR_CLASS, "blame", GoldenState.FOUND)


def with_thresholds(bundle: Bundle, *of: Threshold, model: str = "judge") -> Bundle:
    pins = tuple(one.pin for one in (*bundle.prompts, *bundle.flow_prompts))
    identity = ModelIdentity(name=model)
    own = Thresholds(model=identity, prompts=pins, calibrated=False, risk=0.1, delta=0.05, of=of)
    card = bundle.scorecard.model_copy(update={"thresholds": own})
    return bundle.model_copy(update={"scorecard": card})


def blame(bundle: Bundle, state: ThresholdState, at_least: float | None) -> Threshold:
    pin = next(one.pin for one in bundle.classes if one.id == "blame")
    kind, subject, said = BLAME
    return Threshold(kind=kind, subject=subject, said=said, version=pin, state=state, at_least=at_least, n=200)


def asked_of(finds: Finds) -> set[str]:
    return {kind for kind, _ in finds.asked}


def finding() -> tuple[Finds, Scripted]:
    finds = Finds({"blame": "T2"})
    return finds, a_model(finds)


@pytest.mark.parametrize(("state", "at_least"), [(HELD, 0.99), (UNREACHABLE, None)])
async def test_what_is_below_its_threshold_is_open_and_uncommented(
    neighbours: Neighbours, state: ThresholdState, at_least: float | None
) -> None:
    bundle, (finds, model) = by_prompt("blame", "rudeness"), finding()
    result = await scored(neighbours, with_thresholds(bundle, blame(bundle, state, at_least)), model)
    found, absent = outcome(result.evaluation, "blame"), outcome(result.evaluation, "rudeness")
    assert (found.state, found.why) == (DetectionState.UNDETERMINED, "below_threshold")
    assert absent.state is DetectionState.NOT_FOUND, "nothing is said of it"
    assert not result.evaluation.findings
    assert "comment" not in asked_of(finds)
    assert "thresholds_stale" not in result.evaluation.flags


async def test_what_is_above_it_stands(neighbours: Neighbours) -> None:
    bundle, (finds, model) = by_prompt("blame", "rudeness"), finding()
    result = await scored(neighbours, with_thresholds(bundle, blame(bundle, HELD, 0.5)), model)
    assert [one.error_class for one in result.evaluation.findings] == ["blame"]
    assert "comment" in asked_of(finds)


async def test_thresholds_of_another_model_are_told_and_not_used(neighbours: Neighbours) -> None:
    bundle, (_, model) = by_prompt("blame", "rudeness"), finding()
    result = await scored(neighbours, with_thresholds(bundle, blame(bundle, HELD, 0.99), model="other"), model)
    assert [one.error_class for one in result.evaluation.findings] == ["blame"]
    assert "thresholds_stale" in result.evaluation.flags


async def test_a_criterions_answer_below_its_threshold_is_open(neighbours: Neighbours) -> None:
    bundle = by_prompt("blame")
    never = Threshold(
        kind=GoldenKind.CRITERION, subject="politeness", said=GoldenState.ANSWERED, state=UNREACHABLE, n=200
    )
    plain = await scored(neighbours, bundle, Scripted(context=16_000))
    (before,) = [one for one in plain.evaluation.answers if one.criterion == "politeness"]
    assert before.state is AnswerState.ANSWERED
    result = await scored(neighbours, with_thresholds(bundle, never), Scripted(context=16_000))
    (after,) = [one for one in result.evaluation.answers if one.criterion == "politeness"]
    assert (after.state, after.why, after.value) == (AnswerState.UNDETERMINED, "below_threshold", None)
