"""The Excel file: rows go to disk as they come (XlsxWriter's constant memory), every text as a string and never as a formula.

The only links are those to the conversation's page, made here from its id.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from pathlib import Path
from typing import Any
from urllib.parse import quote

import xlsxwriter
from auricle_kit.errors import InvalidRequest
from xlsxwriter.utility import xl_rowcol_to_cell

from auricle_gateway.exports import styles
from auricle_gateway.exports.columns import Column
from auricle_gateway.exports.formatting import Cell, defused, in_utc, shown
from auricle_gateway.exports.i18n import SHEETS, Language
from auricle_gateway.exports.legend import About, rows
from auricle_gateway.exports.styles import validation_of
from auricle_gateway.exports.tables import TABLES, Item, Row, Table

LAST_ROW = 1_048_575
MOST_LINKS = 20_000
"""Of one book, on its first rows: each is held in memory until the end (0.7 KB), and Excel opens no sheet with more than 65,530."""
OPTIONS = {
    "constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False, "nan_inf_to_errors": True,
}  # fmt: skip


@dataclass(frozen=True)
class Style:
    """What all sheets of a book share. `page_url` is the review page's address, None where nobody named one."""

    language: Language
    page_url: str | None = None


class Links:
    """Addresses of conversations on the review page, for the first MOST_LINKS cells of a book."""

    def __init__(self, page_url: str | None) -> None:
        self._page = page_url and page_url.rstrip("/")
        self._left = MOST_LINKS

    def to(self, conversation_id: str) -> str | None:
        """None without a page, and when there are no more."""
        if self._page is None or not self._left:
            return None
        self._left -= 1
        return f"{self._page}/conversations/{quote(conversation_id, safe='')}"


class Sheet:
    """One worksheet, filled from top to bottom."""

    def __init__(self, book: Any, name: str, columns: Sequence[Column], style: Style, links: Links) -> None:
        self.columns = columns
        self._style = style
        self._links = links
        self._book = book
        self._sheet = book.add_worksheet(SHEETS[name][style.language])
        self._row = 0
        self._formats = [book.add_format(styles.format_of(column)) for column in columns]
        self._link = book.add_format(styles.LINK)
        keys = [column.key for column in columns]
        self._id = keys.index("conversation_id") if "conversation_id" in keys else None
        self._sheet.set_row(0, 45)
        for number, column in enumerate(columns):
            self._sheet.set_column(number, number, column.width)
            self._sheet.write_string(
                0, number, defused(column.titles[style.language]), book.add_format(styles.header_of(column))
            )

    def add(self, row: Row) -> None:
        """Write one row. Raises InvalidRequest when a sheet of Excel is full."""
        self._row += 1
        if self._row > LAST_ROW:
            raise InvalidRequest(
                "there are more rows than an Excel sheet holds", action="Narrow the filters, or take CSV."
            )
        for number, (cell, column) in enumerate(zip(row, self.columns, strict=True)):
            text = shown(cell, self._style.language)
            address = self._address(row) if column.key == "call_id" and isinstance(text, str) else None
            if address is None:
                self._write(number, text)
            else:
                self._sheet.write_url(self._row, number, address, self._link, text)

    def _address(self, row: Row) -> str | None:
        return None if self._id is None else self._links.to(str(row[self._id]))

    def _write(self, number: int, cell: Cell) -> None:
        form = self._formats[number]
        if cell is None:
            return
        if isinstance(cell, datetime):
            self._sheet.write_datetime(self._row, number, in_utc(cell), form)
        elif isinstance(cell, int | float | Decimal):
            self._sheet.write_number(self._row, number, float(cell), form)
        else:
            self._sheet.write_string(self._row, number, cell, form)

    def close(self) -> None:
        """Freeze the header and the first column, filter over all columns, colour and check the cells."""
        last = max(1, self._row)
        self._sheet.freeze_panes(1, 1)
        self._sheet.autofilter(0, 0, last, len(self.columns) - 1)
        for number, column in enumerate(self.columns):
            self._colour(number, column, last)
            checks = validation_of(column, xl_rowcol_to_cell(1, number), self._style.language)
            if checks is not None:
                self._sheet.data_validation(1, number, last, number, checks)

    def _colour(self, number: int, column: Column, last: int) -> None:
        for word, look in styles.colours_of(column):
            rule = {"type": "cell", "criteria": "==", "value": f'"{word}"', "format": self._book.add_format(look)}
            self._sheet.conditional_format(1, number, last, number, rule)
        if styles.is_scaled(column):
            self._sheet.conditional_format(1, number, last, number, styles.SCALE)


class ExcelFile:
    """A sheet for each table, then agents and the legend. Blocking: call it from a thread."""

    def __init__(self, path: Path, style: Style, tables: Sequence[Table] = tuple(TABLES.values())) -> None:
        self._book = xlsxwriter.Workbook(str(path), OPTIONS)
        self._book.set_properties({"title": "Auricle", "comments": "Written by Auricle"})
        self._style, self._links = style, Links(style.page_url)
        self._tables = tables
        self._sheets = {table.name: self._sheet(table.name, table.columns) for table in tables}

    def _sheet(self, name: str, columns: Sequence[Column]) -> Sheet:
        return Sheet(self._book, name, columns, self._style, self._links)

    def add(self, items: Iterable[Item]) -> None:
        """The rows of some conversations."""
        for item in items:
            for table in self._tables:
                for row in table.rows(item):
                    self._sheets[table.name].add(row)

    def add_agents(self, columns: Sequence[Column], found: Iterable[Row]) -> None:
        """The sheet of agents, which is known only as a whole."""
        sheet = self._sheet("agents", columns)
        for row in found:
            sheet.add(row)
        self._sheets["agents"] = sheet

    def add_legend(self, about: About) -> None:
        """What the signs and colours mean, and what the file holds."""
        sheet = self._book.add_worksheet(SHEETS["legend"][self._style.language])
        bold, plain = self._book.add_format({"bold": True, "valign": "top"}), self._book.add_format({"text_wrap": True})
        sheet.set_column(0, 0, 26)
        sheet.set_column(1, 1, 110)
        for number, (sign, meaning) in enumerate(rows(self._style.language, about)):
            sheet.write_string(number, 0, sign, bold)
            sheet.write_string(number, 1, defused(meaning), plain)

    def close(self) -> None:
        """Finish the file."""
        for sheet in self._sheets.values():
            sheet.close()
        self._book.close()
