"""Detections become findings: one of a class and an agent, with a quote for each time. Nobody gets another one's errors."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from auricle_contracts import ClassOutcome, Detection, DetectionState, Finding, Quote, Severity, Transcript
from auricle_contracts.knowledge import Citation
from auricle_criteria import ClassState, ErrorClass

WORST_FIRST = (Severity.CRITICAL, Severity.MAJOR, Severity.MINOR)


@dataclass(frozen=True)
class Said:
    """What is told of classes that were found, by class: the comment, and the passage that it rests on."""

    comments: Mapping[str, str] = field(default_factory=dict)
    citations: Mapping[str, Citation] = field(default_factory=dict)


def outcomes(detections: Sequence[Detection]) -> tuple[ClassOutcome, ...]:
    """What each class came to, in the order of the detections."""
    return tuple(
        ClassOutcome(
            error_class=one.error_class, version=one.version, state=one.state, why=one.why,
            confidence=one.confidence, step=one.step,
        )
        for one in detections
    )  # fmt: skip


def findings(
    detections: Sequence[Detection],
    classes: Mapping[str, ErrorClass],
    transcript: Transcript,
    said: Said,
    *,
    fatal: frozenset[str] = frozenset(),
) -> tuple[Finding, ...]:
    """The worst first, then in the order of the conversation. Without a comment the class's own words stand.

    `fatal`: classes that the scorecard holds fatal, beside those that are so by themselves.
    """
    found = [
        _finding(detection, classes[detection.error_class], owner, quotes, transcript, said, fatal)
        for detection in detections
        if detection.state is DetectionState.FOUND
        for owner, quotes in _by_owner(detection, transcript).items()
    ]
    return tuple(sorted(found, key=lambda one: (WORST_FIRST.index(one.severity), one.quotes[0].turn)))


def _finding(
    detection: Detection,
    error_class: ErrorClass,
    owner: str | None,
    quotes: Sequence[Quote],
    transcript: Transcript,
    said: Said,
    fatal: frozenset[str],
) -> Finding:
    own_words = own_comment(error_class, detection.detail, transcript.language)
    citation, named = said.citations.get(error_class.id), error_class.articles
    return Finding(
        error_class=error_class.id,
        category=error_class.category.value,
        severity=error_class.severity,
        fatal=error_class.fatal or error_class.id in fatal,
        quotes=tuple(quotes),
        comment=said.comments.get(error_class.id) or own_words,
        knowledge=citation.reference if citation else next(iter(named), None),
        citation=citation,
        source=detection.source,
        participant=owner,
        confidence=detection.confidence,
        version=detection.version,
        step=detection.step,
        experimental=error_class.state is not ClassState.LIVE,
    )


def own_comment(error_class: ErrorClass, detail: str | None, language: str | None) -> str:
    """What the class itself says of the error, in the conversation's language, with what the detector knows."""
    said = error_class.own_words(language)
    return f"{said.rstrip('.')}. {detail}" if detail else said


def _by_owner(detection: Detection, transcript: Transcript) -> dict[str | None, list[Quote]]:
    """The places by the participant whose error it is, each place once, in the order of the conversation."""
    found: dict[str | None, list[Quote]] = defaultdict(list)
    for quote in sorted(detection.quotes, key=lambda one: (one.turn, one.span.start, one.span.end)):
        own = found[owner_of(quote, detection, transcript)]
        if quote not in own:
            own.append(quote)
    return found


def owner_of(quote: Quote, detection: Detection, transcript: Transcript) -> str | None:
    """Who speaks in the quote, if an agent; else whom the detection names; else the agent who speaks next, or spoke last."""
    return transcript.answerable_for(quote.turn, detection.participant)
