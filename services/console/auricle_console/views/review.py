"""Items of the review queue as the pages show them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from urllib.parse import urlencode

from auricle_contracts.review import Disagreement, Outlier, OutlierMeasure, ReviewReason

from auricle_console.formatting import clock, number
from auricle_console.review_queue import Accuracy, GoldenGap, GoldenGaps, ReviewerAccuracies, ReviewItem, ReviewProgress
from auricle_console.views.listing import Row, row
from auricle_console.wording import Wording

MOST_NAMED = 3
SIDES = {"error_class": ("found", "not_found"), "criterion": ("answered", "not_applicable")}
"""The states of both sides of a quota."""
REQUESTED = "requested"
"""What stands there is why somebody asked for it, in their words."""


@dataclass(frozen=True)
class Reason:
    """Why an item waits: the reason's word, and what it is about; `more` are those that are not named."""

    name: str
    about: tuple[str, ...]
    more: int


@dataclass(frozen=True)
class QueueRow:
    """An item and its conversation; `row` is None where that went while the page was made."""

    item: ReviewItem
    row: Row | None
    percent: int
    reasons: tuple[Reason, ...]


@dataclass(frozen=True)
class Today:
    """What was done of all that there was to do today, 0-100; None where there was nothing."""

    progress: ReviewProgress
    percent: int | None


@dataclass(frozen=True)
class Share:
    """How often somebody is right, in words; `few`: too few answers for a verdict."""

    title: str
    n: int
    told: str
    few: bool


@dataclass(frozen=True)
class Measured:
    """A reviewer over so many items: all together, and by criterion and error class."""

    name: str
    items: int
    overall: Share
    subjects: tuple[Share, ...]


@dataclass(frozen=True)
class GapSide:
    """One side of a row: what there is of the quota, and how many conversations wait or were judged, with the queries that list them."""

    name: str
    there: int
    missing: int
    waiting: int
    judged: int
    query: str


@dataclass(frozen=True)
class GapRow:
    """A criterion or error class in a channel."""

    title: str
    gap: GoldenGap
    sides: tuple[GapSide, ...]
    undetermined_query: str
    hunted_query: str


def gap_rows(found: GoldenGaps, chosen: Mapping[str, str], words: Wording) -> tuple[GapRow, ...]:
    """In their order; of the chosen kind and channel."""
    return tuple(
        _gap_row(one, words)
        for one in found.items
        if all(getattr(one, name) == value for name, value in chosen.items())
    )


def _gap_row(gap: GoldenGap, words: Wording) -> GapRow:
    about = {"subject": gap.subject, "channel": gap.channel}
    with_it, without_it = SIDES[gap.kind]
    return GapRow(
        _title(gap.kind, gap.subject, words),
        gap,
        (
            GapSide(with_it, gap.with_it, gap.missing_with_it, gap.waiting_with, gap.judged_with,
                    urlencode(about | {"subject_state": with_it})),
            GapSide(without_it, gap.without_it, gap.missing_without_it, gap.waiting_without, gap.judged_without,
                    urlencode(about | {"subject_state": without_it})),
        ),
        urlencode(about | {"subject_state": "undetermined"}),
        urlencode(about | {"reason": ReviewReason.HUNTED.value}),
    )  # fmt: skip


def measured(found: ReviewerAccuracies, words: Wording) -> tuple[Measured, ...]:
    """In their order."""
    return tuple(
        Measured(
            one.name,
            one.items,
            _share("", one.overall, words),
            tuple(_share(_title(each.kind, each.subject, words), each.accuracy, words) for each in one.subjects),
        )
        for one in found.items
    )


def _title(kind: str, subject: str, words: Wording) -> str:
    return words.known(f"{kind}.{subject}", subject.replace("_", " "))


def _share(title: str, found: Accuracy, words: Wording) -> Share:
    if found.few or found.share is None:
        return Share(title, found.n, words("review_accuracy.too_few"), few=True)
    share, low, high = (number(100 * one, words.language) for one in (found.share, found.low, found.high))
    return Share(title, found.n, words("review_accuracy.share", share=share, low=low, high=high), few=False)


def queue_rows(items: Sequence[ReviewItem], words: Wording) -> tuple[QueueRow, ...]:
    """In their order."""
    return tuple(queue_row(item, words) for item in items)


def queue_row(item: ReviewItem, words: Wording) -> QueueRow:
    """One item."""
    shown = row(item.conversation, (), words) if item.conversation else None
    reasons = tuple(_reason(name, item, words) for name in item.reasons)
    return QueueRow(item, shown, round(100 * item.risk), reasons)


def today(progress: ReviewProgress) -> Today:
    """Skipped ones are no longer to be done."""
    closed = progress.done + progress.skipped
    whole = closed + progress.waiting
    return Today(progress, round(100 * closed / whole) if whole else None)


def _reason(name: str, item: ReviewItem, words: Wording) -> Reason:
    if name == ReviewReason.OUTLIER and item.outlier:
        return Reason(name, (_outlier(item.outlier, words),), 0)
    told = item.details.get(name, ())
    if name == ReviewReason.DISAGREEING:
        subjects = [_disagreement(one, item, words) for one in item.disagreements]
    else:
        subjects = list(told) if name == REQUESTED else [_subject(one, item, words) for one in told]
    return Reason(name, tuple(subjects[:MOST_NAMED]), max(0, len(subjects) - MOST_NAMED))


def _disagreement(found: Disagreement, item: ReviewItem, words: Wording) -> str:
    """Of what, and between whom; not what they said."""
    about = _subject(found.subject, item, words)
    return words(f"disagreement.{found.between}", about=about, version=found.version or "")


def _outlier(found: Outlier, words: Wording) -> str:
    """The value, and the median of the group that it lies far from."""
    value, median = (_measure(one, found.measure, words) for one in (found.value, found.median))
    group = words(f"outlier_group.{found.group}", name=found.name)
    return words(f"outlier.{found.measure}", value=value, group=group, median=median, count=found.n)


def _measure(value: float, measure: OutlierMeasure, words: Wording) -> str:
    return clock(round(value * 1000)) if measure is OutlierMeasure.DURATION else number(value, words.language, 0)


def _subject(name: str, item: ReviewItem, words: Wording) -> str:
    """A criterion's or a class's title; an agent's reference as it is."""
    answers = item.conversation.summary.answers if item.conversation and item.conversation.summary else ()
    told = next((answer.title for answer in answers if answer.criterion == name), name.replace("_", " "))
    return words.known(f"criterion.{name}", words.known(f"error_class.{name}", told))
