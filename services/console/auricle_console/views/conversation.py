"""Everything that the page of one conversation shows, from everything that the gateway has of it."""

import re
from dataclasses import dataclass, field

from auricle_contracts import (
    Answer,
    AnswerSummary,
    ConversationSummary,
    ConversationView,
    Digest,
    EvaluationReport,
    Label,
    Layer,
    Quote,
    Recipe,
    Role,
    RunState,
    Transcript,
)
from auricle_contracts.appeals import Appeal
from auricle_contracts.masking import PLACEHOLDER

from auricle_console.gateway import Peaks
from auricle_console.views.appeals import by_subject
from auricle_console.views.findings import FindingDraft, ShownFinding, ShownOverall, shown_finding, shown_overall
from auricle_console.views.labels import Draft, Opinion, opinions, options
from auricle_console.views.ledger import Ledger, ledger
from auricle_console.views.listing import (
    FINAL,
    HOPELESS,
    dead_reason,
    may_succeed,
    person,
    state_of,
    title_of,
    waiting_for,
)
from auricle_console.views.sentiment import said_marks
from auricle_console.views.turns import TurnRow, place, turn_rows
from auricle_console.views.values import ShownAnswer, answered
from auricle_console.views.waveform import Waveform, draw
from auricle_console.wording import Wording

NAME_HIDDEN = re.compile(r"\[\w+\]")
"""What stands for the name of a person whom the key may not know: a kind without a number, "[ИМЯ]"."""


@dataclass(frozen=True)
class Material:
    """What the gateway has; None stands for what it has not. `unmasked`: with what is hidden from others."""

    view: ConversationView
    transcript: Transcript | None = None
    report: EvaluationReport | None = None
    peaks: Peaks | None = None
    recipe: Recipe | None = None
    labels: tuple[Label, ...] = ()
    summary: ConversationSummary | None = None
    unmasked: bool = False
    appeals: tuple[Appeal, ...] = ()

    @property
    def hides(self) -> bool:
        """Whether something of what is said stands behind placeholders."""
        turns = self.transcript.turns if self.transcript else ()
        return any(PLACEHOLDER.search(turn.text) for turn in turns)

    def hidden(self) -> tuple[str, ...]:
        """Words for exactly what is hidden here and what is not: text, sound where there is one, the customer's name where it is known."""
        customer = person(self.view, Role.CUSTOMER)
        text = ("hidden_sound" if self.view.recording else "hidden",) if self.hides else ()
        if not customer:
            return text
        if NAME_HIDDEN.fullmatch(customer):
            return (*text, "customer_hidden")
        return (*text, "customer_seen") if text else ()


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
    overall: ShownOverall | None
    rows: tuple[TurnRow, ...]
    turns_left_out: int
    unsure_words: bool
    digest: Digest | None
    kept_percent: int | None
    waveform: Waveform
    ledger: Ledger | None
    flags: tuple[str, ...]
    reason: str
    dead_run: str
    may_succeed: bool
    mute: str
    waiting_for: str
    state: str
    demo_weights: bool
    live: bool
    history: tuple[tuple[str, Opinion], ...]
    choices: dict[str, tuple[tuple[str, str], ...]]
    may_label: bool
    hides: bool
    hidden: tuple[str, ...]
    draft: Draft | None = None
    missed: FindingDraft | None = None
    appeals: dict[str, Appeal] = field(default_factory=dict)
    may_appeal: bool = False
    appeal_fault: str = ""


