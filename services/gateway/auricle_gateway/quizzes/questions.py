"""Questions of a quiz, made of what people judged. Masked by every kind of personal data, whatever the workspace shows."""

from collections.abc import Mapping, Sequence

from auricle_contracts import Finding, Quote, Transcript
from auricle_contracts.golden import GoldenItem, GoldenKind, GoldenState, GoldenStatus
from auricle_contracts.masking import MaskingSettings
from auricle_contracts.quizzes import QuizLine, QuizSolution, QuizSource
from auricle_criteria import ErrorClass
from auricle_kit.errors import InvalidRequest
from auricle_records import conversations
from auricle_records.golden import items as golden
from auricle_records.quizzes.quizzes import PERSON, NewQuestion

from auricle_gateway.parts import Parts
from auricle_gateway.results.stored import stored_evaluation, transcript_of

NEAR = 3
BEFORE = 2
"""Turns that are shown before the one in question."""


async def question_of(
    parts: Parts, workspace: str, source: QuizSource, classes: Mapping[str, ErrorClass]
) -> NewQuestion:
    """Raises NotFound, Gone, NotReady, and InvalidRequest for what people did not judge or what has no place."""
    if source.golden_id is not None:
        return await _of_golden(parts, workspace, source, classes)
    return await _of_finding(parts, workspace, source, classes)


def near(error_class: str, classes: Mapping[str, ErrorClass]) -> tuple[str, ...]:
    """The class and up to NEAR others, those of its category first, by name."""
    category = classes[error_class].category if error_class in classes else None
    others = sorted(
        (one for one in classes if one != error_class), key=lambda one: (classes[one].category != category, one)
    )
    return tuple(sorted((error_class, *others[:NEAR])))


async def _of_finding(
    parts: Parts, workspace: str, source: QuizSource, classes: Mapping[str, ErrorClass]
) -> NewQuestion:
    assert source.conversation_id is not None
    await conversations.get(parts.db, workspace, source.conversation_id)
    evaluation = (await stored_evaluation(parts, workspace, source.conversation_id)).evaluation
    finding = next((one for one in evaluation.findings if one.id == source.finding_id), None)
    if finding is None or not _is_judged(finding):
        raise InvalidRequest(
            "a question is made of a finding that people accepted or rejected", action="Judge the finding first."
        )
    transcript = await transcript_of(parts, workspace, evaluation)
    hidden = await parts.privacy.mask(workspace, transcript, MaskingSettings())
    quote = hidden.shown(finding.quotes[0])
    explanation = finding.note or (finding.comment if finding.counts else "")
    return NewQuestion(
        source_id=source.conversation_id,
        golden_id=None,
        lines=_lines(hidden.transcript, quote),
        quote=quote.text,
        choices=near(finding.error_class, classes),
        solution=QuizSolution(
            error_class=finding.error_class if finding.counts else None,
            explanation=hidden.words(explanation),
            passage=finding.citation.text if finding.citation and finding.counts else None,
        ),
    )


async def _of_golden(
    parts: Parts, workspace: str, source: QuizSource, classes: Mapping[str, ErrorClass]
) -> NewQuestion:
    assert source.golden_id is not None
    assert source.error_class is not None
    item = await golden.get(parts.db, workspace, source.golden_id)
    label = next(
        (
            one
            for one in item.labels
            if one.kind is GoldenKind.ERROR_CLASS
            and one.subject == source.error_class
            and one.subject not in item.contested
            and one.status is GoldenStatus.GOLDEN
            and one.state is GoldenState.FOUND
            and one.places
        ),
        None,
    )
    if label is None:
        raise InvalidRequest("the golden item has no such error with a place", action="Choose another item or class.")
    place = label.places[0]
    return NewQuestion(
        source_id=None,
        golden_id=item.id,
        lines=_golden_lines(item, place.turn),
        quote=place.text,
        choices=near(source.error_class, classes),
        solution=QuizSolution(error_class=source.error_class, explanation=label.comment or "", passage=None),
    )


def _is_judged(finding: Finding) -> bool:
    return finding.verdict is not None or finding.source == PERSON


def _lines(transcript: Transcript, quote: Quote) -> tuple[QuizLine, ...]:
    """The turn of the quote and those before it; the words alone where the turns were deleted meanwhile."""
    at = next((number for number, turn in enumerate(transcript.turns) if turn.id == quote.turn), None)
    if at is None:
        return ()
    shown: Sequence[tuple[int, QuizLine]] = [
        (number, QuizLine(role=turn.role, text=turn.text, is_quoted=number == at))
        for number, turn in enumerate(transcript.turns)
    ]
    return tuple(line for number, line in shown if at - BEFORE <= number <= at)


def _golden_lines(item: GoldenItem, turn: int) -> tuple[QuizLine, ...]:
    return tuple(
        QuizLine(role=one.role, text=one.text, is_quoted=number == turn)
        for number, one in enumerate(item.dialogue.turns, 1)
        if turn - BEFORE <= number <= turn
    )
