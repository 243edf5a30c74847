"""Parquet by day: a zip of `<table>/day=2026-11-02/<table>.parquet`, as Spark, DuckDB and pyarrow read a partitioned table.

The day is the conversation's, in UTC. Reports come newest first, so a day is whole before the next begins, and one file is open at a time.
"""

import zipfile
from collections.abc import Iterable
from datetime import UTC, date
from itertools import groupby
from pathlib import Path

from auricle_contracts import ConversationView

from auricle_gateway.exports.columnar import ParquetFile
from auricle_gateway.exports.tables import Item, Table


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
