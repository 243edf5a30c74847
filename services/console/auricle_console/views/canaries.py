"""What differs between the two groups of a canary, as a person reads it. Pure."""

from dataclasses import dataclass

from auricle_contracts.breakdowns import ComparisonView
from auricle_contracts.canaries import CanaryReport

from auricle_console.views.analytics import (
    ComparedRow,
    Comparison,
    comparison_rows,
    difference_told,
    mean_figure,
    share_figure,
)
from auricle_console.wording import Wording

ENOUGH = 10


@dataclass(frozen=True)
class CanaryPage:
    """`people` is what people said of both groups; `few`: one of them is too small to tell anything."""

    report: CanaryReport
    broken: ComparedRow
    rows: Comparison
    choices: tuple[ComparedRow, ...]
    people: tuple[ComparedRow, ...]
    few: bool


def canary_page(report: CanaryReport, words: Wording) -> CanaryPage:
    """In the page's language."""
    titles = {name: told.get(words.language, name) for name, told in report.class_titles.items()}
    found = ComparisonView(first=report.first, second=report.second, means=report.means, classes=report.classes)
    people = (("reviewed", report.reviewed), ("corrected", report.corrected), ("appealed", report.appealed))
    return CanaryPage(
        report=report,
        broken=ComparedRow(
            words("canary.broken"),
            mean_figure(report.broken_first, words),
            mean_figure(report.broken_second, words),
            *difference_told(report.broken, 1, "", words),
        ),
        rows=comparison_rows(found, titles, words),
        choices=tuple(
            ComparedRow(
                f"{words.known(f'criterion.{one.criterion}', one.title)}: {_value(one.value, words)}",
                share_figure(one.first, words),
                share_figure(one.second, words),
                *difference_told(one.difference, 100, words("analytics.points"), words),
            )
            for one in report.choices
        ),
        people=tuple(
            ComparedRow(
                words(f"canary.{name}"),
                share_figure(one.first, words),
                share_figure(one.second, words),
                *difference_told(one.difference, 100, words("analytics.points"), words),
            )
            for name, one in people
        ),
        few=min(report.first, report.second) < ENOUGH,
    )


def _value(value: str | bool, words: Wording) -> str:
    if isinstance(value, bool):
        return words("value.yes" if value else "value.no")
    return words.known(f"choice.{value}", value)
