"""What was sent from a folder, in a small SQLite file beside it: a recording is sent once, over restarts and crashes."""

import sqlite3
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Self

from auricle_cli.errors import CliError

_TABLE = """
CREATE TABLE IF NOT EXISTS files (
    path TEXT PRIMARY KEY, size INTEGER NOT NULL, mtime_ns INTEGER NOT NULL, conversation_id TEXT, described TEXT NOT NULL,
    at TEXT NOT NULL DEFAULT CURRENT_TIMESTAMP
)
"""


@dataclass(frozen=True)
class Entry:
    """A file that was sent, or was refused (no `conversation_id`). `described` is the hash of what was said of it."""

    path: str
    size: int
    mtime_ns: int
    conversation_id: str | None
    described: str


class SentFiles:
    """Each change is on disk when the call returns."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection

    @classmethod
    def open(cls, path: Path) -> Self:
        """Raises CliError where it cannot be written: without it everything would be sent again."""
        try:
            connection = sqlite3.connect(path, isolation_level=None)
            connection.execute("PRAGMA synchronous = FULL")
            connection.execute(_TABLE)
        except sqlite3.Error as error:
            raise CliError(f"{path} cannot be written ({error}); name another file with --state") from None
        return cls(connection)

    def close(self) -> None:
        """The file."""
        self._connection.close()

    def get(self, path: str) -> Entry | None:
        """What is known of a file."""
        query = "SELECT path, size, mtime_ns, conversation_id, described FROM files WHERE path = ?"
        with closing(self._connection.execute(query, (path,))) as rows:
            row = rows.fetchone()
        return Entry(*row) if row else None

    def put(self, entry: Entry) -> None:
        """Replace it."""
        values = (entry.path, entry.size, entry.mtime_ns, entry.conversation_id, entry.described)
        self._connection.execute(
            "INSERT OR REPLACE INTO files (path, size, mtime_ns, conversation_id, described) VALUES (?, ?, ?, ?, ?)",
            values,
        )
