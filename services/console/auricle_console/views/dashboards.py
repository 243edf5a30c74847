"""Rows and series into what the page draws: numbers, tables, and lines as SVG paths. Pure."""

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import cast

from auricle_contracts.panels import ARTICLE_USD
from babel.dates import format_date

from auricle_console.formatting import NOTHING, money, number
from auricle_console.gateway import Cell, PanelRows
from auricle_console.prometheus import Answered
from auricle_console.wording import Wording

WIDTH, HEIGHT = 600, 160
COLOURS = 8
MOST_LINES = 12
NAMED = {
    "share": "ledger.", "criterion": "criterion.", "severity": "severity.", "channel": "channel.", "layer": "layer.",
    "kind": "kind.", "part": "part.", "error_class": "error_class.",
}  # fmt: skip
"""Columns whose values have words of their own."""
Points = Sequence[tuple[float, float]]


@dataclass(frozen=True)
class Figure:
    """A number that stands by itself."""

    name: str
    text: str


@dataclass(frozen=True)
class Line:
    """One series: a path in a box of WIDTH by HEIGHT, its colour's number, its last value."""

    name: str
    path: str
    colour: int
    last: str


@dataclass(frozen=True)
class Share:
    """One bar against the article's line: 0 to 100 of the widest thing; None where there is no price."""

    name: str
    text: str
    percent: float | None


@dataclass(frozen=True)
class Drawn:
    """A panel, ready. `silent`: nobody answered. Without figures, lines and rows it is empty."""

    name: str
    about: str = ""
    figures: tuple[Figure, ...] = ()
    lines: tuple[Line, ...] = ()
    top: str = ""
    more: int = 0
    columns: tuple[str, ...] = ()
    rows: tuple[tuple[str, ...], ...] = ()
    shares: tuple[Share, ...] = ()
    line_percent: float = 0.0
    silent: bool = False


def quantity(value: Cell, unit: str, words: Wording) -> str:
    """A value with its unit, as people read it."""
    if not isinstance(value, int | float):
        return NOTHING if value is None else value
    if not math.isfinite(value):
        return NOTHING
    if unit == "currencyUSD":
        return money(value, words.language)
    if unit == "percentunit":
        return f"{number(100 * value, words.language)} %"
    return number(value, words.language, 3 if 0 < abs(value) < 1 else 1) + {"s": " " + words("board.s")}.get(unit, "")


def of_rows(panel: PanelRows, words: Wording) -> Drawn:
    """A panel of Quality or Economics."""
    if panel.name == "per_conversation":
        return _against_the_article(panel, words)
    if panel.shape == "series":
        return chart(panel.name, _by_time(panel, words), panel.unit, words)
    if panel.shape == "stat":
        pairs = zip(panel.columns, panel.rows[0] if panel.rows else (), strict=False)
        return Drawn(
            panel.name, figures=tuple(Figure(_column(name, words), _shown(name, value, words)) for name, value in pairs)
        )
    return _table(panel, words)


def _table(panel: PanelRows, words: Wording) -> Drawn:
    """A criterion is called as the page calls it, else by its title, which has no column of its own beside it."""
    columns = [name for name in panel.columns if name != "title" or "criterion" not in panel.columns]
    rows = tuple(tuple(_cell(name, row, words) for name in columns) for row in panel.named())
    return Drawn(panel.name, columns=tuple(_column(name, words) for name in columns), rows=rows)


def _cell(column: str, row: Mapping[str, Cell], words: Wording) -> str:
    if column == "criterion" and isinstance(title := row.get("title"), str):
        return words.known(f"criterion.{row[column]}", title)
    return _shown(column, row[column], words)


