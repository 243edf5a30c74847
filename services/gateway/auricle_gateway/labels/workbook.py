"""Opening a workbook that a stranger made: bounded before anything is unpacked, no entities, no formulas believed.

The bounds are far above what our own export of the same rows takes (20,000 rows: 4 MiB packed, 40 MiB unpacked).
"""

import warnings
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from enum import Enum
from io import BytesIO
from itertools import repeat
from operator import is_
from typing import Any
from xml.parsers.expat import ExpatError

import openpyxl
from auricle_kit.errors import InvalidRequest
from openpyxl.cell.read_only import EMPTY_CELL
from openpyxl.utils import get_column_letter

from auricle_gateway.labels import bounds

MAX_BYTES = 16 * 1024 * 1024
MAX_UNPACKED = 96 * 1024 * 1024
MAX_PARTS = 500
MAX_ROWS = 20_000
MAX_COLUMNS = 64
LAST_ROW = 1_048_576
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
    """The sheets of an opened file."""

    def __init__(self, book: Any) -> None:
        self._book = book

    @property
    def sheets(self) -> tuple[str, ...]:
        """Names of those that hold cells."""
        return tuple(sheet.title for sheet in self._book.worksheets)

    def lines(self, sheet: str) -> Iterator[Line]:
        """Rows that hold anything, from the first. Raises InvalidRequest for more than MAX_ROWS of them."""
        opened = self._book[sheet]
        opened.reset_dimensions()  # what the file says of its own size is not believed
        found = 0
        for number, row in enumerate(opened.iter_rows(max_row=LAST_ROW, max_col=MAX_COLUMNS), 1):
            if all(map(is_, row, repeat(EMPTY_CELL))):
                continue  # how the reader fills gaps: a million of them pass in two seconds
            cells = tuple(_value(cell) for cell in row)
            if all(cell is None for cell in cells):
                continue
            found += 1
            if found > MAX_ROWS + 1:
                raise InvalidRequest(
                    f"the sheet {sheet} has more than {MAX_ROWS} rows", action="Send the sheet in parts."
                )
            yield Line(number, cells)


@contextmanager
def opened(raw: bytes) -> Iterator[Workbook]:
    """The workbook; blocking, call it from a thread. Raises InvalidRequest for whatever is no honest .xlsx, also while it is read."""
    _check(raw)
    try:
        book = openpyxl.load_workbook(BytesIO(raw), read_only=True, data_only=False, keep_links=False)
        try:
            yield Workbook(book)
        finally:
            book.close()
    except InvalidRequest:
        raise
    except Exception as error:  # noqa: BLE001 - the reader stumbles in as many ways as there are broken files
        raise _refused(f"it cannot be read ({type(error).__name__})") from None


def _check(raw: bytes) -> None:
    try:
        with zipfile.ZipFile(BytesIO(raw)) as packed:
            parts = packed.infolist()
            if len(parts) > MAX_PARTS:
                raise _refused(f"it has more than {MAX_PARTS} parts")
            if sum(part.file_size for part in parts) > MAX_UNPACKED:
                raise _refused(f"it unpacks to more than {MAX_UNPACKED} bytes")
            for part in parts:
                _check_part(packed, part)
    except bounds.OutOfBounds as error:
        raise _refused(str(error)) from None
    except (zipfile.BadZipFile, NotImplementedError, RuntimeError, EOFError, OSError, ValueError, ExpatError) as error:
        raise _refused(f"it is no zip of XML ({type(error).__name__})") from None


def _check_part(packed: zipfile.ZipFile, part: zipfile.ZipInfo) -> None:
    """Zipfile reads no more than the size that was summed up, and checks the sum over it at the end."""
    if part.filename.endswith("vbaProject.bin"):
        raise _refused("it holds macros")
    if part.filename.endswith((".xml", ".rels")):
        with packed.open(part) as opened_part:
            bounds.walk(opened_part, part.filename)


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
    return cell.value * 100 if "%" in cell.number_format else cell.value  # typed as 64 %, kept as 0.64
