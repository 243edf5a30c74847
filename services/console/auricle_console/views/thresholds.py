"""Thresholds of a scorecard's version as its page shows them: from which confidence on, how many are kept, at what risk. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass

from auricle_contracts.thresholds import Threshold, Thresholds
from pydantic import JsonValue, ValidationError

from auricle_console.formatting import NOTHING, number
from auricle_console.views.analytics import percent
from auricle_console.wording import Wording


@dataclass(frozen=True)
class ThresholdRow:
    """What is said of a class or criterion. `held` is false where nothing is kept or nothing is known."""

    name: str
    said: str
    state: str
    at_least: str
    coverage: str
    wrong: str
    risk: str
    n: str
    held: bool


@dataclass(frozen=True)
class ThresholdTable:
    """`risk` and `sure` are what was asked for, in percent: at most this share wrong, with this probability."""

    model: str
    weights: str
    calibrated: bool
    risk: str
    sure: str
    rows: tuple[ThresholdRow, ...]


def threshold_table(body: Mapping[str, JsonValue], titles: Mapping[str, str], words: Wording) -> ThresholdTable | None:
    """None where the version carries none, or such as this page does not know. `titles` are those of error classes."""
    try:
        found = Thresholds.model_validate(body.get("thresholds"))
    except ValidationError:
        return None
    return ThresholdTable(
        model=found.model.name,
        weights=(found.model.weights or NOTHING)[:16],
        calibrated=found.calibrated,
        risk=percent(found.risk, words),
        sure=percent(1 - found.delta, words),
        rows=tuple(_row(one, titles, words) for one in found.of),
    )


def _row(one: Threshold, titles: Mapping[str, str], words: Wording) -> ThresholdRow:
    covered = one.coverage
    low, high = (percent(end, words) for end in (covered.low, covered.high)) if covered else ("", "")
    share = covered.share if covered else None
    return ThresholdRow(
        name=titles.get(one.subject) or words.known(f"criterion.{one.subject}", one.subject),
        said=words(f"threshold.{one.said}"),
        state=words(f"threshold.{one.state}"),
        at_least=NOTHING if one.at_least is None else number(one.at_least, words.language, 2),
        coverage=NOTHING if share is None else f"{percent(share, words)} ({low} – {high})",
        wrong=words("analytics.of", found=one.wrong, looked=one.kept) if one.kept else NOTHING,
        risk=NOTHING if one.risk_high is None else f"≤ {percent(one.risk_high, words)}",
        n=str(one.n),
        held=one.at_least is not None,
    )
