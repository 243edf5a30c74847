"""What a dry run came to, as a person reads it: figures with n and interval, and what differs in each conversation. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from auricle_contracts.breakdowns import ShareOf
from auricle_contracts.dry_runs import Change, DryRunReport, PairedMeans, QuotedWords, Side
from babel.dates import format_date

from auricle_console.formatting import NOTHING, number, signed
from auricle_console.wording import Wording


@dataclass(frozen=True)
class Row:
    """A class or a criterion that differs somewhere: before, after, and in how many conversations."""

    title: str
    before: str
    after: str
    changed: str


@dataclass(frozen=True)
class ShownSide:
    """What was said, in words, and what it rests on."""

    text: str
    quotes: tuple[QuotedWords, ...]


@dataclass(frozen=True)
class ShownChange:
    """One thing that differs in one conversation."""

    title: str
    before: ShownSide
    after: ShownSide


@dataclass(frozen=True)
class ShownConversation:
    """A conversation in which something differs."""

    id: str
    name: str
    same_recipe: bool
    changes: tuple[ShownChange, ...]


@dataclass(frozen=True)
class GroupRow:
    """An agent or a week: in how many of its conversations something differs, and their scores."""

    name: str
    changed: str
    points: str


@dataclass(frozen=True)
class DryRunPage:
    """All of it; `unchanged` classes and criteria are only counted."""

    report: DryRunReport
    share: int
    score: str
    passed: str
    changed: str
    rows: tuple[Row, ...]
    unchanged: int
    agents: tuple[GroupRow, ...]
    weeks: tuple[GroupRow, ...]
    conversations: tuple[ShownConversation, ...]


def dry_run_page(report: DryRunReport, words: Wording) -> DryRunPage:
    """In the page's language."""
    rows = _rows(report, words)
    done = report.judged + report.failed
    return DryRunPage(
        report=report,
        share=round(100 * done / report.of) if report.of else 100,
        score=means_told(report.score.points, words) if report.score else NOTHING,
        passed=_passed(report, words),
        changed=share_told(report.changed, words),
        rows=rows,
        unchanged=len(report.classes) + len(report.criteria) - len(rows),
        agents=_groups("agent", report, words),
        weeks=_groups("week", report, words),
        conversations=tuple(
            ShownConversation(
                one.conversation_id,
                one.external_id or one.conversation_id[:8],
                one.same_recipe,
                tuple(_change(each, report.class_titles, words) for each in one.changes),
            )
            for one in report.conversations
        ),
    )


def _groups(by: str, report: DryRunReport, words: Wording) -> tuple[GroupRow, ...]:
    return tuple(
        GroupRow(
            format_date(date.fromisoformat(one.name), "d MMM y", locale=words.language) if by == "week" else one.name,
            share_told(one.changed, words),
            means_told(one.points, words),
        )
        for one in report.groups
        if one.by == by
    )


def share_told(share: ShareOf, words: Wording) -> str:
    """4 of 50 (3–19 %)."""
    if share.low is None or share.high is None:
        return words("dry_run.of", found=share.found, looked=share.looked)
    told = words("dry_run.of", found=share.found, looked=share.looked)
    return f"{told} ({100 * share.low:.0f}\u2013{100 * share.high:.0f} %)"


def means_told(means: PairedMeans, words: Wording) -> str:
    """81 → 78.5, −2.5 (from −4 to −1), n 48."""
    if means.before is None or means.after is None or means.change is None:
        return NOTHING
    numbers = f"{number(means.before, words.language)} → {number(means.after, words.language)}"
    interval = ""
    if means.low is not None and means.high is not None:
        interval = " " + words(
            "dry_run.from_to", low=signed(means.low, words.language), high=signed(means.high, words.language)
        )
    return f"{numbers}, {signed(means.change, words.language)}{interval}, n {means.n}"


def _passed(report: DryRunReport, words: Wording) -> str:
    score = report.score
    if score is None or not (score.passed_before + score.failed_before + score.passed_after + score.failed_after):
        return NOTHING
    return words(
        "dry_run.passed",
        passed_before=score.passed_before,
        passed_after=score.passed_after,
        failed_before=score.failed_before,
        failed_after=score.failed_after,
    )


def _rows(report: DryRunReport, words: Wording) -> tuple[Row, ...]:
    classes = [
        Row(
            _class_title(one.error_class, report.class_titles, words),
            share_told(one.before, words),
            share_told(one.after, words),
            share_told(one.changed, words),
        )
        for one in report.classes
        if one.changed.found
    ]
    criteria = [
        Row(
            words.known(f"criterion.{one.criterion}", one.title),
            number(one.means.before, words.language) if one.means else NOTHING,
            number(one.means.after, words.language) if one.means else NOTHING,
            share_told(one.changed, words),
        )
        for one in report.criteria
        if one.changed.found
    ]
    return (*classes, *criteria)


def _class_title(error_class: str, titles: Mapping[str, Mapping[str, str]], words: Wording) -> str:
    return titles.get(error_class, {}).get(words.language, error_class)


def _change(change: Change, titles: Mapping[str, Mapping[str, str]], words: Wording) -> ShownChange:
    title = {
        "score": words("dry_run.score"),
        "error_class": _class_title(change.subject, titles, words),
        "criterion": words.known(f"criterion.{change.subject}", change.title),
    }[change.about]
    return ShownChange(title, _side(change.before, words), _side(change.after, words))


def _side(side: Side, words: Wording) -> ShownSide:
    value = "" if side.value is None else _value(side.value, words)
    state = "" if side.state == "answered" else words.known(f"dry_run_state.{side.state}", side.state)
    return ShownSide(", ".join(part for part in (state, value) if part), side.quotes)


def _value(value: bool | float | str, words: Wording) -> str:
    if isinstance(value, bool):
        return words("value.yes" if value else "value.no")
    if isinstance(value, int | float):
        return number(value, words.language)
    return words.known(f"choice.{value}", value)
