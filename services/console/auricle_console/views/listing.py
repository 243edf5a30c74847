"""The list: one row a conversation, the criteria that its reports answer as columns."""

from collections.abc import Sequence
from dataclasses import dataclass

from auricle_contracts import Answer, ConversationView, CriterionKind, EvaluationReport, Layer, Participant, Role

from auricle_console.views.values import Shown, show
from auricle_console.wording import Wording

FINAL = frozenset({"done", "dead", "deleted"})
COLUMNS = 5
ALSO = ("price_mentions",)  # the fact that the analysts' sheet has beside the judged columns


@dataclass(frozen=True)
class Row:
    """A conversation; `cells` follow the columns. `reason` is `code: detail` of the run that died."""

    view: ConversationView
    title: str
    agent: str
    customer: str
    duration_ms: int | None
    cells: tuple[Shown, ...]
    findings: int
    reason: str
    waiting_for: str
    demo_weights: bool


@dataclass(frozen=True)
class Listing:
    """Columns as (criterion, title); `live` while some row will still change."""

    columns: tuple[tuple[str, str], ...]
    rows: tuple[Row, ...]
    live: bool


Pair = tuple[ConversationView, EvaluationReport | None]


def listing(pairs: Sequence[Pair], words: Wording) -> Listing:
    """The rows of one page."""
    columns = _columns([answer for _, report in pairs if report for answer in report.evaluation.answers], words)
    rows = tuple(row(view, report, columns, words) for view, report in pairs)
    return Listing(columns, rows, any(view.progress not in FINAL for view, _ in pairs))


def row(
    view: ConversationView, report: EvaluationReport | None, columns: Sequence[tuple[str, str]], words: Wording
) -> Row:
    """One conversation."""
    answers = {one.criterion: one for one in report.evaluation.answers} if report else {}
    return Row(
        view=view,
        title=view.external_id or view.id,
        agent=person(view, Role.AGENT),
        customer=person(view, Role.CUSTOMER),
        duration_ms=view.recording.duration_ms if view.recording else None,
        cells=tuple(show(answers.get(criterion), words) for criterion, _ in columns),
        findings=len(report.evaluation.findings) if report else 0,
        reason=dead_reason(view),
        waiting_for=waiting_for(view),
        demo_weights=bool(report and report.evaluation.demo_weights),
    )


def person(view: ConversationView, role: Role) -> str:
    """The first participant of the role: name, else reference; "" where nobody is known."""
    found: Participant | None = next((one for one in view.participants if one.role is role), None)
    return (found.name or found.reference or "") if found else ""


def dead_reason(view: ConversationView) -> str:
    """`code: detail` of the last run that died; "" while none has."""
    return next((run.last_error for run in reversed(view.runs) if run.last_error and run.state == "dead"), "")


def waiting_for(view: ConversationView) -> str:
    """The word for what a waiting run waits for, beyond its turn; "" when it only waits for that."""
    return next((run.waiting_for for run in view.runs if run.waiting_for), "")


def _columns(answers: Sequence[Answer], words: Wording) -> tuple[tuple[str, str], ...]:
    wanted = {
        one.criterion: one.title for one in answers if one.layer is Layer.MODEL and one.kind is not CriterionKind.TEXT
    }
    chosen = dict(list(wanted.items())[:COLUMNS])
    chosen |= {one.criterion: one.title for one in answers if one.criterion in ALSO}
    return tuple((criterion, words.known(f"column.{criterion}", title)) for criterion, title in chosen.items())