def _against_the_article(panel: PanelRows, words: Wording) -> Drawn:
    """The table, and a bar for speech and for language beside the article's line. Without a price there is no bar."""
    table = _table(panel, words)
    costs = {str(row["share"]): row["usd_per_conversation"] for row in panel.named()}
    priced = [value for value in costs.values() if isinstance(value, int | float)]
    widest = max([ARTICLE_USD, *priced]) * 1.1
    shares = tuple(
        Share(words.known(f"ledger.{name}", name), _money(value, words), 100 * value / widest if isinstance(value, int | float) else None)
        for name, value in costs.items()
    )  # fmt: skip
    return Drawn(
        panel.name, columns=table.columns, rows=table.rows, shares=shares, line_percent=100 * ARTICLE_USD / widest
    )


def _column(name: str, words: Wording) -> str:
    return words.known(f"field.{name}", name)


def _shown(column: str, value: Cell, words: Wording) -> str:
    if "usd" in column:
        return _money(value, words)
    if column in {"time", "happened_at"} and isinstance(value, str):
        return format_date(datetime.fromisoformat(value).date(), "d MMM y", locale=words.language)
    if column in NAMED and isinstance(value, str):
        return words.known(NAMED[column] + value, value)
    return quantity(value, "short", words)


def _money(value: Cell, words: Wording) -> str:
    return money(value, words.language) if isinstance(value, int | float) else words("ledger.none")


def _by_time(panel: PanelRows, words: Wording) -> dict[str, Points]:
    """Rows of (time, name, value) as one series a name."""
    found: dict[str, list[tuple[float, float]]] = {}
    for moment, name, value in panel.rows:
        if isinstance(value, int | float):
            found.setdefault(_shown(panel.columns[1], name, words), []).append(
                (datetime.fromisoformat(str(moment)).timestamp(), value)
            )
    return cast("dict[str, Points]", found)


def of_series(answered: Answered, words: Wording) -> Drawn:
    """A panel of Operations."""
    panel = answered.panel
    if answered.series is None:
        return Drawn(panel.name, panel.about, silent=True)
    named = {_legend(panel.legend, one.metric): one.points for one in answered.series}
    if panel.shape == "stat":
        last = {name: points[-1][1] for name, points in sorted(named.items()) if points}
        return Drawn(
            panel.name,
            panel.about,
            tuple(Figure(name, quantity(value, panel.unit, words)) for name, value in last.items()),
        )
    return chart(panel.name, named, panel.unit, words, panel.about)


def _legend(legend: str, labels: Mapping[str, str]) -> str:
    for name, value in labels.items():
        legend = legend.replace("{{" + name + "}}", value)
    return legend


def chart(name: str, series: Mapping[str, Points], unit: str, words: Wording, about: str = "") -> Drawn:
    """Lines over a common time and from zero to the highest value. More than MOST_LINES are counted, not drawn."""
    finite = {label: [point for point in points if math.isfinite(point[1])] for label, points in sorted(series.items())}
    filled = {label: points for label, points in finite.items() if points}
    shown = dict(list(filled.items())[:MOST_LINES])
    everything = [point for points in shown.values() for point in points]
    if not everything:
        return Drawn(name, about)
    first, last = min(at for at, _ in everything), max(at for at, _ in everything)
    top = max(value for _, value in everything) or 1.0
    lines = tuple(
        Line(label, _path(points, first, last, top), at % COLOURS, quantity(points[-1][1], unit, words))
        for at, (label, points) in enumerate(shown.items())
    )
    return Drawn(name, about, lines=lines, top=quantity(top, unit, words), more=len(filled) - len(shown))


def _path(points: Iterable[tuple[float, float]], first: float, last: float, top: float) -> str:
    """One point is a short stroke, so that it can be seen."""
    span = (last - first) or 1.0
    places = [(WIDTH * (at - first) / span, HEIGHT * (1 - max(0.0, value) / top)) for at, value in points]
    if len(places) == 1:
        places.append((min(WIDTH, places[0][0] + 8), places[0][1]))
    return "M" + "L".join(f"{x:.1f} {y:.1f}" for x, y in places)
