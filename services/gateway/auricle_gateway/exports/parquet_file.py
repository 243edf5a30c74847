"""Parquet for programs: typed columns, raw text, and beside each answer its state, so that a null is never mistaken for a "no".

Each field's metadata says its `unit`, where it has one, and its `title`.

By day it is a zip of `<table>/day=2026-11-02/<table>.parquet`, as Spark, DuckDB and pyarrow read a partitioned table. The day is the
conversation's, in UTC. Reports come newest first, so a day is whole before the next begins, and one file is open at a time.
"""

import zipfile
from collections.abc import Iterable, Sequence
from datetime import UTC, date, datetime
from decimal import Decimal
from itertools import groupby
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
from auricle_contracts import AnswerState, ConversationView

from auricle_gateway.exports.columns import Column, Kind
from auricle_gateway.exports.formatting import Cell
from auricle_gateway.exports.tables import Item, Row, Table

TYPES: dict[Kind, pa.DataType] = {
    Kind.TEXT: pa.string(),
    Kind.WORDS: pa.string(),
    Kind.NUMBER: pa.float64(),
    Kind.MONEY: pa.decimal128(18, 8),
    Kind.YES_NO: pa.bool_(),
    Kind.TIME: pa.timestamp("us", tz="UTC"),
}
STATE = "_state"
ROW_GROUP = 10_000
"""Rows: the file's footer, held until the end, describes every column of every row group."""


def schema_of(columns: Sequence[Column]) -> pa.Schema:
    """A field a column; `<key>_state` (answered, not_applicable, undetermined, null: not asked) beside those that can be open."""
    fields = []
    for column in columns:
        told = {"title": column.titles["en"]} | ({"unit": column.unit} if column.unit else {})
        fields.append(pa.field(column.key, TYPES[column.kind], metadata=told))
        if column.can_be_open:
            fields.append(pa.field(column.key + STATE, pa.string()))
    return pa.schema(fields)


class ParquetFile:
    """One table. Blocking: call it from a thread."""

    def __init__(self, path: Path, columns: Sequence[Column]) -> None:
        self._columns = columns
        self._schema = schema_of(columns)
        self._writer = pq.ParquetWriter(path, self._schema, compression="zstd")
        self._waiting: list[pa.Table] = []

    def add(self, items: Iterable[Item], table: Table) -> None:
        """The rows of some conversations."""
        self.add_rows([row for item in items for row in table.rows(item)])

    def add_rows(self, rows: Sequence[Row]) -> None:
        """Rows, written when they fill a row group."""
        if not rows:
            return
        columns: list[list[Cell]] = []
        for number, column in enumerate(self._columns):
            cells = [row[number] for row in rows]
            columns.append([_value(cell, column.kind) for cell in cells])
            if column.can_be_open:
                columns.append([_state(cell) for cell in cells])
        arrays = [pa.array(cells, field.type) for cells, field in zip(columns, self._schema, strict=True)]
        self._waiting.append(pa.Table.from_arrays(arrays, schema=self._schema))
        if sum(table.num_rows for table in self._waiting) >= ROW_GROUP:
            self._write()

    def _write(self) -> None:
        if self._waiting:
            self._writer.write_table(pa.concat_tables(self._waiting))
        self._waiting = []

    def close(self) -> None:
        """Finish the file."""
        self._write()
        self._writer.close()


def _value(cell: Cell, kind: Kind) -> Cell:
    if cell is None or isinstance(cell, AnswerState):
        return None
    if kind is Kind.MONEY:
        return Decimal(cell) if not isinstance(cell, datetime) else None
    if kind in (Kind.TEXT, Kind.WORDS):
        return str(cell).encode("utf-8", "backslashreplace").decode()
    return cell


def _state(cell: Cell) -> str | None:
    if cell is None:
        return None
    return cell.value if isinstance(cell, AnswerState) else AnswerState.ANSWERED.value


def day_of(conversation: ConversationView) -> date:
    """When it was held; where nobody said, when it came."""
    return (conversation.started_at or conversation.created_at).astimezone(UTC).date()


class DailyParquet:
    """One table. Blocking: call it from a thread."""

    def __init__(self, path: Path, table: Table) -> None:
        self._zip = zipfile.ZipFile(path, "w", zipfile.ZIP_STORED)  # Parquet is compressed already
        self._part = path.with_suffix(".part")
        self._table = table
        self._day: date | None = None
        self._file: ParquetFile | None = None

    def add(self, items: Iterable[Item]) -> None:
        """The rows of some conversations, newest first over all calls."""
        for day, group in groupby(items, key=lambda item: day_of(item.conversation)):
            self._turn_to(day).add(group, self._table)

    def _turn_to(self, day: date) -> ParquetFile:
        if self._file is not None and day == self._day:
            return self._file
        self._end_day()
        self._day, self._file = day, ParquetFile(self._part, self._table.columns)
        return self._file

    def _end_day(self) -> None:
        if self._file is None:
            return
        self._file.close()
        name = self._table.name
        self._zip.write(self._part, f"{name}/day={self._day}/{name}.parquet")
        self._part.unlink()
        self._file = None

    def close(self) -> None:
        """Finish the file."""
        self._end_day()
        self._zip.close()
