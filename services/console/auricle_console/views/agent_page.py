"""One agent's page ready to draw: a trend with its chart for each judged criterion, quotes, and findings to acknowledge."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from auricle_contracts.agent_pages import AgentFinding, AgentPage, AgentQuote, Mean, Trend, WeekMean
from babel.dates import format_date

from auricle_console.formatting import number
from auricle_console.views.agents import ENOUGH
from auricle_console.views.values import grade_of
from auricle_console.wording import Wording

WIDTH, HEIGHT, EDGE = 320, 110, 8
SCALE = 100.0
Place = tuple[float, float]


@dataclass(frozen=True)
class Figure:
    """A mean with its `count` and half of its interval; `few`: of fewer than ENOUGH values, which is no verdict."""

    text: str
    plus_minus: str
    count: int
    few: bool
    grade: str


@dataclass(frozen=True)
class Dot:
    """A week in the chart: its place, and the ends of its interval within the scale."""

    x: float
    y: float
    low: float
    high: float
    few: bool


@dataclass(frozen=True)
class WeekRow:
    """The same as numbers; None where nobody has a value."""

    week: str
    own: Figure | None
    colleagues: Figure | None


@dataclass(frozen=True)
class TrendCard:
    """One criterion. `lines` are paths of the agent and of the colleagues in a box of WIDTH by HEIGHT."""

    title: str
    own: Figure | None
    colleagues: Figure | None
    own_line: str
    colleagues_line: str
    dots: tuple[Dot, ...]
    colleagues_dots: tuple[Dot, ...]
    rows: tuple[WeekRow, ...]


@dataclass(frozen=True)
class QuoteCard:
    """A quote with its criterion in words and its value."""

    quote: AgentQuote
    title: str
    text: str
    grade: str


@dataclass(frozen=True)
class FindingCard:
    """A finding with its class in words."""

    finding: AgentFinding
    title: str


@dataclass(frozen=True)
class AgentView:
    """The whole page; `unread` counts findings that wait for an acknowledgement."""

    page: AgentPage
    name: str
    trends: tuple[TrendCard, ...]
    best: tuple[QuoteCard, ...]
    worst: tuple[QuoteCard, ...]
    findings: tuple[FindingCard, ...]
    unread: int


def agent_view(page: AgentPage, words: Wording) -> AgentView:
    """With everything in the page's language."""
    return AgentView(
        page=page,
        name=page.name or page.agent,
        trends=tuple(_trend(one, words) for one in page.trends),
        best=tuple(_quote(one, words) for one in page.best),
        worst=tuple(_quote(one, words) for one in page.worst),
        findings=tuple(FindingCard(one, _class(one, page.class_titles, words)) for one in page.findings),
        unread=sum(one.acknowledgement is None for one in page.findings),
    )


def _trend(trend: Trend, words: Wording) -> TrendCard:
    weeks = sorted({one.week for one in (*trend.own, *trend.colleagues)})
    own, others = _dots(trend.own, weeks), _dots(trend.colleagues, weeks)
    title = (
        words("agent.whole") if trend.criterion is None else words.known(f"criterion.{trend.criterion}", trend.title)
    )
    return TrendCard(
        title=title,
        own=_figure(trend.own_whole, words),
        colleagues=_figure(trend.colleagues_whole, words),
        own_line=_path(own),
        colleagues_line=_path(others),
        dots=own,
        colleagues_dots=others,
        rows=_rows(trend, weeks, words),
    )


def _rows(trend: Trend, weeks: Sequence[date], words: Wording) -> tuple[WeekRow, ...]:
    own, others = ({one.week: one for one in series} for series in (trend.own, trend.colleagues))
    return tuple(
        WeekRow(
            format_date(week, "d MMM", locale=words.language),
            _figure(own.get(week), words),
            _figure(others.get(week), words),
        )
        for week in weeks
    )


def _figure(mean: Mean | None, words: Wording) -> Figure | None:
    if mean is None:
        return None
    few = mean.n < ENOUGH
    half = "" if mean.plus_minus is None else number(mean.plus_minus, words.language, 0)
    return Figure(number(mean.mean, words.language, 0), half, mean.n, few, "" if few else grade_of(mean.mean))


def _dots(series: Sequence[WeekMean], weeks: Sequence[date]) -> tuple[Dot, ...]:
    first, last = (weeks[0].toordinal(), weeks[-1].toordinal()) if weeks else (0, 0)
    step = (WIDTH - 2 * EDGE) / ((last - first) or 1)
    return tuple(
        Dot(
            x=EDGE + step * (one.week.toordinal() - first) if last > first else WIDTH / 2,
            y=_height(one.mean),
            low=_height(one.mean - (one.plus_minus or 0)),
            high=_height(one.mean + (one.plus_minus or 0)),
            few=one.n < ENOUGH,
        )
        for one in series
    )


def _height(value: float) -> float:
    return HEIGHT * (1 - max(0.0, min(SCALE, value)) / SCALE)


def _path(dots: Sequence[Dot]) -> str:
    return "M" + "L".join(f"{one.x:.1f} {one.y:.1f}" for one in dots) if len(dots) > 1 else ""


def _quote(quote: AgentQuote, words: Wording) -> QuoteCard:
    title = words.known(f"criterion.{quote.criterion}", quote.title)
    return QuoteCard(quote, title, number(quote.value, words.language, 0), grade_of(quote.value))


def _class(finding: AgentFinding, titles: Mapping[str, Mapping[str, str]], words: Wording) -> str:
    return titles.get(finding.error_class, {}).get(words.language) or finding.error_class.replace("_", " ")
