"""Breakdowns and comparisons ready to draw: figures with n and interval, each with the query of the list behind it. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from auricle_contracts.breakdowns import (
    BreakdownView,
    ComparisonView,
    CriterionMeanView,
    DifferenceView,
    MeanOf,
    ParityView,
    ShareOf,
)
from babel.dates import format_date

from auricle_console.formatting import NOTHING, number
from auricle_console.views.agents import ENOUGH
from auricle_console.wording import Wording

GROUPS = ("team", "agent", "line", "channel", "week")
MOST_COLUMNS = 8
MOST_CLASSES = 20
HEATS = 5
FULL_HEAT = 0.5
"""The share from which on a cell has the strongest colour; where half of the conversations have an error, no more can be told apart."""
WIDTH, HEIGHT = 240, 80
SCALE = 100.0
WEEK = timedelta(days=6)
Query = dict[str, str]


@dataclass(frozen=True)
class Figure:
    """A mean or a share as text, with its interval on a scale of 0 to 100, and how many are behind it; `few`: under ENOUGH."""

    text: str
    count: str
    at: float | None
    low: float | None
    high: float | None
    few: bool
    told: str


@dataclass(frozen=True)
class FigureRow:
    """`query` is that of the list behind it; None where there is no such list."""

    name: str
    query: Query | None
    figure: Figure


@dataclass(frozen=True)
class HeatCell:
    """A class in a group; `heat` 0 to HEATS, none where fewer than ENOUGH were looked at."""

    text: str
    told: str
    heat: int | None
    query: Query | None


@dataclass(frozen=True)
class WeekDot:
    """A week of a small chart, with the ends of its interval, and the list behind it."""

    x: float
    y: float
    low: float
    high: float
    few: bool
    told: str
    query: Query


@dataclass(frozen=True)
class SmallChart:
    """One criterion over weeks, on a scale of 0 to 100."""

    title: str
    figure: Figure
    line: str
    dots: tuple[WeekDot, ...]
    first: str
    last: str


@dataclass(frozen=True)
class BreakdownPage:
    """Everything of the page."""

    evaluated: int
    score: Figure
    groups: tuple[FigureRow, ...]
    charts: tuple[SmallChart, ...]
    classes: tuple[FigureRow, ...]
    columns: tuple[str, ...]
    cells: tuple[tuple[str, tuple[HeatCell, ...]], ...]


def breakdown_page(
    found: BreakdownView, asked: Mapping[str, str], titles: Mapping[str, str], words: Wording
) -> BreakdownPage:
    """`titles` are those of error classes; `asked` is what the page is narrowed to."""
    groups = tuple(
        FigureRow(
            _group_name(found.by, one.name, words),
            _within_group(found.by, one.name, asked),
            mean_figure(one.score, words),
        )
        for one in found.groups
    )
    shown = [one.name for one in found.groups[:MOST_COLUMNS]]
    classes = [one for one in found.classes if one.share.found][:MOST_CLASSES]
    names = [one.error_class for one in classes]
    return BreakdownPage(
        evaluated=found.evaluated,
        score=mean_figure(found.score, words),
        groups=groups,
        charts=_charts(found, asked, words),
        classes=tuple(
            FigureRow(
                titles.get(one.error_class, one.error_class),
                {**asked, "error_class": one.error_class},
                share_figure(one.share, words),
            )
            for one in classes
        ),
        columns=tuple(_group_name(found.by, name, words) for name in shown),
        cells=tuple((titles.get(name, name), _heat_row(name, found, shown, asked, words)) for name in names),
    )


def _heat_row(
    error_class: str, found: BreakdownView, shown: Sequence[str], asked: Mapping[str, str], words: Wording
) -> tuple[HeatCell, ...]:
    shares = {one.group: one.share for one in found.cells if one.error_class == error_class}
    return tuple(_heat(shares.get(name), error_class, _within_group(found.by, name, asked), words) for name in shown)


def _group_name(by: str, name: str, words: Wording) -> str:
    if not name:
        return words(f"analytics.without_{by}")
    if by == "week":
        return format_date(date.fromisoformat(name), "d MMM", locale=words.language)
    return words.known(f"channel.{name}", name) if by == "channel" else name


def _within_group(by: str, name: str, asked: Mapping[str, str]) -> Query | None:
    """The list of a group: `agent` and `line` find it by a part, as the list does."""
    if not name:
        return None
    return _of_week(date.fromisoformat(name), asked) if by == "week" else {**asked, by: name}


def _of_week(monday: date, asked: Mapping[str, str]) -> Query:
    return {**asked, "since": monday.isoformat(), "until": (monday + WEEK).isoformat()}


def mean_figure(mean: MeanOf, words: Wording) -> Figure:
    """A mean of scores with its interval."""
    count = f"n = {mean.n}"
    if mean.mean is None:
        return Figure(NOTHING, count, None, None, None, few=True, told=count)
    half = mean.plus_minus
    text = number(mean.mean, words.language, 0)
    told = f"{text} ± {number(half, words.language, 0)}, {count}" if half is not None else f"{text}, {count}"
    low, high = (max(0.0, mean.mean - half), min(SCALE, mean.mean + half)) if half is not None else (None, None)
    return Figure(text, count, mean.mean, low, high, mean.n < ENOUGH, told)


def share_figure(share: ShareOf, words: Wording) -> Figure:
    """A share in percent with its interval."""
    count = words("analytics.of", found=share.found, looked=share.looked)
    if share.share is None or share.low is None or share.high is None:
        return Figure(NOTHING, count, None, None, None, few=True, told=count)
    at, low, high = (100 * each for each in (share.share, share.low, share.high))
    text = percent(share.share, words)
    told = f"{text} ({_range(low, high, words)} %), {count}"
    return Figure(text, count, at, low, high, share.looked < ENOUGH, told)


def percent(share: float, words: Wording) -> str:
    """Rare ones keep a digit behind the point."""
    return f"{number(100 * share, words.language, 1 if 0 < share < 0.1 else 0)} %"


def _range(low: float, high: float, words: Wording) -> str:
    return f"{number(low, words.language, 1 if low < 10 else 0)}–{number(high, words.language, 1 if high < 10 else 0)}"


def _heat(share: ShareOf | None, error_class: str, within: Query | None, words: Wording) -> HeatCell:
    if share is None or share.share is None:
        return HeatCell(NOTHING, "", None, None)
    figure = share_figure(share, words)
    query = {**within, "error_class": error_class} if within and share.found else None
    heat = None if figure.few else min(HEATS, -int(-HEATS * share.share // FULL_HEAT))
    return HeatCell(figure.text, figure.told, heat, query)


def _charts(found: BreakdownView, asked: Mapping[str, str], words: Wording) -> tuple[SmallChart, ...]:
    weeks: dict[str, list[CriterionMeanView]] = {}
    for one in found.weeks:
        weeks.setdefault(one.criterion, []).append(one)
    everything = sorted({one.week for one in found.weeks if one.week})
    return tuple(
        _chart(
            words.known(f"criterion.{one.criterion}", one.title),
            one.mean,
            weeks.get(one.criterion, ()),
            everything,
            asked,
            words,
        )
        for one in found.criteria
    )


def _chart(
    title: str,
    whole: MeanOf,
    weeks: Sequence[CriterionMeanView],
    everything: Sequence[date],
    asked: Mapping[str, str],
    words: Wording,
) -> SmallChart:
    first, span = everything[0], (everything[-1] - everything[0]).days or 1
    dots = []
    for one in weeks:
        figure = mean_figure(one.mean, words)
        if one.week is None or figure.at is None:
            continue
        low, high = (figure.at if end is None else end for end in (figure.low, figure.high))
        x = 6 + (WIDTH - 12) * (one.week - first).days / span
        told = f"{_group_name('week', one.week.isoformat(), words)}: {figure.told}"
        dots.append(WeekDot(x, _y(figure.at), _y(low), _y(high), figure.few, told, _of_week(one.week, asked)))
    line = "M" + "L".join(f"{dot.x:.1f} {dot.y:.1f}" for dot in dots) if len(dots) > 1 else ""
    ends = [_group_name("week", each.isoformat(), words) for each in (everything[0], everything[-1])]
    return SmallChart(
        title, mean_figure(whole, words), line, tuple(dots), ends[0], ends[1] if len(everything) > 1 else ""
    )


def _y(value: float) -> float:
    return HEIGHT * (1 - max(0.0, min(SCALE, value)) / SCALE)


@dataclass(frozen=True)
class ComparedRow:
    """A figure in both, and the difference in words: `way` is up, down, or nothing that can be told."""

    name: str
    first: Figure
    second: Figure
    difference: str
    way: str


@dataclass(frozen=True)
class Comparison:
    """Two sets of conversations; `first` and `second` are how many were evaluated."""

    first: int
    second: int
    means: tuple[ComparedRow, ...]
    classes: tuple[ComparedRow, ...]


def comparison_rows(found: ComparisonView, titles: Mapping[str, str], words: Wording) -> Comparison:
    """In the page's language."""
    means = tuple(
        ComparedRow(
            words("analytics.score") if one.criterion is None else words.known(f"criterion.{one.criterion}", one.title),
            mean_figure(one.first, words),
            mean_figure(one.second, words),
            *difference_told(one.difference, 1, "", words),
        )
        for one in found.means
    )
    classes = tuple(
        ComparedRow(
            titles.get(one.error_class, one.error_class),
            share_figure(one.first, words),
            share_figure(one.second, words),
            *difference_told(one.difference, 100, words("analytics.points"), words),
        )
        for one in found.classes
    )
    return Comparison(found.first, found.second, means, classes)


def parity_rows(found: ParityView, titles: Mapping[str, str], words: Wording) -> tuple[ComparedRow, ...]:
    """A class a row: of people, of bots, and their difference, or that there are too few to tell."""
    return tuple(
        ComparedRow(
            titles.get(one.error_class, one.error_class),
            share_figure(one.people, words),
            share_figure(one.bots, words),
            *(
                (words("analytics.too_few"), "")
                if one.too_few
                else difference_told(one.difference, 100, words("analytics.points"), words)
            ),
        )
        for one in found.classes
    )


def difference_told(one: DifferenceView, times: float, unit: str, words: Wording) -> tuple[str, str]:
    """In words with its interval, and the way: up, down, or nothing that can be told."""
    if one.value is None:
        return NOTHING, ""
    value = _signed(times * one.value, words)
    if one.low is None or one.high is None:
        return f"{value} {unit}".strip(), ""
    told = f"{value} {unit}".strip() + words(
        "analytics.between", low=_signed(times * one.low, words), high=_signed(times * one.high, words)
    )
    return told, ("up" if one.value > 0 else "down") if one.is_told else ""


def _signed(value: float, words: Wording) -> str:
    text = number(abs(value), words.language, 1)
    return f"{'−' if value < 0 else '+'}{text}"
