"""CSV as it streams: RFC 4180 lines in UTF-8 with a byte order mark, without which Excel reads Russian as noise. Pure.

Excel splits by the list separator of its own locale: a Russian one by semicolons, and reads decimals with a comma; 1.5 would become the
first of May.
"""

import csv
import io
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Literal

from auricle_gateway.exports.columns import Column
from auricle_gateway.exports.formatting import Cell, defused, in_utc, shown
from auricle_gateway.exports.i18n import Language
from auricle_gateway.exports.tables import Row

MARK = "\ufeff"
Separator = Literal["comma", "semicolon", "tab"]
SEPARATORS: dict[Separator, str] = {"comma": ",", "semicolon": ";", "tab": "\t"}


@dataclass(frozen=True)
class CsvFormat:
    """Words in a language, cells apart by a separator. With semicolons decimals have a comma."""

    language: Language
    separator: Separator = "comma"

    def header(self, columns: Sequence[Column]) -> bytes:
        """The first line."""
        return (MARK + self._lines([[defused(column.titles[self.language]) for column in columns]])).encode()

    def lines(self, rows: Iterable[Row]) -> bytes:
        """Some rows."""
        cells = ([self._plain(shown(cell, self.language)) for cell in row] for row in rows)
        return self._lines(cells).encode("utf-8", "backslashreplace")

    def _plain(self, cell: Cell) -> str | int | float:
        if cell is None:
            return ""
        if isinstance(cell, datetime):
            return in_utc(cell).isoformat(sep=" ", timespec="seconds")
        if isinstance(cell, float | Decimal) and self.separator == "semicolon":
            return str(cell).replace(".", ",")
        return cell if isinstance(cell, int | float) else str(cell)

    def _lines(self, rows: Iterable[Sequence[object]]) -> str:
        buffer = io.StringIO()
        csv.writer(buffer, delimiter=SEPARATORS[self.separator], lineterminator="\r\n").writerows(rows)
        return buffer.getvalue()
