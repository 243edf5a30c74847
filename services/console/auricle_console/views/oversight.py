"""The oversight record ready to draw: a row a month and subject, with shares and their intervals in words."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from auricle_contracts.oversight import OversightRecord, OversightRow, OversightShare
from babel.dates import format_date

from auricle_console.formatting import number
from auricle_console.wording import Wording

DRAFT = "oversight.draft"


@dataclass(frozen=True)
class ShownRow:
    """`overridden` and `appealed` with their interval; "" where there is nothing to be a share of."""

    month: str
    title: str
    row: OversightRow
    overridden: str
    appealed: str


@dataclass(frozen=True)
class ShownMonth:
    """Transcripts of a month."""

    month: str
    transcripts: int
    with_agent_tone: int


def shown(record: OversightRecord, titles: Mapping[str, str], words: Wording) -> tuple[ShownRow, ...]:
    """The newest month first; within it what was judged most."""
    ordered = sorted(record.rows, key=lambda one: (-one.month.toordinal(), -one.judged, one.subject))
    return tuple(
        ShownRow(
            month(one.month, words), _title(one, titles, words), one, told(one.overridden, words), told(one.appealed, words)
        )
        for one in ordered
    )  # fmt: skip


def months(record: OversightRecord, words: Wording) -> tuple[ShownMonth, ...]:
    """The newest first."""
    return tuple(
        ShownMonth(month(one.month, words), one.transcripts, one.with_agent_tone) for one in reversed(record.tone)
    )


def month(day: date, words: Wording) -> str:
    """By name, with its year."""
    return format_date(day, "LLLL y", locale=words.language)


def told(share: OversightShare, words: Wording) -> str:
    """The share and its 95 % interval, as in 67 % (21–94)."""
    if not share.of:
        return ""
    percents = (share.count / share.of, share.low, share.high)
    whole, low, high = (number(100 * one, words.language, 0) for one in percents)
    return f"{whole} % ({low}–{high})"


def _title(row: OversightRow, titles: Mapping[str, str], words: Wording) -> str:
    if row.kind == "criterion":
        return words.known(f"criterion.{row.subject}", row.subject)
    return titles.get(row.subject) or row.subject.replace("_", " ")
