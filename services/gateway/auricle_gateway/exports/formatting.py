"""What a spreadsheet may be given. Pure.

Text from a conversation that begins like a formula is defused by an apostrophe (CWE-1236), also in Excel files, where it would be
harmless until somebody saves the sheet as CSV. Numbers are written as numbers and stay as they are.
"""

from datetime import UTC, datetime
from decimal import Decimal

from auricle_contracts import AnswerState

from auricle_gateway.exports.i18n import NO, SIGNS, YES, Language

Cell = str | int | float | bool | Decimal | datetime | AnswerState | None
MAX_CHARS = 32_000  # Excel's own limit is 32,767
_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")


def defused(text: str) -> str:
    """The text, cut to what a cell holds, with an apostrophe in front of what a spreadsheet would compute."""
    text = text.encode("utf-8", "backslashreplace").decode()  # half a surrogate pair has no place in a file
    bare = text.lstrip(" \u00a0\ufeff")
    shown = "'" + text if bare.startswith(_FORMULA) or text.startswith(_FORMULA) else text
    return shown if len(shown) <= MAX_CHARS else shown[: MAX_CHARS - 1] + "…"


def in_utc(moment: datetime) -> datetime:
    """A time that a spreadsheet can hold: in UTC, without its zone."""
    return moment.astimezone(UTC).replace(tzinfo=None)


def shown(cell: Cell, language: Language) -> Cell:
    """The same cell; text is safe for a spreadsheet, and "no", "no occasion" and "nobody can tell" are three different things."""
    if isinstance(cell, bool):
        return (YES if cell else NO)[language]
    if isinstance(cell, AnswerState):
        return SIGNS[cell]
    if isinstance(cell, str):
        return defused(cell)
    return cell
