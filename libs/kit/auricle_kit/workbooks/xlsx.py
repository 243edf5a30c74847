"""Opening a workbook that a stranger made: bounded before anything is unpacked, no entities, no formulas believed.

The bounds are far above what our own export of the same rows takes (20,000 rows: 4 MiB packed, 40 MiB unpacked).
"""

import re
import warnings
import zipfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from decimal import Decimal
from enum import Enum
from io import BytesIO
from itertools import repeat
from operator import is_
from typing import Any
from xml.parsers.expat import ExpatError

import openpyxl
from openpyxl.cell.read_only import EMPTY_CELL
from openpyxl.utils import get_column_letter, range_boundaries

from auricle_kit.errors import InvalidRequest
from auricle_kit.workbooks import xlsx_limits

MAX_BYTES = 16 * 1024 * 1024
MAX_UNPACKED = 96 * 1024 * 1024
MAX_PARTS = 500
MAX_ROWS = 20_000
MAX_COLUMNS = 64
LAST_ROW = 1_048_576
_NO_CODE = re.compile(r'"[^"]*"|\\.|_.|\*.|\[[^\]]*\]')
MAX_TEXT = 32_767
warnings.filterwarnings("ignore", category=UserWarning, module="openpyxl")  # what it does not know, we do not need


class Odd(Enum):
    """What a cell may hold that is no value."""

    FORMULA = "formula"
    ERROR = "error"


Value = str | int | float | bool | Odd | None


@dataclass(frozen=True, slots=True)
class Line:
    """One row: its number in the sheet, and its cells by column number from 0."""

    number: int
    cells: tuple[Value, ...]


def address(sheet: str, row: int, column: int) -> str:
    """As people name a cell: `Отчёт!C5`."""
    return f"{sheet}!{get_column_letter(column + 1)}{row}"


class Workbook:
    """The sheets of an opened file. `merged`: ranges by the path of the sheet's part."""

    def __init__(self, book: Any, merged: Mapping[str, Sequence[str]]) -> None:
        self._book = book
        self._merged = merged

    @property
    def sheets(self) -> tuple[str, ...]:
        """Names of those that hold cells."""
        return tuple(sheet.title for sheet in self._book.worksheets)

    def lines(self, sheet: str) -> Iterator[Line]:
        """Rows that hold anything, from the first; a merged range holds its value in each of its cells.

        Raises InvalidRequest for more than MAX_ROWS of them.
        """
        opened = self._book[sheet]
        fill = MergedFill(self._merged.get(opened._worksheet_path, ()))  # noqa: SLF001 - openpyxl tells the part nowhere else
        opened.reset_dimensions()  # what the file says of its own size is not believed
        found = 0
        for number, row in enumerate(opened.iter_rows(max_row=LAST_ROW, max_col=MAX_COLUMNS), 1):
            if all(map(is_, row, repeat(EMPTY_CELL))):
                continue  # how the reader fills gaps: a million of them pass in two seconds
            cells = tuple(_value(cell) for cell in row)
            if all(cell is None for cell in cells):
                continue
            cells = fill.filled(number, cells)
            found += 1
            if found > MAX_ROWS + 1:
                raise InvalidRequest(
                    f"the sheet {sheet} has more than {MAX_ROWS} rows", action="Send the sheet in parts."
                )
            yield Line(number, cells)


class MergedFill:
    """What stands in the first cell of a merged range stands in all of its cells; rows come from first to last."""

    def __init__(self, ranges: Sequence[str]) -> None:
        self._ranges = sorted((_bounds(one) for one in ranges), key=lambda one: one[1])
        self._next = 0
        self._open: list[tuple[int, int, int, Value]] = []

    def filled(self, number: int, cells: tuple[Value, ...]) -> tuple[Value, ...]:
        """The row with what reaches into it."""
        self._open = [one for one in self._open if one[2] >= number]
        while self._next < len(self._ranges) and self._ranges[self._next][1] <= number:
            first, top, last, bottom = self._ranges[self._next]
            self._next += 1
            if top == number and first <= len(cells):
                self._open.append((first, last, bottom, cells[first - 1]))
        out = list(cells)
        for first, last, _, value in self._open:
            for column in range(first - 1, min(last, len(out))):
                out[column] = value if out[column] is None else out[column]
        return tuple(out)


