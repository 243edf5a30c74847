"""Findings ready to draw: what was found, what a person made of it, and the form in which somebody adds one that was missed."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby

from auricle_contracts import Finding, FindingLabel, FindingVerdict, Overall, Quote

from auricle_console.gateway import ErrorClass
from auricle_console.views.labels import AUTHOR_CHARS, COMMENT_CHARS
from auricle_console.views.values import PlacedQuote
from auricle_console.wording import Wording

Titles = Mapping[str, Mapping[str, str]]
"""Of classes, by language."""


@dataclass(frozen=True)
class FindingDraft:
    """A verdict or an added error as it was typed, when it could not be kept, with the field that is wrong and why.

    `finding` is None for one to add, which has the class, the turn and the words in it.
    """

    finding: str | None = None
    verdict: str = ""
    error_class: str = ""
    turn: str = ""
    start: str = ""
    end: str = ""
    text: str = ""
    comment: str = ""
    author: str = ""
    field: str = ""
    fault: str = ""


@dataclass(frozen=True)
class ShownFinding:
    """An error with its quotes placed; `verdict` is what a person made of it in words, "" where nobody judged."""

    finding: Finding
    title: str
    quotes: tuple[PlacedQuote, ...]
    verdict: str

    @property
    def anchor(self) -> str:
        """What the page calls its card."""
        return f"finding-{self.finding.id}"


@dataclass(frozen=True)
class FindingOpinion:
    """A verdict of the history in words."""

    said: str
    author: str
    comment: str | None
    at: datetime
    superseded: bool


@dataclass(frozen=True)
class ShownOverall:
    """The score that counts and, where people changed it, the model's own; `failed_by` in words."""

    text: str
    passed: bool | None
    failed_by: tuple[str, ...]
    before: str


def shown_finding(finding: Finding, anchors: Mapping[Quote, str], titles: Titles, words: Wording) -> ShownFinding:
    """One card."""
    placed = tuple(PlacedQuote(anchors[quote], quote) for quote in finding.quotes)
    verdict = said_verdict(finding.verdict, finding.grade, words) if finding.verdict else ""
    return ShownFinding(finding, class_title(finding.error_class, titles, words), placed, verdict)


def class_title(error_class: str, titles: Titles, words: Wording) -> str:
    """What a class is called in the page's language."""
    return titles.get(error_class, {}).get(words.language) or error_class.replace("_", " ")


def said_verdict(verdict: FindingVerdict, grade: int | None, words: Wording) -> str:
    """With its grade, where one was given."""
    said = words(f"finding.{verdict}ed")
    return said if grade is None else f"{said}: {words(f'finding.grade_{grade}')}"


def finding_opinions(labels: Iterable[FindingLabel], words: Wording) -> tuple[FindingOpinion, ...]:
    """The history of one finding, newest first."""
    return tuple(
        FindingOpinion(
            said_verdict(one.verdict, one.grade, words),
            one.author_name or words("label.key", id=one.author[:8]),
            one.comment,
            one.created_at,
            one.superseded,
        )
        for one in labels
    )


def shown_overall(
    overall: Overall | None, model: Overall | None, titles: Titles, words: Wording
) -> ShownOverall | None:
    """None where the scorecard has no score."""
    if overall is None:
        return None
    text, before = _points(overall), _points(model) if model else ""
    same = model is not None and (model.points, model.passed) == (overall.points, overall.passed)
    failed = tuple(words.known(f"criterion.{one}", class_title(one, titles, words)) for one in overall.failed_by)
    return ShownOverall(text, overall.passed, failed, "" if same else _told(before, model, words))


def _points(overall: Overall) -> str:
    return "?" if overall.points is None else str(round(overall.points))


def _told(points: str, model: Overall | None, words: Wording) -> str:
    """The model's own score with its end, for beside the one that counts."""
    if model is None or model.passed is None:
        return points
    return f"{points}, {words('overall.passed' if model.passed else 'overall.failed')}"


def class_groups(
    classes: Sequence[ErrorClass], words: Wording
) -> tuple[tuple[str, tuple[tuple[str, str, str], ...]], ...]:
    """By category in the order of the checklist: (category, ((id, title, definition), …))."""
    language = words.language
    return tuple(
        (title[language], tuple((one.id, one.title[language], one.definition[language]) for one in group))
        for title, group in groupby(classes, key=lambda one: one.category_title)
    )


def fault_of(draft: FindingDraft) -> tuple[str, str]:
    """The field that is wrong, and the word for why; two empty ones for what can be sent."""
    if len(draft.comment.strip()) > COMMENT_CHARS:
        return "comment", "comment_too_long"
    if len(draft.author.strip()) > AUTHOR_CHARS:
        return "author", "author_too_long"
    if draft.finding is None and not draft.error_class:
        return "error_class", "no_class"
    if draft.finding is None and not (draft.turn and draft.text.strip()):
        return "text", "no_words"
    return "", ""
