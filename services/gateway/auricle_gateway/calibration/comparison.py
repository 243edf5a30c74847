"""What came of a closed session: reviewers among themselves, each of them and the model against the reference. Pure."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from statistics import median
from typing import Any

from auricle_contracts import AnswerState, CriterionKind
from auricle_contracts.calibration import (
    Agreement,
    Calibration,
    CalibrationComparison,
    ComparedQuestion,
    CriterionComparison,
    GivenAnswer,
    ReviewerAgreement,
)
from auricle_records.calibration.answering import MODEL, Asked, Given

from auricle_gateway.calibration.agreement import RESAMPLES, Spread, agreement, spread_of_names, spread_of_numbers

NUMBERS = frozenset({CriterionKind.SCORE, CriterionKind.COUNT})
Who = str | None
Said = Mapping[Who, Given]


def compare(session: Calibration, asked: Sequence[Asked], given: Iterable[Given]) -> CalibrationComparison:
    """Over all questions of the session."""
    expert = next((one.person_id for one in session.reviewers if one.is_expert), None)
    said: dict[tuple[str, str], dict[Who, Given]] = defaultdict(dict)
    for one in given:
        said[one.conversation_id, one.criterion][one.person_id] = one
    by_criterion: dict[str, list[Asked]] = defaultdict(list)
    for question in asked:
        by_criterion[question.criterion].append(question)
    return CalibrationComparison(
        reference="expert" if expert else "reviewers",
        resamples=RESAMPLES,
        criteria=tuple(_criterion(session, questions, said, expert) for questions in by_criterion.values()),
        questions=tuple(_question(session, one, said[one.conversation_id, one.criterion]) for one in asked),
    )


def _criterion(
    session: Calibration, asked: Sequence[Asked], said: Mapping[tuple[str, str], Said], expert: Who
) -> CriterionComparison:
    kind = asked[0].kind
    spread: Spread = spread_of_numbers if kind in NUMBERS else spread_of_names
    units = [_values(said[one.conversation_id, one.criterion], kind) for one in asked]
    modelled = [_values({MODEL: _of_model(one)}, kind).get(MODEL) for one in asked]
    against = [
        ReviewerAgreement(
            **_against([unit.get(one.person_id) for unit in units], _references(units, kind, expert, one.person_id), spread),
            person_id=one.person_id,
            name=one.name,
        )
        for one in session.reviewers
        if one.person_id != expert
    ]  # fmt: skip
    return CriterionComparison(
        criterion=asked[0].criterion,
        title=asked[0].title,
        kind=kind,
        humans=agreement([list(unit.values()) for unit in units], spread),
        model=Agreement(**_against(modelled, _references(units, kind, expert), spread)),
        reviewers=tuple(against),
        disputed=sum(_is_disputed(said[one.conversation_id, one.criterion]) for one in asked),
    )


def _against(values: Sequence[Any], references: Sequence[Any], spread: Spread) -> dict[str, Any]:
    return agreement(_pairs(values, references), spread).model_dump()


def _pairs(values: Sequence[Any], references: Sequence[Any]) -> list[list[Any]]:
    """A unit each in which both have a value."""
    return [
        [value, one] for value, one in zip(values, references, strict=True) if value is not None and one is not None
    ]


def _values(said: Said, kind: CriterionKind) -> dict[Who, Any]:
    """What can be compared: numbers of answered ones; names, of which one is "not applicable"."""
    if kind in NUMBERS:
        return {who: float(one.value) for who, one in said.items() if isinstance(one.value, int | float)}
    told = {who: one for who, one in said.items() if one.state is not AnswerState.UNDETERMINED}
    return {who: str(one.value) if one.state is AnswerState.ANSWERED else one.state.value for who, one in told.items()}


def _references(units: Sequence[Mapping[Who, Any]], kind: CriterionKind, expert: Who, without: Who = None) -> list[Any]:
    """What the expert says of each unit; without an expert the other reviewers' median or, where one stands out, most frequent name."""
    if expert:
        return [unit.get(expert) for unit in units]
    return [_consensus([value for who, value in unit.items() if who != without], kind) for unit in units]


def _consensus(values: Sequence[Any], kind: CriterionKind) -> Any:
    if not values:
        return None
    if kind in NUMBERS:
        return median(values)
    first, *others = Counter(values).most_common(2)
    return None if others and others[0][1] == first[1] else first[0]


def _of_model(asked: Asked) -> Given:
    return Given(asked.conversation_id, asked.criterion, MODEL, asked.state, asked.value)


def _is_disputed(said: Said) -> bool:
    return {AnswerState.ANSWERED, AnswerState.NOT_APPLICABLE} <= {one.state for one in said.values()}


def _question(session: Calibration, asked: Asked, said: Said) -> ComparedQuestion:
    model = GivenAnswer(person_id=None, name=None, state=asked.state, value=asked.value)
    people = tuple(
        GivenAnswer(
            person_id=one.person_id, name=one.name, state=said[one.person_id].state, value=said[one.person_id].value
        )
        for one in session.reviewers
        if one.person_id in said
    )
    return ComparedQuestion(conversation_id=asked.conversation_id, criterion=asked.criterion, answers=(model, *people))