def conversation_page(
    material: Material,
    words: Wording,
    *,
    may_label: bool = False,
    may_operate: bool = False,
    draft: Draft | None = None,
    missed: FindingDraft | None = None,
    may_appeal: bool = False,
    appeal_fault: str = "",
) -> ConversationPage:
    """The page of one conversation; with forms for its answers where the caller may label, one of them with what was typed."""
    view, report, transcript = material.view, material.report, material.transcript
    answers = report.evaluation.answers if report else ()
    findings = report.evaluation.findings if report else ()
    anchors = place(
        [quote for one in answers for quote in one.quotes] + [quote for one in findings for quote in one.quotes]
    )
    counts = _counting(material.summary, report)
    shown = {layer: _of_layer(answers, layer, anchors, counts, words) for layer in Layer}
    duration = _duration(material)
    digest = report.digest if report else None
    said = said_marks(answers)
    rows = turn_rows(transcript, digest, anchors, _speakers(view), words, said) if transcript else ()
    return ConversationPage(
        material=material,
        title=title_of(view, words),
        agent=person(view, Role.AGENT),
        customer=person(view, Role.CUSTOMER),
        duration_ms=duration,
        judged=shown[Layer.MODEL],
        reasoning=_reasoning(shown[Layer.MODEL]),
        established=shown[Layer.RULE],
        passed_on=shown[Layer.METADATA],
        findings=tuple(shown_finding(one, anchors, report.class_titles if report else {}, words) for one in findings),
        overall=shown_overall(report.overall, report.evaluation.overall, report.class_titles, words)
        if report
        else None,
        rows=rows,
        turns_left_out=len(transcript.turns) - len(rows) if transcript else 0,
        unsure_words=any(piece.heard_badly for row in rows for piece in row.pieces),
        digest=digest,
        kept_percent=round(100 * digest.tokens_after / digest.tokens_before)
        if digest and digest.tokens_before
        else None,
        waveform=draw(material.peaks, _track_roles(view), duration, anchors, [row.turn for row in rows if row.rise]),
        ledger=ledger(report.costs) if report and report.costs else None,
        flags=_flags(material),
        reason=dead_reason(view),
        may_succeed=may_succeed(dead_reason(view)),
        mute=_mute(view),
        dead_run=_resendable(view) if may_operate else "",
        waiting_for=waiting_for(view),
        state=state_of(view),
        demo_weights=bool((report and report.evaluation.demo_weights) or (transcript and transcript.demo_weights)),
        live=view.progress not in FINAL,
        history=opinions(material.labels, report.evaluation, words) if report else (),
        choices={one.criterion: options(one, report.choices, words) for one in answers} if report else {},
        may_label=may_label,
        hides=material.hides,
        hidden=material.hidden(),
        draft=draft,
        missed=missed,
        appeals=by_subject(material.appeals),
        may_appeal=may_appeal,
        appeal_fault=appeal_fault,
    )


Counting = dict[tuple[str, str | None], AnswerSummary]


def _counting(summary: ConversationSummary | None, report: EvaluationReport | None) -> Counting:
    """The answers as they count, by criterion and participant, when they are of the evaluation that is shown."""
    if summary is None or report is None or summary.evaluation_id != report.evaluation.id:
        return {}
    found: Counting = {}
    for one in summary.answers:
        found.setdefault((one.criterion, one.participant), one)
    return found


def _of_layer(
    answers: tuple[Answer, ...], layer: Layer, anchors: dict[Quote, str], counts: Counting, words: Wording
) -> tuple[ShownAnswer, ...]:
    return tuple(
        answered(one, anchors, words, counts.get((one.criterion, one.participant)))
        for one in answers
        if one.layer is layer
    )


def _reasoning(judged: tuple[ShownAnswer, ...]) -> str | None:
    """One prompt answers several criteria with one reasoning: it is shown once, above them."""
    said = {one.answer.reasoning for one in judged if one.answer.reasoning}
    return said.pop() if len(said) == 1 and len(judged) > 1 else None


def _flags(material: Material) -> tuple[str, ...]:
    """What is doubtful about recording, transcript and evaluation, each once."""
    view, transcript, report = material.view, material.transcript, material.report
    found = [*(view.recording.flags if view.recording else ()), *(transcript.flags if transcript else ())]
    return tuple(dict.fromkeys([*found, *(report.evaluation.flags if report else ())]))


def _mute(view: ConversationView) -> str:
    """The code of what is wrong with the recording itself, which then no player plays; "" while nothing is known to be."""
    code = dead_reason(view).partition(":")[0]
    return code if view.recording and code in HOPELESS else ""


def _resendable(view: ConversationView) -> str:
    """The dead run that sending again may help; "" where there is none."""
    dead = next((run.id for run in view.runs if run.state is RunState.DEAD), "")
    return dead if may_succeed(dead_reason(view)) else ""


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
