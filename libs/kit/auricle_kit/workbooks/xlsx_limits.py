"""A part of a workbook is walked before anybody builds a tree of it: 21 kB of zipped cells in one row took the reader 600 MiB.

The reader lets go of a sheet's elements at the end of each row, and of nothing else. So what counts is what it holds at once:
a row, and all that stands outside of rows. expat builds nothing, and is handed small pieces.
"""

from collections.abc import Mapping
from typing import IO
from xml.parsers import expat

PIECE = 64 * 1024
MAX_TAG = 4 * PIECE
"""Bytes of one tag with its attributes."""
MAX_DEPTH = 64
MAX_ROWS = 1_048_576
MAX_HELD = 150_000
"""A row of 16,384 cells has 65,536 elements, and a sheet may hold 65,530 links."""
MAX_HELD_STRINGS = 1_000_000
"""Shared strings are held until the end; 20,000 rows of our own have 300,000."""
STRINGS = "sharedstrings.xml"
MAX_MERGES = 65_536
_ROW = "http://schemas.openxmlformats.org/spreadsheetml/2006/main row"
_MERGE = "http://schemas.openxmlformats.org/spreadsheetml/2006/main mergeCell"


class OutOfBounds(ValueError):
    """The part is bigger, deeper or stranger than a sheet can be; the text says which."""


def walk(part: IO[bytes], name: str) -> list[str]:
    """Read the part to its end: its merged ranges ("H2:H5"), which the reader of cells passes over.

    Raises OutOfBounds; ExpatError for what is no XML.
    """
    bounds = _Bounds(MAX_HELD_STRINGS if name.lower().endswith(STRINGS) else MAX_HELD)
    parser = expat.ParserCreate(namespace_separator=" ")
    parser.StartElementHandler, parser.EndElementHandler = bounds.opened, bounds.closed
    parser.StartDoctypeDeclHandler = bounds.doctype
    parser.XmlDeclHandler = bounds.declared
    fed = 0
    while piece := part.read(PIECE):
        parser.Parse(piece, False)
        fed += len(piece)
        if fed - parser.CurrentByteIndex > MAX_TAG:
            raise OutOfBounds("a tag has no end")
    parser.Parse(b"", True)
    return bounds.merged


class _Bounds:
    """Counts what the reader would hold. `outside`: the part of it that no row's end will free."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._held = self._outside = self._depth = self._rows = self._inside = 0
        self.merged: list[str] = []

    def opened(self, name: str, attributes: Mapping[str, str]) -> None:
        self._depth += 1
        if name == _MERGE:
            self.merged.append(attributes.get("ref", ""))
            if len(self.merged) > MAX_MERGES:
                raise OutOfBounds("a sheet has more merged ranges than a reader takes")
        if name == _ROW:
            self._row_opened()
        self._held += 1
        if self._held > self._most or self._depth > MAX_DEPTH:
            raise OutOfBounds("it holds more elements at once than a row has cells")

    def _row_opened(self) -> None:
        if not self._inside:
            self._outside = self._held
            self._rows += 1
        self._inside += 1
        if self._rows > MAX_ROWS:
            raise OutOfBounds("a sheet has more rows than Excel")

    def closed(self, name: str) -> None:
        self._depth -= 1
        if name == _ROW:
            self._inside -= 1
            if not self._inside:
                self._held = self._outside

    def doctype(self, *_: object) -> None:
        raise OutOfBounds("its XML declares entities")

    def declared(self, _version: str, encoding: str | None, _standalone: int) -> None:
        if encoding is not None and encoding.lower() != "utf-8":
            raise OutOfBounds("its XML is not UTF-8")