def _bounds(reference: str) -> tuple[int, int, int, int]:
    """First column, first row, last column, last row. Raises InvalidRequest."""
    try:
        first, top, last, bottom = range_boundaries(reference)
    except (ValueError, TypeError):
        raise _refused(f"a merged range {reference[:40]!r} is none") from None
    if None in (first, top, last, bottom):
        raise _refused(f"a merged range {reference[:40]!r} has no end")
    return first, top, last, bottom


@contextmanager
def opened(raw: bytes) -> Iterator[Workbook]:
    """The workbook; blocking, call it from a thread. Raises InvalidRequest for whatever is no honest .xlsx, also while it is read."""
    merged = _check(raw)
    try:
        book = openpyxl.load_workbook(BytesIO(raw), read_only=True, data_only=False, keep_links=False)
        try:
            yield Workbook(book, merged)
        finally:
            book.close()
    except InvalidRequest:
        raise
    except Exception as error:  # noqa: BLE001 - the reader stumbles in as many ways as there are broken files
        raise _refused(f"it cannot be read ({type(error).__name__})") from None


def _check(raw: bytes) -> dict[str, list[str]]:
    """Merged ranges by part. Raises InvalidRequest."""
    try:
        with zipfile.ZipFile(BytesIO(raw)) as packed:
            parts = packed.infolist()
            if len(parts) > MAX_PARTS:
                raise _refused(f"it has more than {MAX_PARTS} parts")
            if sum(part.file_size for part in parts) > MAX_UNPACKED:
                raise _refused(f"it unpacks to more than {MAX_UNPACKED} bytes")
            return {part.filename: _check_part(packed, part) for part in parts}
    except xlsx_limits.OutOfBounds as error:
        raise _refused(str(error)) from None
    except (zipfile.BadZipFile, NotImplementedError, RuntimeError, EOFError, OSError, ValueError, ExpatError) as error:
        raise _refused(f"it is no zip of XML ({type(error).__name__})") from None


def _check_part(packed: zipfile.ZipFile, part: zipfile.ZipInfo) -> list[str]:
    """Zipfile reads no more than the size that was summed up, and checks the sum over it at the end."""
    if part.filename.endswith("vbaProject.bin"):
        raise _refused("it holds macros")
    if part.filename.endswith((".xml", ".rels")):
        with packed.open(part) as opened_part:
            return xlsx_limits.walk(opened_part, part.filename)
    return []


def _refused(why: str) -> InvalidRequest:
    return InvalidRequest(
        f"this is not a sheet that can be read: {why}", action="Send the .xlsx file that was exported."
    )


def _value(cell: Any) -> Value:
    if cell.value is None:
        return None
    if cell.data_type == "f":
        return Odd.FORMULA
    if cell.data_type == "e":
        return Odd.ERROR
    if isinstance(cell.value, str):
        return cell.value.strip()[:MAX_TEXT] or None
    if isinstance(cell.value, bool) or not isinstance(cell.value, int | float):
        return cell.value if isinstance(cell.value, bool) else str(cell.value)[:MAX_TEXT]
    return _as_typed(cell.value) if is_percent(cell.number_format) else cell.value


def _as_typed(value: float) -> float:
    """64 % is kept as 0.64. Counted in decimals: 0.57 times 100 in binary is 56.99999999999999."""
    return float(Decimal(repr(value)) * 100)


def is_percent(number_format: str) -> bool:
    """Whether a number of this format is shown a hundredfold: a bare %, and none that is quoted, escaped, padded or in brackets."""
    return "%" in _NO_CODE.sub("", number_format)
