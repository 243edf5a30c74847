"""One score for a conversation: points of criteria and error classes by the scorecard's weights. Pure.

Only what had an occasion and an answer counts; of an experimental class nothing does. Below half of the weight nobody can tell.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from auricle_contracts import (
    Answer,
    AnswerState,
    Channel,
    ClassOutcome,
    DetectionState,
    Finding,
    Overall,
    SectionScore,
)

from auricle_criteria.checklist import Item
from auricle_criteria.scorecards import Scorecard

ENOUGH = 0.5
TITLE_LANGUAGE = "ru"
MOST = 100.0


@dataclass(frozen=True)
class Results:
    """What was said of criteria and classes in one conversation. `counted`: classes that are live."""

    answers: Mapping[str, Answer]
    outcomes: Mapping[str, ClassOutcome]
    findings: Sequence[Finding]
    counted: frozenset[str]
    channel: Channel
    line: str | None
    turns: int


@dataclass(frozen=True)
class _Points:
    """Points of an item (None: open, which goes to a person), and its weight."""

    weight: float
    points: float | None


def first_answers(answers: Sequence[Answer]) -> dict[str, Answer]:
    """By criterion; of several answers to one the first, as labels judge it."""
    found: dict[str, Answer] = {}
    for answer in answers:
        found.setdefault(answer.criterion, answer)
    return found


def overall(scorecard: Scorecard, results: Results) -> Overall | None:
    """None for a scorecard that counts nothing and finds nothing fatal."""
    failed = _failed(scorecard, results)
    if not scorecard.sections and not failed:
        return None
    sections = [
        (section, [one for item in section.items if (one := _points(item, results))]) for section in scorecard.sections
    ]
    every = [one for _, items in sections for one in items]
    weight, judged = sum(one.weight for one in every), sum(one.weight for one in every if one.points is not None)
    share = judged / weight if weight else 0.0
    points = _mean(every) if share >= ENOUGH else None
    return Overall(
        points=points,
        passed=_passed(scorecard, points, failed),
        failed_by=failed,
        judged=round(share, 4),
        sections=tuple(
            SectionScore(id=section.id, title=section.title.in_language(TITLE_LANGUAGE), points=_mean(items))
            for section, items in sections
        ),
    )


def _passed(scorecard: Scorecard, points: float | None, failed: Sequence[str]) -> bool | None:
    if failed:
        return False
    if scorecard.pass_mark is None or points is None:
        return None
    return points >= scorecard.pass_mark


def _failed(scorecard: Scorecard, results: Results) -> tuple[str, ...]:
    """Classes that are fatal and were found, criteria that are fatal and have no points."""
    classes = [one.error_class for one in results.findings if one.fatal and not one.experimental]
    items = [item for section in scorecard.sections for item in section.items if item.fatal and item.criterion]
    criteria = [item.criterion for item in items if (one := _points(item, results)) and one.points == 0]
    return tuple(dict.fromkeys([*classes, *(name for name in criteria if name)]))


def _points(item: Item, results: Results) -> _Points | None:
    """None where the item had no occasion, or does not count in such a conversation."""
    if not item.within.holds(results.channel, results.line, results.turns):
        return None
    if item.only_if and not _is_yes(results.answers.get(item.only_if)):
        return None
    if item.error_class:
        return _of_class(item, results)
    return _of_criterion(item, results.answers.get(item.criterion or ""))


def _is_yes(answer: Answer | None) -> bool:
    return answer is not None and answer.state is AnswerState.ANSWERED and answer.value is True


def _of_class(item: Item, results: Results) -> _Points | None:
    outcome = results.outcomes.get(item.error_class or "")
    if outcome is None or item.error_class not in results.counted or outcome.state is DetectionState.NO_OPPORTUNITY:
        return None
    points = {DetectionState.FOUND: 0.0, DetectionState.NOT_FOUND: MOST}.get(outcome.state)
    return _Points(item.weight, points)


def _of_criterion(item: Item, answer: Answer | None) -> _Points | None:
    if answer is None or answer.state is AnswerState.NOT_APPLICABLE:
        return None
    if answer.state is AnswerState.UNDETERMINED or answer.value is None:
        return _Points(item.weight, None)
    points = MOST * answer.value if isinstance(answer.value, bool) else float(answer.value)
    return _Points(item.weight, MOST - points if item.bad else points)


def _mean(items: Sequence[_Points]) -> float | None:
    judged = [(one.weight, one.points) for one in items if one.points is not None]
    weight = sum(own for own, _ in judged)
    return round(sum(own * points for own, points in judged) / weight, 1) if weight else None
