"""Coaching ready to draw: tasks with their subject in words, and what came of one."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime

from auricle_contracts.coaching import CoachingEffect, CoachingTask, EffectSide
from auricle_contracts.vocabulary import CoachingState

from auricle_console.formatting import number, signed
from auricle_console.wording import Wording

TEXT_CHARS = 4000
WAITING = frozenset({CoachingState.OPEN, CoachingState.ACKNOWLEDGED})


@dataclass(frozen=True)
class TaskDraft:
    """What was typed when it could not be kept; `fault` says why."""

    agent: str
    conversation: str
    criterion: str = ""
    finding: str = ""
    text: str = ""
    due: str = ""
    fault: str = ""


@dataclass(frozen=True)
class TaskCard:
    """A task with its subject in words. `anchor` leads to the card in its conversation; `waiting`: neither done nor withdrawn."""

    task: CoachingTask
    title: str
    anchor: str
    waiting: bool
    overdue: bool


@dataclass(frozen=True)
class ShownSide:
    """One side of an effect: its value and interval as text."""

    value: str
    interval: str
    n: int


@dataclass(frozen=True)
class ShownEffect:
    """What came of a task. `verdict`: `nothing`, `few`, `unclear` (the interval holds zero), `up` or `down`."""

    before: ShownSide
    after: ShownSide
    change: str
    interval: str
    verdict: str
    window_days: int


def cards(
    tasks: Iterable[CoachingTask], titles: Mapping[str, str], words: Wording, now: datetime | None = None
) -> tuple[TaskCard, ...]:
    """As they come."""
    at = now or datetime.now(UTC)
    return tuple(_card(one, titles, words, at) for one in tasks)


def title_of(criterion: str | None, error_class: str | None, titles: Mapping[str, str], words: Wording) -> str:
    """What a task is about, in the page's language."""
    if criterion:
        return words.known(f"criterion.{criterion}", criterion)
    return titles.get(error_class or "", "") or (error_class or "").replace("_", " ")


def shown_effect(effect: CoachingEffect, words: Wording) -> ShownEffect:
    """With what may be said of it."""
    change = "" if effect.change is None else signed(effect.change, words.language)
    return ShownEffect(
        before=_side(effect.before, effect.unit, words),
        after=_side(effect.after, effect.unit, words),
        change=change + (" %" if change and effect.unit == "per_cent" else ""),
        interval=_interval(effect.change_low, effect.change_high, words),
        verdict=_verdict(effect),
        window_days=effect.window_days,
    )


def _card(task: CoachingTask, titles: Mapping[str, str], words: Wording, now: datetime) -> TaskCard:
    waiting = task.state in WAITING
    return TaskCard(
        task=task,
        title=title_of(task.criterion, task.error_class, titles, words),
        anchor=f"c-{task.criterion}" if task.criterion else f"c-finding-{task.finding_id}",
        waiting=waiting,
        overdue=waiting and task.due_at < now,
    )


def _side(side: EffectSide, unit: str, words: Wording) -> ShownSide:
    value = number(side.value, words.language) + (" %" if unit == "per_cent" and side.value is not None else "")
    return ShownSide(value, _interval(side.low, side.high, words), side.n)


def _interval(low: float | None, high: float | None, words: Wording) -> str:
    if low is None or high is None:
        return ""
    return words("coaching.interval", low=number(low, words.language), high=number(high, words.language))


def _verdict(effect: CoachingEffect) -> str:
    if effect.change is None:
        return "nothing"
    if not effect.is_enough or effect.change_low is None or effect.change_high is None:
        return "few"
    if effect.change_low <= 0 <= effect.change_high:
        return "unclear"
    return "up" if effect.change > 0 else "down"
