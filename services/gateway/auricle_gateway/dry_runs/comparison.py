"""What a dry run came to beside what was said before: conversation by conversation, and counted with intervals. Pure.

Both sides are the model's own, without people's verdicts: a verdict would hide what the version changes.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import UTC, timedelta
from statistics import fmean
from typing import Literal

from auricle_contracts import Answer, AnswerState, CriterionKind, DetectionState, Evaluation, Overall, Quote
from auricle_contracts.breakdowns import ShareOf
from auricle_contracts.dry_runs import (
    Change,
    ClassChange,
    CriterionChange,
    GroupChange,
    PairedMeans,
    QuotedWords,
    ScoreChange,
    Side,
)
from auricle_criteria import first_answers
from auricle_kit.means import mean_interval
from auricle_kit.shares import wilson
from auricle_records.dry_runs import Past

Pair = tuple[Evaluation, Evaluation]
"""Before and after, of one conversation."""

NOT_ASKED = "not_asked"
PERSON = "person"
MOST_QUOTES = 3
MOST_GROUPS = 50
SMALLEST_CHANGE = 0.5
"""Points (of 100) below which a score counts as the same."""
_DECIDED = (DetectionState.FOUND.value, DetectionState.NOT_FOUND.value)


def changes(pair: Pair) -> tuple[Change, ...]:
    """What differs: the score first, then classes, then criteria."""
    before, after = pair
    return (*_score(before.overall, after.overall), *_classes(pair), *_criteria(pair))


def share(found: int, looked: int) -> ShareOf:
    """With Wilson's interval; nothing of nothing."""
    if not looked:
        return ShareOf(found=0, looked=0, share=None, low=None, high=None)
    low, high = wilson(found, looked)
    return ShareOf(found=found, looked=looked, share=found / looked, low=low, high=high)


def class_changes(pairs: Sequence[Pair]) -> tuple[ClassChange, ...]:
    """Every class that one side looked for; those that changed most first."""
    sides = [(_found(before), _found(after)) for before, after in pairs]
    names = dict.fromkeys(name for pair in sides for side in pair for name in side)
    made = [
        _class_change(name, [(one.get(name, NOT_ASKED), other.get(name, NOT_ASKED)) for one, other in sides])
        for name in names
    ]
    return tuple(sorted(made, key=lambda one: (-one.changed.found, one.error_class)))


def criterion_changes(pairs: Sequence[Pair]) -> tuple[CriterionChange, ...]:
    """Every criterion with comparable answers; those that changed most first."""
    sides = [(first_answers(before.answers), first_answers(after.answers)) for before, after in pairs]
    known = {
        name: one for pair in sides for side in pair for name, one in side.items() if one.kind is not CriterionKind.TEXT
    }
    made = [
        _criterion_change(answer, [(one.get(name), other.get(name)) for one, other in sides])
        for name, answer in known.items()
    ]
    return tuple(sorted(made, key=lambda one: (-one.changed.found, one.criterion)))


def score_change(pairs: Sequence[Pair]) -> ScoreChange | None:
    """None where neither side scores."""
    scored = [(before.overall, after.overall) for before, after in pairs]
    if all(one is None for pair in scored for one in pair):
        return None
    points = [(one.points if one else None, other.points if other else None) for one, other in scored]
    told = [[one.passed if one else None for one in side] for side in zip(*scored, strict=True)]
    return ScoreChange(
        points=paired(points),
        passed_before=told[0].count(True),
        failed_before=told[0].count(False),
        passed_after=told[1].count(True),
        failed_after=told[1].count(False),
    )


def group_changes(compared: Sequence[tuple[Past, Pair]]) -> tuple[GroupChange, ...]:
    """By agent, then by week; the largest groups first, weeks in their order. A conversation of two agents counts for both."""
    agents: dict[str, list[Pair]] = defaultdict(list)
    weeks: dict[str, list[Pair]] = defaultdict(list)
    for past, pair in compared:
        for agent in dict.fromkeys(past.agents):
            agents[agent].append(pair)
        day = past.happened_at.astimezone(UTC).date()
        weeks[(day - timedelta(days=day.weekday())).isoformat()].append(pair)
    largest = sorted(agents, key=lambda name: (-len(agents[name]), name))[:MOST_GROUPS]
    return (
        *(_group("agent", name, agents[name]) for name in largest),
        *(_group("week", name, weeks[name]) for name in sorted(weeks)),
    )


def _group(by: Literal["agent", "week"], name: str, pairs: Sequence[Pair]) -> GroupChange:
    points = [
        (before.overall.points if before.overall else None, after.overall.points if after.overall else None)
        for before, after in pairs
    ]
    differing = sum(bool(changes(pair)) for pair in pairs)
    return GroupChange(by=by, name=name, changed=share(differing, len(pairs)), points=paired(points))


