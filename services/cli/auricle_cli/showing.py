"""Reports in the terminal: the table of conversations, one report in full, agents, dead runs."""

from collections.abc import Iterable, Sequence
from decimal import Decimal
from typing import Any

from auricle_contracts import (
    Answer,
    AnswerState,
    ConversationView,
    CostLine,
    EvaluationReport,
    Label,
    Role,
    RunView,
    Transcript,
)
from rich.console import Console, Group, RenderableType
from rich.markup import escape
from rich.panel import Panel
from rich.table import Table
from rich.text import Text

COLUMNS = (
    ("politeness", "politeness"),
    ("objection_handling", "objections"),
    ("sale_chance", "chance of sale"),
    ("stage", "stage"),
    ("price_mentions", "prices"),
)
WIDTH = 120
MARKS = {AnswerState.NOT_APPLICABLE: "n/a", AnswerState.UNDETERMINED: "?"}


def value_of(answer: Answer | None) -> str:
    """`n/a`: there was no occasion; `?`: a person should look; otherwise the value."""
    if answer is None:
        return "—"
    if answer.state is not AnswerState.ANSWERED:
        return MARKS[answer.state]
    if isinstance(answer.value, bool):
        return "yes" if answer.value else "no"
    return str(round(answer.value, 2) if isinstance(answer.value, float) else answer.value)


def said(state: str, value: Any) -> str:
    """A label's answer, in the words of `value_of`."""
    if state != AnswerState.ANSWERED:
        return MARKS[AnswerState(state)]
    return ("yes" if value else "no") if isinstance(value, bool) else str(value)


def labels_report(reply: dict[str, Any]) -> RenderableType:
    """What came of an edited sheet: labels, refused cells with their addresses, and the counts."""
    table = Table(title="Labels", title_justify="left", header_style="bold")
    for name in ("cell", "criterion", "was", "is", ""):
        table.add_column(name)
    for one in reply["labels"]:
        was, now = said(one["old_state"], one["old_value"]), said(one["state"], one["value"])
        table.add_row(*map(escape, (one["cell"], one["criterion"], was, now, one["kept"] or "not written")))
    unread = [_unread_table(title, reply[key]) for title, key in UNREAD if reply[key]]
    counts = (
        f"{reply['cells']} cells: {reply['answers_read']} answers read, {reply['refused']} refused, {reply['ignored']} ignored. "
        f"Labels: {reply['new']} new, {reply['changed']} changed, {reply['same']} as before; "
        f"nothing is said of {reply['unchanged']}"
    )
    return Group(*([table] if reply["labels"] else []), *unread, Text(counts))


UNREAD = (("Refused", "refused_cells"), ("Ignored", "ignored_cells"))


def _unread_table(title: str, cells: Sequence[dict[str, Any]]) -> Table:
    """One line a cell, or a row or column of them."""
    table = Table(title=title, title_justify="left", header_style="bold")
    for name in ("cell", "why", "cells"):
        table.add_column(name)
    for one in cells:
        table.add_row(escape(one["cell"]), escape(one["why"]), str(one["cells"]))
    return table


def labels_table(labels: Sequence[Label]) -> Table:
    """One line a label."""
    table = Table(title="Labels", title_justify="left", header_style="bold")
    for name in ("conversation", "criterion", "was", "is", "who", "comment"):
        table.add_column(name)
    for one in labels:
        was, now = said(one.old_state, one.old_value), said(one.state, one.value)
        table.add_row(
            *map(
                escape, (one.conversation_id, one.criterion, was, now, one.author_name or one.author, one.comment or "")
            )
        )
    return table


def clock(ms: int | None) -> str:
    """Ms as m:ss; a dash where there is no time."""
    return "—" if ms is None else f"{ms // 60000}:{ms // 1000 % 60:02d}"


def agent_name(view: ConversationView) -> str:
    """The agent's name, else the reference."""
    agent = next((one for one in view.participants if one.role is Role.AGENT), None)
    return (agent.name or agent.reference or "—") if agent else "—"


def reports_table(rows: Sequence[tuple[ConversationView, EvaluationReport | None]]) -> Table:
    """One line a conversation."""
    table = Table(title="Reports", title_justify="left", header_style="bold")
    table.add_column("conversation")
    table.add_column("channel")
    table.add_column("agent")
    for _, title in COLUMNS:
        table.add_column(title, justify="right")
    table.add_column("state")
    for view, report in rows:
        answers = {one.criterion: one for one in report.evaluation.answers} if report else {}
        cells = [value_of(answers.get(criterion)) if report else "" for criterion, _ in COLUMNS]
        table.add_row(
            escape(view.external_id or view.id[:8]), view.channel, escape(agent_name(view)), *cells, _state(view)
        )
    return table


def _state(view: ConversationView) -> str:
    if view.progress != "dead":
        return f"[green]{view.progress}[/]"
    error = next((run.last_error for run in view.runs if run.last_error), "")
    return f"[red]dead[/] {escape((error or '').split(':')[0])}"


