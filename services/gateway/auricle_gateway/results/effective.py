"""The score of a conversation by what counts: people's verdicts on answers and findings before the model's. Pure."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from auricle_contracts import Answer, Channel, ClassOutcome, DetectionState, Evaluation, Finding, Overall
from auricle_criteria import Bundle, Results, first_answers, overall
from auricle_records.labels import Verdict

PERSON_STEP = "person"


@dataclass(frozen=True)
class Circumstances:
    """What a scorecard asks about a conversation beside its answers."""

    channel: Channel
    line: str | None
    turns: int


def is_judged(evaluation: Evaluation, verdicts: Mapping[str, Verdict]) -> bool:
    """Whether people said anything about it."""
    return bool(verdicts) or any(one.verdict is not None or one.source == PERSON_STEP for one in evaluation.findings)


def effective_overall(
    evaluation: Evaluation, verdicts: Mapping[str, Verdict], bundle: Bundle, about: Circumstances
) -> Overall | None:
    """By the scorecard that the evaluation was made with. An error that a person added counts, whatever is known of its class."""
    added = frozenset(one.error_class for one in evaluation.findings if one.source == PERSON_STEP and one.counts)
    results = Results(
        answers={name: _counting(one, verdicts.get(name)) for name, one in first_answers(evaluation.answers).items()},
        outcomes=outcomes(evaluation.outcomes, evaluation.findings),
        findings=[one for one in evaluation.findings if one.counts],
        counted=bundle.live_classes | added,
        channel=about.channel,
        line=about.line,
        turns=about.turns,
    )
    return overall(bundle.scorecard, results)


def _counting(answer: Answer, verdict: Verdict | None) -> Answer:
    return answer.model_copy(update={"state": verdict.state, "value": verdict.value}) if verdict else answer


def outcomes(made: Iterable[ClassOutcome], findings: Iterable[Finding]) -> dict[str, ClassOutcome]:
    """What each class came to: found while a finding of it counts, not found once people rejected all that there were."""
    found = {one.error_class: one for one in made}
    counting: dict[str, bool] = {}
    for finding in findings:
        counting[finding.error_class] = finding.counts or counting.get(finding.error_class, False)
        if finding.error_class not in found:
            found[finding.error_class] = ClassOutcome(
                error_class=finding.error_class,
                version=finding.version or finding.error_class,
                state=DetectionState.FOUND,
                step=PERSON_STEP,
            )
    return {name: _settled(one, counts=counting.get(name)) for name, one in found.items()}


def _settled(outcome: ClassOutcome, *, counts: bool | None) -> ClassOutcome:
    """`counts` is None for a class without findings."""
    if counts is None:
        return outcome
    state = DetectionState.FOUND if counts else DetectionState.NOT_FOUND
    return outcome.model_copy(update={"state": state})