def paired(values: Iterable[tuple[float | None, float | None]]) -> PairedMeans:
    """Of those that have both."""
    both = [(one, other) for one, other in values if one is not None and other is not None]
    if not both:
        return PairedMeans(n=0, before=None, after=None, change=None, low=None, high=None)
    differences = [other - one for one, other in both]
    low, high = mean_interval(differences) or (None, None)
    return PairedMeans(
        n=len(both),
        before=fmean(one for one, _ in both),
        after=fmean(other for _, other in both),
        change=fmean(differences),
        low=low,
        high=high,
    )


def _score(before: Overall | None, after: Overall | None) -> Iterable[Change]:
    one, other = _score_side(before), _score_side(after)
    if one.state != other.state or not _near(one.value, other.value):
        yield Change(about="score", subject="score", title="", before=one, after=other)


def _score_side(overall: Overall | None) -> Side:
    if overall is None:
        return Side(state=NOT_ASKED)
    state = {True: "passed", False: "failed", None: "open"}[overall.passed]
    return Side(state=state, value=overall.points)


def _near(one: object, other: object) -> bool:
    if isinstance(one, int | float) and isinstance(other, int | float) and not isinstance(one, bool):
        return abs(one - other) < SMALLEST_CHANGE
    return one == other


def _found(evaluation: Evaluation) -> dict[str, str]:
    return {one.error_class: one.state.value for one in evaluation.outcomes}


def _classes(pair: Pair) -> Iterable[Change]:
    one, other = map(_found, pair)
    for name in dict.fromkeys((*one, *other)):
        states = one.get(name, NOT_ASKED), other.get(name, NOT_ASKED)
        if states[0] != states[1]:
            before, after = (
                Side(state=state, quotes=_finding_quotes(of, name)) for state, of in zip(states, pair, strict=True)
            )
            yield Change(about="error_class", subject=name, title="", before=before, after=after)


def _class_change(name: str, states: Sequence[tuple[str, str]]) -> ClassChange:
    one, other = zip(*states, strict=True)
    found = DetectionState.FOUND.value
    return ClassChange(
        error_class=name,
        before=share(one.count(found), sum(state in _DECIDED for state in one)),
        after=share(other.count(found), sum(state in _DECIDED for state in other)),
        appeared=sum(before != found and after == found for before, after in states),
        vanished=sum(before == found and after != found for before, after in states),
        changed=share(sum(before != after for before, after in states), len(states)),
    )


def _criteria(pair: Pair) -> Iterable[Change]:
    one, other = (first_answers(side.answers) for side in pair)
    for name in dict.fromkeys((*one, *other)):
        before, after = one.get(name), other.get(name)
        known = after or before
        if known is not None and known.kind is not CriterionKind.TEXT and not _same(before, after):
            yield Change(
                about="criterion",
                subject=name,
                title=known.title,
                before=_answer_side(before),
                after=_answer_side(after),
            )


def _criterion_change(known: Answer, answers: Sequence[tuple[Answer | None, Answer | None]]) -> CriterionChange:
    differ = sum(not _same(before, after) for before, after in answers)
    numbers = [(_number(before), _number(after)) for before, after in answers]
    return CriterionChange(
        criterion=known.criterion,
        title=known.title,
        kind=known.kind,
        changed=share(differ, len(answers)),
        means=paired(numbers) if known.kind is CriterionKind.SCORE else None,
    )


def _same(before: Answer | None, after: Answer | None) -> bool:
    if before is None or after is None:
        return before is after
    return before.state is after.state and _near(before.value, after.value)


def _number(answer: Answer | None) -> float | None:
    if answer is None or answer.state is not AnswerState.ANSWERED or isinstance(answer.value, str | bool | None):
        return None
    return float(answer.value)


def _answer_side(answer: Answer | None) -> Side:
    if answer is None:
        return Side(state=NOT_ASKED)
    return Side(state=answer.state.value, value=answer.value, quotes=_quoted(answer.quotes))


def _finding_quotes(evaluation: Evaluation, name: str) -> tuple[QuotedWords, ...]:
    mine = (one for one in evaluation.findings if one.error_class == name and one.source != PERSON)
    return _quoted([quote for one in mine for quote in one.quotes])


def _quoted(quotes: Sequence[Quote]) -> tuple[QuotedWords, ...]:
    return tuple(QuotedWords(turn=one.turn, text=one.text) for one in quotes[:MOST_QUOTES])
