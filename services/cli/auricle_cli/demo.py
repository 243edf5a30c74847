"""`auricle demo`: the golden path, for real. Every store, engine and service is the one that the product runs on.

stack up → samples posted through the REST door → a worker killed in the middle → reports → files → stack down
"""

import os
import shutil
import signal
import time
from dataclasses import dataclass
from pathlib import Path

import httpx
from auricle_contracts import AnswerState, ConversationView, EvaluationReport, Layer
from rich.console import Console
from rich.rule import Rule

from auricle_cli import samples, showing
from auricle_cli.gateway import Gateway
from auricle_cli.samples import Submission
from auricle_cli.stack import leftovers
from auricle_cli.stack.local_stack import LocalStack
from auricle_cli.watching import Watch, follow
from auricle_cli.weights.judge_weights import JudgeWeights
from auricle_cli.weights.speech_weights import SpeechWeights

IDLE_S = 420.0  # without an end of any conversation; on a machine that a dozen others use all of them took 700 s
ARTICLE_ALL_IN = "$0.04"
ARTICLE_LANGUAGE = "$0.0003"


def run(root: Path, weights: SpeechWeights, judge: JudgeWeights) -> None:
    """The whole demonstration; raises when a conversation that should have a report has none."""
    console = showing.fitting()
    signal.signal(signal.SIGTERM, _end)
    began = time.monotonic()
    state = _fresh_state(root)
    out = root / "out"
    try:
        with (
            LocalStack(
                root,
                state,
                lambda line: console.print(f"  [dim]{line}[/]"),
                settings={**weights.settings, **judge.settings},
            ) as stack,
            Gateway(stack.plan.url("gateway"), stack.key) as gateway,
        ):
            console.print(
                f"[bold]The stack is up[/] after {time.monotonic() - began:.0f} s: {len(stack.processes) + 1} processes"
            )
            watch = _submit_and_follow(root, weights, stack, gateway, console)
            reports = _show(gateway, watch, console)
            _write(stack, gateway, watch, out, console)
    finally:
        shutil.rmtree(state, ignore_errors=True)
    finished = sum(report is not None for _, report in reports)
    console.print(
        f"\n[bold]{finished} reports[/] in {time.monotonic() - began:.0f} s. Everything is stopped. The live page: [bold]make up[/]"
    )


def _end(_number: int, _frame: object) -> None:
    """SIGTERM ends the demonstration as Ctrl-C does: the stack is closed on the way out."""
    raise KeyboardInterrupt


def _fresh_state(root: Path) -> Path:
    """A folder of this run; folders of demos that crashed are cleared, those of demos that run are left alone."""
    parent = root / ".auricle"
    for old in parent.glob("demo-*"):
        if leftovers.living(old) is None:
            leftovers.sweep(old)
            shutil.rmtree(old, ignore_errors=True)
    return parent / f"demo-{os.getpid()}"


@dataclass
class WorkerKill:
    """Kills the speech worker, parent and child, while it holds a recording; remembers which."""

    stack: LocalStack
    console: Console
    victim: str = ""
    killed_at: float = 0.0

    def __call__(self, watch: Watch) -> None:
        """Called at each poll."""
        working = next((view for view in watch.views.values() if view.progress == "transcribing"), None)
        if self.victim or working is None or not watch.ended_after:
            return
        self.victim = working.id
        self.killed_at = time.monotonic() - watch.started
        self.stack.processes["asr"].signal(signal.SIGKILL)
        self.console.print(f"  [red]kill -9[/] of the speech worker while it held {watch.names[working.id]}")


def shipped(data: Path, weights: SpeechWeights) -> list[Path]:
    """The samples that these weights can hear: the shipped ones know espeak's voices only. Texts and broken files are for both."""
    if weights.are_shipped:
        return [data / "calls", data / "texts"]
    broken = [data / "calls" / name for name in ("90-silent.wav", "92-not-audio.wav")]
    return [data / "spoken", *broken, data / "texts"]


