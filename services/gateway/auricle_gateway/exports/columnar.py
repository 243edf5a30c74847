"""Parquet for programs: typed columns, raw text, and beside each answer its state, so that a null is never mistaken for a "no".

Each field's metadata says its `unit`, where it has one, and its `title`.
"""

from collections.abc import Iterable, Sequence
from datetime import datetime
from decimal import Decimal
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
from auricle_contracts import AnswerState

from auricle_gateway.exports.cells import Cell
from auricle_gateway.exports.columns import Column, Kind
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

    def add(self, items: Iterable[Item], table: Table) -> None:
        """The rows of some conversations as one row group."""
        self.add_rows([row for item in items for row in table.rows(item)])

    def add_rows(self, rows: Sequence[Row]) -> None:
        """Rows as one row group; none at all writes none."""
        if not rows:
            return
        columns: list[list[Cell]] = []
        for number, column in enumerate(self._columns):
            cells = [row[number] for row in rows]
            columns.append([_value(cell, column.kind) for cell in cells])
            if column.can_be_open:
                columns.append([_state(cell) for cell in cells])
        arrays = [pa.array(cells, field.type) for cells, field in zip(columns, self._schema, strict=True)]
        self._writer.write_table(pa.Table.from_arrays(arrays, schema=self._schema))

    def close(self) -> None:
        """Finish the file."""
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
