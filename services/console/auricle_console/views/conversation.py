"""Everything that the page of one conversation shows, from everything that the gateway has of it."""

from dataclasses import dataclass

from auricle_contracts import (
    Answer,
    ConversationView,
    Digest,
    EvaluationReport,
    Finding,
    Label,
    Layer,
    Quote,
    Recipe,
    Role,
    RunState,
    Transcript,
)
from auricle_contracts.masking import PLACEHOLDER

from auricle_console.gateway import Peaks
from auricle_console.views.labels import Opinion, opinions, options
from auricle_console.views.ledger import Ledger, ledger
from auricle_console.views.listing import FINAL, dead_reason, person, waiting_for
from auricle_console.views.sentiment import said_marks
from auricle_console.views.turns import TurnRow, place, turn_rows
from auricle_console.views.values import PlacedQuote, ShownAnswer, answered
from auricle_console.views.waveform import Waveform, draw
from auricle_console.wording import Wording


@dataclass(frozen=True)
class Material:
    """What the gateway has; None stands for what it has not. `unmasked`: with what is hidden from others."""

    view: ConversationView
    transcript: Transcript | None = None
    report: EvaluationReport | None = None
    peaks: Peaks | None = None
    recipe: Recipe | None = None
    labels: tuple[Label, ...] = ()
    unmasked: bool = False

    @property
    def hides(self) -> bool:
        """Whether something of what is said stands behind placeholders."""
        turns = self.transcript.turns if self.transcript else ()
        return any(PLACEHOLDER.search(turn.text) for turn in turns)


@dataclass(frozen=True)
class ShownFinding:
    """A mistake with its quote placed."""

    finding: Finding
    title: str
    quote: PlacedQuote


@dataclass(frozen=True)
class ConversationPage:
    """Ready to draw."""

    material: Material
    title: str
    agent: str
    customer: str
    duration_ms: int | None
    judged: tuple[ShownAnswer, ...]
    reasoning: str | None
    established: tuple[ShownAnswer, ...]
    passed_on: tuple[ShownAnswer, ...]
    findings: tuple[ShownFinding, ...]
    rows: tuple[TurnRow, ...]
    turns_left_out: int
    digest: Digest | None
    kept_percent: int | None
    waveform: Waveform
    ledger: Ledger | None
    reason: str
    dead_run: str
    waiting_for: str
    demo_weights: bool
    live: bool
    opinions: dict[str, tuple[Opinion, ...]]
    choices: dict[str, tuple[tuple[str, str], ...]]
    may_label: bool
    hides: bool


def conversation_page(material: Material, words: Wording, *, may_label: bool = False) -> ConversationPage:
    """The page of one conversation; with forms for its answers where the caller may label."""
    view, report, transcript = material.view, material.report, material.transcript
    answers = report.evaluation.answers if report else ()
    findings = report.evaluation.findings if report else ()
    anchors = place([quote for one in answers for quote in one.quotes] + [one.quote for one in findings])
    shown = {layer: _of_layer(answers, layer, anchors, words) for layer in Layer}
    duration = _duration(material)
    digest = report.digest if report else None
    said = said_marks(answers)
    rows = turn_rows(transcript, digest, anchors, _speakers(view), words, said) if transcript else ()
    return ConversationPage(
        material=material,
        title=view.external_id or view.id,
        agent=person(view, Role.AGENT),
        customer=person(view, Role.CUSTOMER),
        duration_ms=duration,
        judged=shown[Layer.MODEL],
        reasoning=_reasoning(shown[Layer.MODEL]),
        established=shown[Layer.RULE],
        passed_on=shown[Layer.METADATA],
        findings=tuple(_finding(one, anchors, words) for one in findings),
        rows=rows,
        turns_left_out=len(transcript.turns) - len(rows) if transcript else 0,
        digest=digest,
        kept_percent=round(100 * digest.tokens_after / digest.tokens_before)
        if digest and digest.tokens_before
        else None,
        waveform=draw(material.peaks, _track_roles(view), duration, anchors, [row.turn for row in rows if row.rise]),
        ledger=ledger(report.costs) if report and report.costs else None,
        reason=dead_reason(view),
        dead_run=next((run.id for run in view.runs if run.state is RunState.DEAD), ""),
        waiting_for=waiting_for(view),
        demo_weights=bool((report and report.evaluation.demo_weights) or (transcript and transcript.demo_weights)),
        live=view.progress not in FINAL,
        opinions=opinions(material.labels, report.evaluation.id, words) if report else {},
        choices={one.criterion: options(one, report.choices, words) for one in answers} if report else {},
        may_label=may_label,
        hides=material.hides,
    )


def _of_layer(
    answers: tuple[Answer, ...], layer: Layer, anchors: dict[Quote, str], words: Wording
) -> tuple[ShownAnswer, ...]:
    return tuple(answered(one, anchors, words) for one in answers if one.layer is layer)


def _reasoning(judged: tuple[ShownAnswer, ...]) -> str | None:
    """One prompt answers several criteria with one reasoning: it is shown once, above them."""
    said = {one.answer.reasoning for one in judged if one.answer.reasoning}
    return said.pop() if len(said) == 1 and len(judged) > 1 else None


def _finding(finding: Finding, anchors: dict[Quote, str], words: Wording) -> ShownFinding:
    title = words.known(f"error_class.{finding.error_class}", finding.error_class.replace("_", " "))
    return ShownFinding(finding, title, PlacedQuote(anchors[finding.quote], finding.quote))


def _duration(material: Material) -> int | None:
    recording = material.view.recording
    if recording and recording.duration_ms:
        return recording.duration_ms
    return material.transcript.duration_ms if material.transcript else None


def _speakers(view: ConversationView) -> dict[str, str]:
    return {one.id: one.name for one in view.participants if one.name}


def _track_roles(view: ConversationView) -> list[Role]:
    by_track = {one.track: one.role for one in view.participants if one.track is not None}
    return [by_track.get(number, Role.UNKNOWN) for number in (0, 1)]