def _submit_and_follow(
    root: Path, weights: SpeechWeights, stack: LocalStack, gateway: Gateway, console: Console
) -> Watch:
    console.print(Rule("Posting the samples through the REST door", align="left"))
    found = [one for one in samples.find(shipped(root / "tests" / "data", weights)) if isinstance(one, Submission)]
    names = {submission.post(gateway).id: submission.name for submission in found}
    console.print(f"{len(names)} conversations accepted (synthetic: made by libs/samples)")
    kill = WorkerKill(stack, console)
    watch = Watch(gateway, names)
    follow(watch, console, idle_seconds=IDLE_S, on_poll=kill)
    if kill.victim:
        arrived = watch.ended_after.get(kill.victim)
        told = (
            f"arrived all the same, {arrived - kill.killed_at:.1f} s after the kill" if arrived else "has not arrived"
        )
        runs = watch.views[kill.victim].runs
        counts = ", ".join(f"{run.step}: {run.attempts} attempts, {run.lost_leases} lost leases" for run in runs)
        console.print(
            f"  {names[kill.victim]} {told} ({counts}); the worker was started {stack.processes['asr'].restarts} more time(s)"
        )
    return watch


def _show(gateway: Gateway, watch: Watch, console: Console) -> list[tuple[ConversationView, EvaluationReport | None]]:
    views = [watch.views[conversation_id] for conversation_id in watch.names]
    reports = [(view, gateway.report(view.id) if view.progress == "done" else None) for view in views]
    console.print(showing.reports_table(reports))
    full = max(((view, report) for view, report in reports if report), key=_worth_reading, default=None)
    if full:
        console.print(Rule("One report in full", align="left"))
        console.print(showing.full_report(*full, gateway.transcript(full[0].id)))
        _say_what_compares_with_the_article(console)
    for view in watch.dead:
        error = next((run.last_error for run in view.runs if run.last_error), "")
        console.print(f"[red]{watch.names[view.id]}[/] ended dead, with its reason: {error}")
    console.print(showing.agents_table(gateway.agents()))
    return reports


def _worth_reading(reported: tuple[ConversationView, EvaluationReport]) -> tuple[int, bool]:
    """More answers of the model first, and a call before a chat: it has sound."""
    view, report = reported
    answered = [
        one for one in report.evaluation.answers if one.layer is Layer.MODEL and one.state is AnswerState.ANSWERED
    ]
    return len(answered), view.recording is not None


def _say_what_compares_with_the_article(console: Console) -> None:
    console.print(
        f"The article that this product comes from names {ARTICLE_ALL_IN} a call before and {ARTICLE_LANGUAGE} after. The second is the "
        "language model's share alone, on a GPU; seconds above are CPU seconds of this machine and have no GPU price, so no money is "
        "shown beside them. docs/architecture.md tells how a cluster's seconds become money.",
        style="dim",
    )


def _write(stack: LocalStack, gateway: Gateway, watch: Watch, out: Path, console: Console) -> None:
    console.print(Rule("Files", align="left"))
    sheet = out / "report.xlsx"
    console.print(f"{sheet}  {gateway.export('xlsx', sheet, {}) // 1024} KiB, the analysts' layout")
    page = out / "report" / "index.html"
    page.parent.mkdir(parents=True, exist_ok=True)
    query = {"ids": ",".join(watch.names)}
    headers = {"Authorization": f"Bearer {stack.key}"}
    answer = httpx.get(stack.plan.url("console") + "/report", params=query, headers=headers, timeout=300.0)
    answer.raise_for_status()
    page.write_bytes(answer.content)
    console.print(f"{page}  {len(answer.content) // 1024} KiB, opens from disk; click a quote to hear it")
    logs = out / "logs"
    shutil.rmtree(logs, ignore_errors=True)
    shutil.copytree(stack.state / "logs", logs)
    console.print(f"{logs}  one log a process")
