"""Panels into drawings: known places, money only where there is a price, and words for everything that can be asked."""

import math

import pytest
from auricle_console.gateway import PanelRows
from auricle_console.prometheus import Answered, Series
from auricle_console.views.dashboards import HEIGHT, MOST_LINES, WIDTH, chart, of_rows, of_series
from auricle_console.wording import LANGUAGES, wording
from auricle_contracts.panels import OPERATIONS, Panel, Shape

EN, RU = wording("en"), wording("ru")
QUEUE = next(panel for panel in OPERATIONS if panel.name == "queue_length")


def rows(name: str, shape: str, columns: str, *given: tuple[str | float | None, ...], unit: str = "short") -> PanelRows:
    return PanelRows(name=name, shape=shape, unit=unit, columns=tuple(columns.split()), rows=given)


def test_a_line_goes_from_corner_to_corner() -> None:
    drawn = chart("x", {"a": [(100.0, 0.0), (200.0, 5.0), (300.0, 10.0)]}, "short", EN)
    assert drawn.lines[0].path == f"M0.0 {HEIGHT}.0L{WIDTH / 2:.1f} {HEIGHT / 2:.1f}L{WIDTH}.0 0.0"
    assert (drawn.top, drawn.lines[0].last) == ("10", "10")


def test_what_is_no_number_is_not_drawn() -> None:
    drawn = chart("x", {"a": [(1.0, math.nan), (2.0, math.inf)], "b": [(1.0, 4.0)]}, "s", RU)
    assert [line.name for line in drawn.lines] == ["b"]
    assert "nan" not in drawn.lines[0].path
    assert drawn.top == "4 с"


def test_many_series_are_counted_and_not_drawn() -> None:
    drawn = chart("x", {f"s{at:02}": [(1.0, at)] for at in range(MOST_LINES + 5)}, "short", EN)
    assert (len(drawn.lines), drawn.more) == (MOST_LINES, 5)


def test_a_price_has_a_bar_and_a_laptop_has_none() -> None:
    columns = "share conversations seconds usd usd_per_conversation"
    given = rows(
        "per_conversation", "table", columns, ("language", 1, 3.0, 0.0006, 0.0006), ("speech", 1, 50.0, None, None)
    )
    drawn = of_rows(given, EN)
    assert [(one.name, one.text, one.percent is None) for one in drawn.shares] == [
        ("Language", "$0.000600", False),
        ("Speech", "no price", True),
    ]
    assert drawn.shares[0].percent == pytest.approx(2 * drawn.line_percent)
    assert drawn.rows[1] == ("Speech", "1", "50", "no price", "no price")


def test_rows_by_time_become_one_line_a_name() -> None:
    day, next_day = "2026-11-10T00:00:00+00:00", "2026-11-11T00:00:00+00:00"
    given = rows("scores", "series", "time criterion mean", (day, "a", 50), (day, "b", None), (next_day, "a", 100))
    assert [line.name for line in of_rows(given, EN).lines] == ["a"]


def test_labels_fill_the_legend_and_silence_is_said() -> None:
    series = Series(metric={"stream": "{auricle}:asr"}, values=((1.0, 3.0), (2.0, 4.0)))
    assert of_series(Answered(QUEUE, (series,)), EN).lines[0].name == "{auricle}:asr"
    assert of_series(Answered(QUEUE, None), EN).silent
    dead = Panel("dead_runs", "Dead runs", "x", Shape.STAT)
    (figure,) = of_series(Answered(dead, (Series(metric={}, value=(1.0, 2.0)),)), EN).figures
    assert figure.text == "2"


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_panel_of_operations_has_words(language: str) -> None:
    texts = wording(language).texts
    assert [panel.name for panel in OPERATIONS if f"panel.{panel.name}" not in texts] == []
    assert [panel.name for panel in OPERATIONS if panel.about and f"about.{panel.name}" not in texts] == []


def test_a_criterion_stands_once_under_its_name() -> None:
    """As the page calls it, else by the title that its scorecard gives it."""
    given = rows(
        "criteria", "table", "criterion title answered", ("politeness", "Manners", 3), ("own", "Our question", 1)
    )
    drawn = of_rows(given, EN)
    assert drawn.columns == ("Criterion", "Answered")
    assert drawn.rows == (("Politeness", "3"), ("Our question", "1"))
