"""From the answers of a sheet to labels: what was changed, what a person confirmed, and what is refused, cell by cell. Pure.

cell ── its column or row is none of ours ────────────────────────────────────► ignored, with its address
   ├── its evaluation is not in this workspace, or of another conversation ──► refused, once a row
   ├── formula, error, emptied, no such value ────────────────────────────────► refused
   ├── another value than the model's and than the verdict that counts ───────► label
   ├── the same, in a row marked as checked ──────────────────────────────────► label (agreement)
   └── the same ──────────────────────────────────────────────────────────────► nothing: perhaps nobody looked
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from auricle_contracts import Answer, AnswerState, AnswerValue, CriterionKind, Evaluation
from auricle_kit.workbooks.xlsx import Odd
from auricle_records.labels import NewLabel, Verdict

from auricle_gateway.labels.answer_cells import AnswerCells, Spot, Unread
from auricle_gateway.labels.cell_parsing import Unreadable, read

Choices = Mapping[str, Sequence[str]]


@dataclass(frozen=True, slots=True)
class Found:
    """A label, the cell that it comes from, and the answer that it judges."""

    place: str
    conversation_id: str
    wanted: NewLabel
    answer: Answer


@dataclass
class Import:
    """What a sheet holds. `read` counts answers that were understood, `unchanged` those of them of which nothing is said."""

    read: int = 0
    unchanged: int = 0
    found: dict[tuple[str, str], Found] = field(default_factory=dict)
    refused: list[Unread] = field(default_factory=list)
    ignored: list[Unread] = field(default_factory=list)


def weigh(
    cells: AnswerCells,
    evaluations: Mapping[str, Evaluation],
    verdicts: Mapping[str, Mapping[str, Verdict]],
    choices: Choices,
) -> Import:
    """Every answer of the sheet against the one that it was exported from, and the verdict that counts in its place.

    A cell that repeats the model's answer or the verdict says nothing: a sheet from before a verdict must not take it back.
    """
    result = Import(refused=list(cells.refused), ignored=list(cells.ignored))
    strangers: dict[tuple[str, str], list[Spot]] = {}
    for spot in cells.spots:
        evaluation = evaluations.get(spot.evaluation_id)
        if evaluation is None or evaluation.conversation_id != spot.conversation_id:
            strangers.setdefault((spot.evaluation_id, spot.conversation_id), []).append(spot)
            continue
        try:
            _weigh(result, spot, evaluation, verdicts.get(evaluation.id, {}), choices)
            result.read += 1
        except Unreadable as error:
            result.refused.append(Unread(spot.place, str(error)))
    for (evaluation_id, _), spots in strangers.items():
        why = _no_evaluation(evaluations.get(evaluation_id))
        result.refused.append(Unread(spots[0].place, why, len(spots)))
    return result


def _no_evaluation(evaluation: Evaluation | None) -> str:
    if evaluation is None:
        return "this workspace has no such evaluation"
    return "the evaluation is of another conversation: were only some of the columns sorted?"


def _weigh(
    result: Import, spot: Spot, evaluation: Evaluation, verdicts: Mapping[str, Verdict], choices: Choices
) -> None:
    answer = next((one for one in evaluation.answers if one.criterion == spot.criterion), None)
    if answer is None or answer.kind is CriterionKind.TEXT:
        if answer is None and spot.value is not None:
            raise Unreadable("this was not asked of the conversation")
        result.unchanged += 1
        return
    state, value = _answer_in(spot, answer, choices)
    verdict = verdicts.get(answer.criterion)
    known = [(answer.state, answer.value)] + ([(verdict.state, verdict.value)] if verdict else [])
    if (state, value) in known and not spot.checked:
        result.unchanged += 1
        return
    found = Found(
        spot.place, spot.conversation_id, NewLabel(evaluation.id, answer.criterion, state, value, spot.remark), answer
    )
    _keep(result, found)


def _answer_in(spot: Spot, answer: Answer, choices: Choices) -> tuple[AnswerState, AnswerValue]:
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


def _answer(wanted: NewLabel) -> tuple[AnswerState, AnswerValue]:
    return wanted.state, wanted.value
