"""The score by what counts: verdicts on answers and findings, errors that people added, and what each class came to then."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from auricle_contracts import (
    Answer,
    AnswerState,
    Channel,
    ClassOutcome,
    CriterionKind,
    DetectionState,
    Evaluation,
    Finding,
    FindingVerdict,
    Layer,
    Quote,
    Severity,
    Span,
)
from auricle_criteria import Bundle, Library
from auricle_gateway.results.effective import Circumstances, effective_overall, is_judged, outcomes
from auricle_records.labels import Verdict

ABOUT = Circumstances(Channel.CALL, None, 12)
QUOTE = Quote(turn=1, span=Span(start=0, end=4), text="Алло")
REJECTED = {"verdict": FindingVerdict.REJECT}


def finding(error_class: str = "rudeness", **changes: Any) -> Finding:
    made = Finding(
        error_class=error_class, severity=Severity.CRITICAL, fatal=True, quotes=(QUOTE,), comment="x", source=Layer.MODEL
    )  # fmt: skip
    return made.model_copy(update=changes)


def evaluation(*findings: Finding, outcomes: tuple[ClassOutcome, ...] = ()) -> Evaluation:
    politeness = Answer(
        criterion="politeness", title="p", layer=Layer.MODEL, kind=CriterionKind.SCORE, state=AnswerState.ANSWERED, value=80
    )  # fmt: skip
    return Evaluation(
        id="e", conversation_id="c", revision=1, recipe="r", current=True, answers=(politeness,), findings=findings,
        outcomes=outcomes, created_at=datetime(2026, 11, 30, tzinfo=UTC),
    )  # fmt: skip


@pytest.fixture(scope="module")
def bundle() -> Bundle:
    """The shipped scorecard with one section that asks for politeness and nothing else."""
    made = Bundle.of(Library.read(Path("prompts")), "sales")
    (first, *_) = made.scorecard.sections
    only = first.model_copy(update={"items": tuple(one for one in first.items if one.criterion == "politeness")})
    return made.model_copy(update={"scorecard": made.scorecard.model_copy(update={"sections": (only,)})})


def test_a_fatal_finding_fails_until_it_is_rejected(bundle: Bundle) -> None:
    failed = effective_overall(evaluation(finding()), {}, bundle, ABOUT)
    assert failed is not None
    assert (failed.passed, failed.failed_by, failed.points) == (False, ("rudeness",), 80.0)
    passed = effective_overall(evaluation(finding(**REJECTED)), {}, bundle, ABOUT)
    assert passed is not None
    assert (passed.passed, passed.failed_by) == (True, ())


def test_a_verdict_on_an_answer_moves_the_score(bundle: Bundle) -> None:
    verdict = Verdict(AnswerState.ANSWERED, 30, "ann", datetime(2026, 11, 30, tzinfo=UTC))
    found = effective_overall(evaluation(), {"politeness": verdict}, bundle, ABOUT)
    assert found is not None
    assert (found.points, found.passed) == (30.0, False)


def test_what_was_added_counts_and_what_an_experiment_found_does_not(bundle: Bundle) -> None:
    experiment = effective_overall(evaluation(finding(experimental=True)), {}, bundle, ABOUT)
    added = effective_overall(evaluation(finding(source="person")), {}, bundle, ABOUT)
    assert experiment is not None
    assert added is not None
    assert (experiment.failed_by, added.failed_by) == ((), ("rudeness",))


def outcome(error_class: str, state: DetectionState) -> ClassOutcome:
    return ClassOutcome(error_class=error_class, version=f"{error_class}@1", state=state, step="rules")


def test_what_each_class_came_to() -> None:
    """Rejected whole it was not found; one of two agents' rejected it was; added it was found, whatever was looked for."""
    found = outcomes(
        [outcome("rudeness", DetectionState.FOUND), outcome("blame", DetectionState.FOUND), outcome("jargon", DetectionState.UNDETERMINED)],
        [finding(**REJECTED), finding("blame", **REJECTED), finding("blame", participant="b"), finding("sarcasm", source="person")],
    )  # fmt: skip
    assert {name: one.state.value for name, one in found.items()} == {
        "rudeness": "not_found", "blame": "found", "jargon": "undetermined", "sarcasm": "found",
    }  # fmt: skip


def test_who_judged_nothing_changed_nothing() -> None:
    assert not is_judged(evaluation(finding()), {})
    assert is_judged(evaluation(finding(**REJECTED)), {})
    assert is_judged(evaluation(finding(source="person")), {})
