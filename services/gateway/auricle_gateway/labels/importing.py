"""From the answers of a sheet to labels: what was changed, what a person confirmed, and what is refused, cell by cell. Pure.

cell ── its evaluation is not in this workspace, or of another conversation ──► refused, once a row
   ├── formula, error, emptied, no such value ────────────────────────────────► refused
   ├── another value than the model's ────────────────────────────────────────► label
   ├── the same, in a row marked as checked ──────────────────────────────────► label (agreement)
   └── the same ──────────────────────────────────────────────────────────────► nothing: perhaps nobody looked
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from auricle_contracts import Answer, AnswerState, AnswerValue, CriterionKind, Evaluation
from auricle_records.labels import Wanted

from auricle_gateway.labels.meaning import Unreadable, read
from auricle_gateway.labels.sheet import Spot
from auricle_gateway.labels.workbook import Odd

MAX_REMARK = 4000
Choices = Mapping[str, Sequence[str]]


@dataclass(frozen=True, slots=True)
class Found:
    """A label, the cell that it comes from, and the answer that it judges."""

    place: str
    conversation_id: str
    wanted: Wanted
    answer: Answer


@dataclass(frozen=True, slots=True)
class Refused:
    """A cell that became no label, and why."""

    place: str
    why: str


@dataclass
class Import:
    """What a sheet holds. `read` counts answers, `unchanged` those of which nothing is said."""

    read: int = 0
    unchanged: int = 0
    found: dict[tuple[str, str], Found] = field(default_factory=dict)
    refused: list[Refused] = field(default_factory=list)


def weigh(spots: Iterable[Spot], evaluations: Mapping[str, Evaluation], choices: Choices) -> Import:
    """Every spot against the answer that it was exported from. `choices` by criterion."""
    result = Import()
    rows_refused: set[tuple[str, str]] = set()
    for spot in spots:
        result.read += 1
        evaluation = evaluations.get(spot.evaluation_id)
        if evaluation is None or evaluation.conversation_id != spot.conversation_id:
            if (spot.evaluation_id, spot.conversation_id) not in rows_refused:
                rows_refused.add((spot.evaluation_id, spot.conversation_id))
                result.refused.append(Refused(spot.place, _no_evaluation(evaluation)))
            continue
        try:
            _weigh(result, spot, evaluation, choices)
        except Unreadable as error:
            result.refused.append(Refused(spot.place, str(error)))
    return result


def _no_evaluation(evaluation: Evaluation | None) -> str:
    if evaluation is None:
        return "this workspace has no such evaluation"
    return "the evaluation is of another conversation: were only some of the columns sorted?"


def _weigh(result: Import, spot: Spot, evaluation: Evaluation, choices: Choices) -> None:
    answer = next((one for one in evaluation.answers if one.criterion == spot.criterion), None)
    if answer is None or answer.kind is CriterionKind.TEXT:
        if answer is None and spot.value is not None:
            raise Unreadable("this was not asked of the conversation")
        result.unchanged += 1
        return
    state, value = _said(spot, answer, choices)
    if (state, value) == (answer.state, answer.value) and not spot.checked:
        result.unchanged += 1
        return
    remark = spot.remark[:MAX_REMARK] if spot.remark else None
    found = Found(
        spot.place, spot.conversation_id, Wanted(evaluation.id, answer.criterion, state, value, remark), answer
    )
    _keep(result, found)


def _said(spot: Spot, answer: Answer, choices: Choices) -> tuple[AnswerState, AnswerValue]:
    if isinstance(spot.value, Odd):
        raise Unreadable(f"the cell holds a {spot.value.value}: write the value itself")
    if spot.value is None:
        raise Unreadable("an empty cell says nothing: write — (no occasion) or ? (nobody can tell)")
    if spot.value == answer.value and not isinstance(answer.value, bool):
        return answer.state, answer.value  # also a value that no person could have given, such as half a mention
    return read(spot.value, answer.kind, choices.get(answer.criterion, ()))


def _keep(result: Import, found: Found) -> None:
    """Two sheets may show the same answer: what was changed wins over what was merely confirmed, two changes contradict each other."""
    earlier = result.found.get(found.wanted.answer)
    if earlier is None or _confirms(earlier):
        result.found[found.wanted.answer] = found
    elif not _confirms(found) and _answer(earlier.wanted) != _answer(found.wanted):
        raise Unreadable(f"{earlier.place} says something else about the same answer")


def _confirms(found: Found) -> bool:
    return _answer(found.wanted) == (found.answer.state, found.answer.value)


def _answer(wanted: Wanted) -> tuple[AnswerState, AnswerValue]:
    return wanted.state, wanted.value