def _answers(answers: Iterable[Answer]) -> Table:
    table = Table(box=None, pad_edge=False, header_style="bold")
    for title in ("criterion", "answer", "sure", "evidence"):
        table.add_column(title)
    for answer in answers:
        sure = "" if answer.confidence is None else f"{answer.confidence:.0%}"
        evidence = "\n".join(f"{clock(quote.start_ms)} «{escape(quote.text)}»" for quote in answer.quotes[:2])
        table.add_row(
            escape(answer.title),
            value_of(answer),
            sure,
            evidence or f"[dim]{escape((answer.why or '').replace('_', ' '))}[/]",
        )
    return table


def _cut(report: EvaluationReport, transcript: Transcript) -> Text:
    digest = report.digest
    if digest is None:
        return Text("nothing was compressed", style="dim")
    turns = {turn.id: turn for turn in transcript.turns}
    text = Text(
        f"{digest.tokens_before} → {digest.tokens_after} tokens ({digest.token_counter}); level {digest.level}: "
        f"{digest.level_reason}; {len(digest.dropped)} of {len(transcript.turns)} turns dropped\n"
    )
    for dropped in digest.dropped[:6]:
        turn = turns.get(dropped.turn)
        text.append(f"  T{dropped.turn} «{turn.text if turn else ''}» — {dropped.reason}\n", style="dim")
    return text


def costs_table(costs: Sequence[CostLine]) -> Table:
    """Seconds, tokens and money of each piece of work, speech and language on lines of their own."""
    table = Table(box=None, pad_edge=False, header_style="bold")
    for title in ("step", "part", "device", "seconds", "audio s", "tokens in → out", "money"):
        table.add_column(title, justify="left" if title in ("step", "part", "device") else "right")
    for line in costs:
        usage = line.usage
        tokens = "" if usage.tokens_in is None else f"{usage.tokens_in} → {usage.tokens_out or 0}"
        audio = "" if usage.audio_seconds is None else f"{usage.audio_seconds:.0f}"
        table.add_row(
            usage.step, usage.part, usage.device, f"{usage.seconds:.2f}", audio, tokens, money(line.amount_usd)
        )
    return table


def money(amount: Decimal | None) -> str:
    """Dollars; a laptop's second has no GPU price and is never shown as one."""
    return "no price" if amount is None else f"${amount:.6f}"


def _made_by(report: EvaluationReport, transcript: Transcript) -> Text:
    """Which weights heard and judged, with a warning where they are only good for a demonstration."""
    judges = dict.fromkeys(one.usage.model for one in report.costs if one.usage.part == "model" and one.usage.model)
    heard = (
        f"Heard by {transcript.engine}, weights {transcript.weights[:12] or 'unnamed'}. " if transcript.engine else ""
    )
    text = Text(f"{heard}Judged by {', '.join(judges) or 'rules alone'}.\n", style="dim")
    if report.evaluation.demo_weights:
        which = "Both are" if transcript.demo_weights else "What judged is"
        text.append(
            f"{which} demo weights of models/: small, trained on synthetic talk. Not for real decisions.\n", "yellow"
        )
    return text


def full_report(view: ConversationView, report: EvaluationReport, transcript: Transcript) -> RenderableType:
    """One conversation as an analyst would read it."""
    evaluation = report.evaluation
    parts: list[RenderableType] = []
    parts += [_made_by(report, transcript)]
    parts += [_answers(evaluation.answers), ""]
    reasoning = next((answer.reasoning for answer in evaluation.answers if answer.reasoning), None)
    if reasoning:
        parts.append(f"[bold]Reasoning[/] {escape(reasoning)}\n")
    parts += ["[bold]What was cut[/]", _cut(report, transcript), "[bold]What it cost[/]", costs_table(report.costs)]
    title = f"{view.external_id or view.id} · {view.channel} · {agent_name(view)} · {clock(transcript.duration_ms)}"
    return Panel(Group(*parts), title=escape(title), title_align="left")


def agents_table(agents: Sequence[dict[str, Any]]) -> Table:
    """The per-agent summary."""
    table = Table(title="Agents", title_justify="left", header_style="bold")
    for title in ("agent", "conversations", "politeness", "objections", "chance of sale"):
        table.add_column(title, justify="left" if title == "agent" else "right")
    for agent in agents:
        answers = agent["criteria"]
        cells = [
            _mean(answers.get(name, {}).get("mean")) for name in ("politeness", "objection_handling", "sale_chance")
        ]
        table.add_row(escape(str(agent.get("name") or agent["agent"])), str(agent["conversations"]), *cells)
    return table


def _mean(value: float | None) -> str:
    return "—" if value is None else f"{value:.0f}"


def dead_table(runs: Sequence[RunView]) -> Table:
    """Runs that were given up, and why."""
    table = Table(title="Dead runs", title_justify="left", header_style="bold")
    for title in ("run", "conversation", "step", "attempts", "lost leases", "reason"):
        table.add_column(title)
    for run in runs:
        counts = (str(run.attempts), str(run.lost_leases))
        table.add_row(run.id, run.conversation_id, run.step, *counts, escape(run.last_error or ""))
    return table


def console(*, as_json: bool) -> Console:
    """Pictures go to standard error when standard output is for JSON."""
    return fitting(stderr=as_json)


def fitting(*, stderr: bool = False) -> Console:
    """As wide as the terminal; wide enough for the tables where there is none."""
    console = Console(stderr=stderr, highlight=False)
    return console if console.is_terminal else Console(stderr=stderr, highlight=False, width=WIDTH)
