"""Times, sizes and money as people read them, by the rules of CLDR (Babel). Pure."""

from collections.abc import Callable
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

from babel.dates import format_date, format_datetime
from babel.numbers import format_decimal

from auricle_console.wording import Wording

NOTHING = "—"


def clock(ms: int | None) -> str:
    """Ms as m:ss or h:mm:ss; a dash where there is no time."""
    if ms is None:
        return NOTHING
    seconds = ms // 1000
    hours, minutes = seconds // 3600, seconds // 60 % 60
    return f"{hours}:{minutes:02d}:{seconds % 60:02d}" if hours else f"{minutes}:{seconds % 60:02d}"


def moment(at: datetime | None, words: Wording, *, zone: bool = True) -> str:
    """Day, month, year and time in the page's zone, with the zone's name unless a heading says it."""
    if at is None:
        return NOTHING
    text = format_datetime(at, "d MMM y, HH:mm", tzinfo=words.zone, locale=words.language)
    return f"{text} {zone_name(words, at)}" if zone else text


def day(at: datetime, words: Wording) -> str:
    """Day, month and year in the page's zone."""
    return format_date(at.astimezone(words.zone), "d MMM y", locale=words.language)


def zone_name(words: Wording, at: datetime | None = None) -> str:
    """What the clocks of the page's zone are called: UTC, MSK, UTC+05."""
    name = (at or datetime.now(UTC)).astimezone(words.zone).tzname() or "UTC"
    return f"UTC{name}" if name[0] in "+-" else name


def iso(at: datetime | None) -> str:
    """For `<time datetime>`."""
    return "" if at is None else at.astimezone(UTC).isoformat(timespec="seconds")


def number(value: float | Decimal | None, language: str, digits: int = 1) -> str:
    """With at most so many decimals, narrow spaces between thousands, and the language's decimal mark."""
    if value is None:
        return NOTHING
    pattern = "#,##0." + "#" * digits if digits else "#,##0"
    text = format_decimal(value, pattern, locale=language)
    return text.replace("\u00a0" if language == "ru" else ",", "\u202f").replace("-", "\u2212")


def signed(value: float, language: str, digits: int = 1) -> str:
    """As `number`, a true minus or a plus before it."""
    text = number(abs(value), language, digits)
    return text if text == "0" else ("+" if value > 0 else "\u2212") + text


def money(amount: Decimal | float | None, language: str) -> str:
    """Dollars with as many digits as a small sum needs; a dash where there is no price."""
    if amount is None:
        return NOTHING
    return "$" + format_decimal(amount, "0.00" if amount >= 1 else "0.000000", locale=language)


FILTERS: dict[str, Callable[..., Any]] = {
    "clock": clock,
    "moment": moment,
    "day": day,
    "iso": iso,
    "number": number,
    "signed": signed,
    "money": money,
}
