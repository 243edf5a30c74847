"""Whether a value that a person gives is of its answer's kind, and among its choices."""

from auricle_contracts import Answer, AnswerState, AnswerValue, CriterionKind
from auricle_kit.errors import InvalidRequest, NotFound
from auricle_records import labels

from auricle_gateway.labels.cell_parsing import Unreadable, read
from auricle_gateway.parts import Parts


def fitting(answer: Answer, state: AnswerState, value: AnswerValue, choices: tuple[str, ...]) -> AnswerValue:
    """The value as it is kept. Raises InvalidRequest."""
    if state is not AnswerState.ANSWERED:
        return None
    if answer.kind is CriterionKind.TEXT:
        return str(value)
    try:
        return read(value, answer.kind, choices)[1]
    except Unreadable as error:
        raise InvalidRequest(f"the value does not fit the criterion: {error}") from None


async def fitting_of(
    parts: Parts, workspace: str, evaluation_id: str, criterion: str, state: AnswerState, value: AnswerValue
) -> AnswerValue:
    """The same for an answer by its name. Raises NotFound, InvalidRequest."""
    evaluations, _ = await labels.judged(parts.db, workspace, [evaluation_id])
    answers = evaluations[evaluation_id].answers if evaluation_id in evaluations else ()
    answer = next((one for one in answers if one.criterion == criterion), None)
    if answer is None:
        raise NotFound("the evaluation has no such answer")
    choices = await parts.pinned.choices(parts.db, workspace)
    return fitting(answer, state, value, choices.get(criterion, ()))
