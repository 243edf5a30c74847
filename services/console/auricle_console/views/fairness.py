"""The page of fairness ready to draw: machine and people side by side, and each measure of each group beside all others. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass

from auricle_contracts.fairness import FairnessFigure, FairnessGroup, FairnessMeasure, FairnessReport

from auricle_console.formatting import number
from auricle_console.views.analytics import Figure, Query, difference_told, mean_figure, share_figure
from auricle_console.wording import Wording

MEASURES = tuple(one.value for one in FairnessMeasure)


@dataclass(frozen=True)
class ControlRow:
    """What machine and people said; `way` is up or down where a difference can be told."""

    name: str
    query: Query | None
    reviewed: int
    machine_errors: Figure
    people_errors: Figure
    errors: str
    errors_way: str
    machine_score: Figure
    people_score: Figure
    score: str
    score_way: str


@dataclass(frozen=True)
class FigureCell:
    """A measure of a group: `way` is up or down where it differs from the rest."""

    text: str
    told: str
    way: str
    few: bool


@dataclass(frozen=True)
class FairnessPage:
    """Everything of the page."""

    reviewed: int
    tests: int
    minimum: int
    control: tuple[ControlRow, ...]
    figures: tuple[tuple[str, tuple[FigureCell, ...]], ...]


def fairness_page(found: FairnessReport, asked: Mapping[str, str], words: Wording) -> FairnessPage:
    """In the page's language; a group's list is that of its agent or line."""
    named = [(_name(found.by.value, group.name, words), group) for group in found.groups]
    return FairnessPage(
        reviewed=found.reviewed,
        tests=found.tests,
        minimum=found.minimum,
        control=tuple(_control(name, _query(found.by.value, group.name, asked), group, words) for name, group in named),
        figures=tuple((name, tuple(_cell(one, words) for one in group.figures)) for name, group in named),
    )


def _name(by: str, name: str, words: Wording) -> str:
    if not name:
        return words(f"fairness.unknown_{by}")
    if by == "language":
        return words.language_name(name)
    return words(f"fairness.{name}") if by in ("length", "quality") else name


def _query(by: str, name: str, asked: Mapping[str, str]) -> Query | None:
    return {**asked, by: name} if name and by in ("agent", "line") else None


def _control(name: str, query: Query | None, group: FairnessGroup, words: Wording) -> ControlRow:
    of = group.control
    errors, errors_way = difference_told(of.errors, 100, words("analytics.points"), words)
    score, score_way = difference_told(of.score, 1, "", words)
    return ControlRow(
        name=name,
        query=query,
        reviewed=group.reviewed,
        machine_errors=share_figure(of.machine_errors, words),
        people_errors=share_figure(of.people_errors, words),
        errors=errors,
        errors_way=errors_way,
        machine_score=mean_figure(of.machine_score, words),
        people_score=mean_figure(of.people_score, words),
        score=score,
        score_way=score_way,
    )


def _cell(one: FairnessFigure, words: Wording) -> FigureCell:
    share = share_figure(one.share, words)
    told = {
        "share": share.told,
        "rest": share_figure(one.rest, words).told,
        "difference": difference_told(one.difference, 100, words("analytics.points"), words)[0],
        "verdict": words(f"fairness.{one.verdict}"),
    }
    p = {} if one.p is None else {"p": number(one.p, words.language, 3)}
    text = words("fairness.told_p" if p else "fairness.told", **told, **p)
    way = {"more": "up", "less": "down"}.get(one.verdict, "")
    return FigureCell(share.text, text, way, few=one.verdict == "too_few")
