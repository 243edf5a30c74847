"""A conversation as a golden dialogue: its masked turns, and what people say is right about it.

Masked by every kind of personal data, whatever the workspace shows: a copy outlives what it was made from.
"""

from collections.abc import Iterator, Mapping, Sequence

from auricle_contracts import (
    Answer,
    AnswerState,
    ConversationView,
    CriterionKind,
    DetectionState,
    Evaluation,
    Finding,
    Layer,
    Quote,
    Role,
)
from auricle_contracts.golden import (
    GoldenDialogue,
    GoldenKind,
    GoldenLabel,
    GoldenPlace,
    GoldenState,
)
from auricle_contracts.masking import MaskingSettings
from auricle_masking import Mask
from auricle_masking.golden import turns_of
from auricle_records import conversations, labels
from auricle_records.labels import Verdict

from auricle_gateway.parts import Parts
from auricle_gateway.results.effective import PERSON_STEP, outcomes
from auricle_gateway.results.stored import stored_evaluation, transcript_of

_SETTLED = {
    DetectionState.FOUND: GoldenState.FOUND,
    DetectionState.NOT_FOUND: GoldenState.NOT_FOUND,
    DetectionState.NO_OPPORTUNITY: GoldenState.NOT_FOUND,
}
_ANSWERS = {AnswerState.ANSWERED: GoldenState.ANSWERED, AnswerState.NOT_APPLICABLE: GoldenState.NOT_APPLICABLE}


async def copy_of(
    parts: Parts, workspace: str, conversation_id: str, *, whole: bool, only: str | None = None
) -> GoldenDialogue:
    """What people judged of the current evaluation; `whole`: all of it but free texts; `only`: one class or criterion.

    Raises NotFound, Gone, NotReady.
    """
    view = await conversations.get(parts.db, workspace, conversation_id)
    evaluation = (await stored_evaluation(parts, workspace, conversation_id)).evaluation
    transcript = await transcript_of(parts, workspace, evaluation)
    verdicts = await labels.counting(parts.db, workspace, evaluation.id)
    hidden = await parts.privacy.mask(workspace, transcript, MaskingSettings())
    found = [
        *_of_classes(evaluation, hidden, whole=whole),
        *_of_answers(evaluation.answers, verdicts, hidden, whole=whole),
    ]
    return GoldenDialogue(
        reference=view.external_id and hidden.words(view.external_id),
        channel=view.channel,
        language=view.language or transcript.language,
        agent=_agent(view),
        started_at=view.started_at or view.created_at,
        turns=turns_of(hidden.transcript),
        labels=tuple(one for one in found if only is None or one.subject == only),
    )


def _agent(view: ConversationView) -> str | None:
    """The first agent's reference; a name is none."""
    return next((one.reference for one in view.participants if one.role is Role.AGENT and one.reference), None)


def _of_classes(evaluation: Evaluation, hidden: Mask, *, whole: bool) -> Iterator[GoldenLabel]:
    """One label a class: found where any finding of it counts."""
    by_class: dict[str, list[Finding]] = {}
    for finding in evaluation.findings:
        by_class.setdefault(finding.error_class, []).append(finding)
    for name, outcome in outcomes(evaluation.outcomes, evaluation.findings).items():
        findings = by_class.get(name, [])
        judged = any(one.verdict is not None or one.source == PERSON_STEP for one in findings)
        state = _SETTLED.get(outcome.state)
        if state is not None and (whole or judged):
            yield _of_class(name, state, [one for one in findings if one.counts], hidden)


def _of_class(name: str, state: GoldenState, counting: Sequence[Finding], hidden: Mask) -> GoldenLabel:
    grades = [one.grade for one in counting if one.grade is not None]
    return GoldenLabel(
        kind=GoldenKind.ERROR_CLASS,
        subject=name,
        state=state,
        places=_places([quote for one in counting for quote in one.quotes], hidden),
        comment=hidden.words(counting[0].comment) or None if counting else None,
        grade=min(grades) if grades else None,
    )


def _of_answers(
    answers: Sequence[Answer], verdicts: Mapping[str, Verdict], hidden: Mask, *, whole: bool
) -> Iterator[GoldenLabel]:
    """One label a criterion that people or the model answered; what a caller told, and free texts, are nobody's judgement."""
    seen: set[str] = set()
    for answer in answers:
        verdict = verdicts.get(answer.criterion)
        if answer.criterion in seen or answer.layer is Layer.METADATA or answer.kind is CriterionKind.TEXT:
            continue
        if verdict is None and not whole:
            continue
        state, value = (verdict.state, verdict.value) if verdict else (answer.state, answer.value)
        if state in _ANSWERS:
            seen.add(answer.criterion)
            yield GoldenLabel(
                kind=GoldenKind.CRITERION,
                subject=answer.criterion,
                state=_ANSWERS[state],
                value=value,
                places=_places(answer.quotes, hidden) if state is AnswerState.ANSWERED else (),
            )


def _places(quotes: Sequence[Quote], hidden: Mask) -> tuple[GoldenPlace, ...]:
    shown = map(hidden.shown, quotes)
    return tuple(dict.fromkeys(GoldenPlace(turn=one.turn, text=one.text[:4000]) for one in shown))[:50]
