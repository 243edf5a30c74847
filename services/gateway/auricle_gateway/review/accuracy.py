"""How often reviewers are right, by blind items of the queue: all of them for quality managers, the own figures for a reviewer."""

from collections.abc import Iterable, Sequence
from itertools import groupby

from auricle_contracts import CriterionKind, Scope
from auricle_contracts.audit import AuditAction
from auricle_contracts.golden import GoldenKind, GoldenLabel, GoldenState
from auricle_kit.shares import wilson
from auricle_quality import PredictedOutcome, PredictedState, grade
from auricle_records.review import blind
from auricle_records.review.blind import BlindAnswer
from fastapi import APIRouter

from auricle_gateway.access.callers import Reviewer
from auricle_gateway.audit.trail import note
from auricle_gateway.parts import PartsOf
from auricle_gateway.rest import problem_docs
from auricle_gateway.review.replies import Accuracy, ReviewerAccuracies, ReviewerAccuracy, SubjectAccuracy

router = APIRouter(tags=["review"])
FEW = 10
"""Below so many answers a share is no verdict on anybody."""
RIGHT = 2


@router.get("/review-accuracy", summary="How often reviewers are right", responses=problem_docs.of())
async def get_accuracy(parts: PartsOf, caller: Reviewer) -> ReviewerAccuracies:
    """Against golden labels, on items that the reviewer could not tell from others. Of everybody with the scope `audit`, which is written
    down; else of oneself.
    """
    sees_all = Scope.AUDIT in caller.scopes
    answers = await blind.measured(parts.db, caller.workspace, person=None if sees_all else caller.id)
    if sees_all:
        await note(parts.db, caller, AuditAction.REVIEWERS_MEASURED)
    by_person = groupby(answers, key=lambda one: (one.person_id, one.name))
    measured = tuple(_reviewer(person_id, name, list(given)) for (person_id, name), given in by_person)
    return ReviewerAccuracies(few=FEW, items=measured)


def _reviewer(person_id: str, name: str, given: Sequence[BlindAnswer]) -> ReviewerAccuracy:
    by_subject = groupby(given, key=lambda one: (one.kind, one.subject))
    return ReviewerAccuracy(
        person_id=person_id,
        name=name,
        items=len({one.review_item_id for one in given}),
        overall=accuracy(map(is_right, given)),
        subjects=tuple(
            SubjectAccuracy(kind=GoldenKind(kind), subject=subject, accuracy=accuracy(map(is_right, answers)))
            for (kind, subject), answers in by_subject
        ),
    )


def is_right(one: BlindAnswer) -> bool:
    """By the rule of the gate: of scores within 10 points, of everything else the same. What nobody could tell is not right."""
    label = GoldenLabel(
        kind=GoldenKind(one.kind), subject=one.subject, state=GoldenState(one.right_state), value=one.right_value
    )
    scale = CriterionKind(one.scale) if one.scale else None
    said = PredictedOutcome(
        kind=label.kind, subject=one.subject, state=PredictedState(one.state), value=one.value, scale=scale
    )
    return grade(label, said) == RIGHT


def accuracy(right: Iterable[bool]) -> Accuracy:
    """A share with Wilson's interval; None of nothing."""
    told = list(right)
    low, high = wilson(sum(told), len(told))
    return Accuracy(
        n=len(told),
        right=sum(told),
        share=sum(told) / len(told) if told else None,
        low=low,
        high=high,
        few=len(told) < FEW,
    )
