"""Times, sizes and money as people read them. Pure; languages differ only in names of months and the decimal mark."""

from collections.abc import Callable
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

MONTHS = {
    "ru": ("янв", "фев", "мар", "апр", "мая", "июн", "июл", "авг", "сен", "окт", "ноя", "дек"),
    "en": ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"),
}
NOTHING = "—"


def clock(ms: int | None) -> str:
    """Ms as m:ss or h:mm:ss; a dash where there is no time."""
    if ms is None:
        return NOTHING
    seconds = ms // 1000
    hours, minutes = seconds // 3600, seconds // 60 % 60
    return f"{hours}:{minutes:02d}:{seconds % 60:02d}" if hours else f"{minutes}:{seconds % 60:02d}"


def moment(at: datetime | None, language: str) -> str:
    """Day, month and time in UTC."""
    if at is None:
        return NOTHING
    utc = at.astimezone(UTC)
    return f"{utc.day} {MONTHS[language][utc.month - 1]}, {utc:%H:%M}"


def iso(at: datetime | None) -> str:
    """For `<time datetime>`."""
    return "" if at is None else at.astimezone(UTC).isoformat(timespec="seconds")


def number(value: float | Decimal | None, language: str, digits: int = 1) -> str:
    """With at most so many decimals, spaces between thousands, and the language's decimal mark."""
    if value is None:
        return NOTHING
    text = f"{value:,.{digits}f}".replace(",", "\u202f")
    if "." in text:
        text = text.rstrip("0").rstrip(".")
    return text.replace(".", ",") if language == "ru" else text


def money(amount: Decimal | float | None) -> str:
    """Dollars with as many digits as a small sum needs; a dash where there is no price."""
    if amount is None:
        return NOTHING
    return f"${amount:.2f}" if amount >= 1 else f"${amount:.6f}"


FILTERS: dict[str, Callable[..., Any]] = {
    "clock": clock,
    "moment": moment,
    "iso": iso,
    "number": number,
    "money": money,
}
