"""The page of drift ready to draw: agreement by week, the sequential test, and what comes in beside what came. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass

from auricle_contracts.drift import AgreementWatch, AgreementWeek, DriftReport, InputBin, InputDrift
from babel.dates import format_date

from auricle_console.formatting import NOTHING, number
from auricle_console.views.analytics import HEIGHT, WIDTH, Figure, FigureRow, percent, share_figure
from auricle_console.wording import Wording

BASELINE = 50
MOST_BINS = 8


@dataclass(frozen=True)
class WeekShare:
    """A week of the chart, with the ends of its interval."""

    name: str
    figure: Figure
    x: float
    y: float
    low: float
    high: float


@dataclass(frozen=True)
class InputRow:
    """An input: its index beside what chance makes of it."""

    name: str
    psi: str
    noise: str
    verdict: str
    moved: bool
    bins: tuple[str, ...]


@dataclass(frozen=True)
class DriftPage:
    """Everything of the page; `usual` is the height of a line in the chart, None where nothing is known."""

    weeks: tuple[WeekShare, ...]
    line: str
    usual: float | None
    state: str
    drifted: bool
    days: int
    inputs: tuple[InputRow, ...]
    prevalence: tuple[FigureRow, ...]


def drift_page(found: DriftReport, titles: Mapping[str, str], words: Wording) -> DriftPage:
    """In the page's language; `titles` are those of error classes."""
    weeks = _weeks(found.weeks, words)
    line = "M" + "L".join(f"{one.x:.1f} {one.y:.1f}" for one in weeks) if len(weeks) > 1 else ""
    return DriftPage(
        weeks=weeks,
        line=line,
        usual=None if found.watch.usual is None else _y(100 * found.watch.usual),
        state=_state(found.watch, words),
        drifted=found.watch.state == "drifted",
        days=found.days,
        inputs=tuple(_input(one, words) for one in found.inputs),
        prevalence=tuple(
            FigureRow(titles.get(one.error_class, one.error_class), None, share_figure(one.share, words))
            for one in found.prevalence
        ),
    )


def _weeks(weeks: tuple[AgreementWeek, ...], words: Wording) -> tuple[WeekShare, ...]:
    if not weeks:
        return ()
    first = weeks[0].week
    span = (weeks[-1].week - first).days or 1
    made = []
    for one in weeks:
        figure = share_figure(one.changed, words)
        at, low, high = (figure.at or 0.0, figure.low or 0.0, figure.high or 0.0)
        name = format_date(one.week, "d MMM y", locale=words.language)
        x = 6 + (WIDTH - 12) * (one.week - first).days / span
        made.append(WeekShare(name, figure, x, _y(at), _y(low), _y(high)))
    return tuple(made)


def _y(value: float) -> float:
    return HEIGHT * (1 - value / 100)


def _state(watch: AgreementWatch, words: Wording) -> str:
    if watch.usual is None:
        return words("drift.too_few", n=watch.n, baseline=BASELINE)
    told: dict[str, object] = {"n": watch.n, "usual": percent(watch.usual, words)}
    if watch.began_at is None or watch.signalled_at is None:
        return words("drift.steady", **told)
    began, signalled = (
        format_date(at.astimezone(words.zone).date(), "d MMM y", locale=words.language)
        for at in (watch.began_at, watch.signalled_at)
    )
    return words("drift.drifted", began=began, signalled=signalled, **told)


def _input(one: InputDrift, words: Wording) -> InputRow:
    before, now = sum(each.before for each in one.bins), sum(each.now for each in one.bins)
    return InputRow(
        name=words(f"drift.{one.input}"),
        psi=NOTHING if one.psi is None else number(one.psi, words.language, 3),
        noise=NOTHING if one.noise is None else number(one.noise, words.language, 3),
        verdict=words(f"drift.input_{one.state}"),
        moved=one.state == "moved",
        bins=tuple(_bin(one.input.value, each, before, now, words) for each in one.bins[:MOST_BINS]),
    )


def _bin(of: str, one: InputBin, before: int, now: int, words: Wording) -> str:
    shares = [
        percent(count / whole, words) if whole else NOTHING for count, whole in ((one.before, before), (one.now, now))
    ]
    return f"{_bin_name(of, one.name, words)}: {shares[0]} → {shares[1]}"


def _bin_name(of: str, name: str, words: Wording) -> str:
    if not name:
        return words("drift.unknown")
    if of == "language":
        return words.language_name(name)
    if of == "channel":
        return words.known(f"channel.{name}", name)
    return words(f"fairness.{name}" if of == "length" else f"drift.{name.replace('.', '')}")
