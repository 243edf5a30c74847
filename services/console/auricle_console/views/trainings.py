"""Trainings as a person reads them: how far one is, what it would take, and what came of it. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from auricle_contracts.trainings import UNDER_WAY, TrainingEstimate, TrainingReport, TrainingState, TrainingView
from pydantic import JsonValue

from auricle_console.formatting import number
from auricle_console.views.gates import GateView, gate_view
from auricle_console.wording import Wording

GIB = 1 << 30
WIDTH, HEIGHT = 100.0, 40.0
HOUR_S, MINUTE_S = 3600.0, 60.0


@dataclass(frozen=True)
class TrainingPage:
    """`share` of the steps in per cent, None before there are steps. `left` is told time. `losses` are points of the curve of the
    development split, `lowest` its best; empty where nothing was kept.
    """

    report: TrainingReport
    is_under_way: bool
    is_open: bool
    share: int | None
    spent: str | None
    left: str | None
    memory: str | None
    gate: GateView | None
    losses: str
    lowest: str | None


@dataclass(frozen=True)
class EstimateShown:
    """In the page's language; `seconds` None: nobody knows yet."""

    estimate: TrainingEstimate
    memory: str
    seconds: str | None


def training_page(report: TrainingReport, words: Wording) -> TrainingPage:
    """`is_open`: proposed, and nobody decided yet."""
    seen = _seen(report.figures)
    points = [(index, one) for index, one in enumerate(seen)] if len(seen) > 1 else []
    return TrainingPage(
        report=report,
        is_under_way=report.state in UNDER_WAY,
        is_open=report.state is TrainingState.PROPOSED and report.artefact_state == "candidate",
        share=share_of(report),
        spent=duration(report.seconds, words) if report.seconds is not None else None,
        left=_left(report, words),
        memory=_memory(report, words),
        gate=gate_view(report.figures),
        losses=" ".join(_point(index, one, seen) for index, one in points),
        lowest=number(min(seen), words.language, 3) if seen else None,
    )


def estimate_shown(estimate: TrainingEstimate, words: Wording) -> EstimateShown:
    """For the form."""
    seconds = duration(estimate.seconds, words) if estimate.seconds is not None else None
    return EstimateShown(estimate, gib(estimate.memory, words), seconds)


def share_of(one: TrainingView) -> int | None:
    """Per cent of the steps."""
    return round(100 * min(1.0, one.step / one.steps)) if one.steps and one.step is not None else None


def duration(seconds: float, words: Wording) -> str:
    """Hours with a decimal, or whole minutes, one at least."""
    if seconds >= 2 * HOUR_S:
        return words("training.hours", hours=number(seconds / HOUR_S, words.language))
    return words.count("plural.minutes", max(1, round(seconds / MINUTE_S)))


def gib(size: int, words: Wording) -> str:
    """Bytes as GiB with a decimal."""
    return words("training.gib", size=number(max(size / GIB, 0.1), words.language))


def _memory(report: TrainingReport, words: Wording) -> str | None:
    if report.cost is None:
        return None
    needed, free = gib(report.cost.memory, words), gib(report.cost.available, words)
    return words("training.memory_of", needed=needed, free=free)


def _left(report: TrainingReport, words: Wording) -> str | None:
    if report.state is not TrainingState.RUNNING or not report.step or not report.steps or not report.seconds:
        return None
    return duration(report.seconds / report.step * (report.steps - report.step), words)


def _seen(figures: Mapping[str, JsonValue]) -> Sequence[float]:
    """Losses on the development split at each checkpoint."""
    training = figures.get("training")
    held = training.get("held_back_loss") if isinstance(training, Mapping) else None
    seen = held.get("seen") if isinstance(held, Mapping) else None
    return [float(one) for one in seen if isinstance(one, int | float)] if isinstance(seen, list) else []


def _point(index: int, value: float, seen: Sequence[float]) -> str:
    low, high = min(seen), max(seen)
    up = (value - low) / (high - low) if high > low else 0.0
    return f"{index / (len(seen) - 1) * WIDTH:.1f},{HEIGHT - 2 - up * (HEIGHT - 4):.1f}"
