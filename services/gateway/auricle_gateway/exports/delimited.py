"""CSV as it streams: RFC 4180 lines in UTF-8 with a byte order mark, without which Excel reads Russian as noise. Pure."""

import csv
import io
from collections.abc import Iterable, Sequence
from datetime import datetime

from auricle_gateway.exports.cells import Cell, defused, in_utc
from auricle_gateway.exports.columns import Column
from auricle_gateway.exports.shown import shown
from auricle_gateway.exports.tables import Row
from auricle_gateway.exports.words import Language

MARK = "\ufeff"


def header(columns: Sequence[Column], language: Language) -> bytes:
    """The first line."""
    return (MARK + _lines([[defused(column.titles[language]) for column in columns]])).encode()


def lines(rows: Iterable[Row], language: Language) -> bytes:
    """Some rows."""
    return _lines([_plain(shown(cell, language)) for cell in row] for row in rows).encode("utf-8", "backslashreplace")


def _plain(cell: Cell) -> str | int | float:
    if cell is None:
        return ""
    if isinstance(cell, datetime):
        return in_utc(cell).isoformat(sep=" ", timespec="seconds")
    return cell if isinstance(cell, int | float) else str(cell)


def _lines(rows: Iterable[Sequence[object]]) -> str:
    buffer = io.StringIO()
    csv.writer(buffer, lineterminator="\r\n").writerows(rows)
    return buffer.getvalue()
