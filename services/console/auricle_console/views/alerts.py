"""Alerts as the page shows them: figures in the page's language, and the form of a rule as it was filled in."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, Literal

from auricle_contracts.alerts import COUNTS, OF_A_CLASS, Alert, AlertRule, AlertSeverity, Measure, Reading

from auricle_console.alert_book import Look
from auricle_console.wording import Wording

WINDOWS = (15, 60, 240, 1440, 10_080)
"""Minutes that the form offers; another one of the API stays as it is."""


@dataclass(frozen=True)
class ShownAlert:
    """What rang, with its readings in words."""

    alert: Alert
    first: str
    last: str


@dataclass(frozen=True)
class ShownRule:
    """A rule, and when it rings in words."""

    rule: AlertRule
    when: str
    state: str


@dataclass(frozen=True)
class RuleDraft:
    """The fields of the form, as typed; shares are typed in percent."""

    name: str = ""
    measure: Measure = Measure.CLASS_COUNT
    subject: str = ""
    compared: Literal["threshold", "previous"] = "threshold"
    threshold: str = "3"
    minimum: str = "20"
    window: str = "1440"
    team: str = ""
    line: str = ""
    channel: str = ""
    severity: AlertSeverity = AlertSeverity.NORMAL
    cooldown: str = "240"
    destinations: tuple[str, ...] = ()
    active: bool = True


NEW_RULE = RuleDraft()


def alerts(found: Iterable[Alert], words: Wording) -> tuple[ShownAlert, ...]:
    """In the order given."""
    return tuple(
        ShownAlert(one, told(one.measure, one.first, words), told(one.measure, one.last, words)) for one in found
    )


def rules(found: Iterable[AlertRule], words: Wording) -> tuple[ShownRule, ...]:
    """In the order given."""
    return tuple(ShownRule(one, _when(one, words), _state(one)) for one in found)


def look(measure: Measure, found: Look, words: Wording) -> str:
    """What a rule reads now, and what would come of it."""
    verdict = {True: "rings_now", False: "quiet_now", None: "too_few_now"}[found.rings]
    return f"{told(measure, found.reading, words)} — {words('alerts.' + verdict)}"


def told(measure: Measure, reading: Reading, words: Wording) -> str:
    """The value with its interval and n."""
    said = _figure(measure, reading.value, words)
    if reading.low is not None and reading.high is not None:
        said += f" ({_figure(measure, reading.low, words)} – {_figure(measure, reading.high, words)})"
    if reading.before_n is not None:
        said += ", " + words("alerts.was", value=_figure(measure, reading.before, words))
    return f"{said}, n = {reading.n}"


def draft_of(rule: AlertRule) -> RuleDraft:
    """The form of a rule that is there."""
    share = rule.measure not in {*COUNTS, Measure.MEAN_SCORE}
    return RuleDraft(
        rule.name,
        rule.measure,
        rule.error_class or rule.criterion or "",
        rule.compared,
        f"{rule.threshold * 100 if share else rule.threshold:g}",
        str(rule.minimum),
        str(rule.window_minutes),
        rule.team or "",
        rule.line or "",
        rule.channel or "",
        rule.severity,
        str(rule.cooldown_minutes),
        rule.destination_ids,
        rule.active,
    )


def said(draft: RuleDraft) -> dict[str, Any]:
    """As the gateway takes it; what is no number goes as it was typed, and is refused there."""
    threshold = _number(draft.threshold)
    if draft.measure not in {*COUNTS, Measure.MEAN_SCORE} and isinstance(threshold, float):
        threshold /= 100
    return {
        "name": draft.name,
        "measure": draft.measure,
        "error_class": (draft.subject or None) if draft.measure in OF_A_CLASS else None,
        "criterion": (draft.subject or None) if draft.measure is Measure.MEAN_SCORE else None,
        "compared": "threshold" if draft.measure in COUNTS else draft.compared,
        "threshold": threshold,
        "minimum": _whole(draft.minimum),
        "window_minutes": _whole(draft.window),
        "team": draft.team or None,
        "line": draft.line or None,
        "channel": draft.channel or None,
        "severity": draft.severity,
        "cooldown_minutes": _whole(draft.cooldown),
        "destination_ids": list(draft.destinations),
        "active": draft.active,
    }


def _when(rule: AlertRule, words: Wording) -> str:
    kind, subject = ("error_class", rule.error_class) if rule.error_class else ("criterion", rule.criterion)
    what = words("measure." + rule.measure) + (f": {words.known(f'{kind}.{subject}', subject)}" if subject else "")
    key = "alerts.worse_by" if rule.compared == "previous" else "alerts." + _direction(rule.measure)
    limit = words(key, value=_figure(rule.measure, rule.threshold, words))
    narrowed = [one for one in (rule.team, rule.line, rule.channel and words("channel." + rule.channel)) if one]
    return ", ".join([f"{what} {limit}", words("alerts.within", window=_window(rule.window_minutes, words)), *narrowed])


def _direction(measure: Measure) -> str:
    if measure in COUNTS:
        return "from"
    return "below" if measure is Measure.MEAN_SCORE else "above"


def _window(minutes: int, words: Wording) -> str:
    known = words.texts.get(f"alert_window.{minutes}")
    return known if isinstance(known, str) else words("alerts.minutes", count=minutes)


def _state(rule: AlertRule) -> str:
    if not rule.active:
        return "off"
    return rule.alert_state or "quiet"


def _figure(measure: Measure, value: float | None, words: Wording) -> str:
    if value is None:
        return words("alerts.nothing")
    if measure in COUNTS:
        return f"{value:.0f}"
    shown = f"{value:.1f}" if measure is Measure.MEAN_SCORE else f"{value * 100:.1f} %"
    return shown.replace(".", ",") if words.language == "ru" else shown


def _number(typed: str) -> float | str:
    try:
        return float(typed.replace(",", "."))
    except ValueError:
        return typed


def _whole(typed: str) -> int | str:
    return int(typed) if typed.isascii() and typed.isdigit() and len(typed) < 10 else typed
