"""Plain text as a document: a block between empty lines, the first short line as its title."""

import re

from auricle_knowledge.documents import Block, Document

_PARAGRAPHS = re.compile(r"\n[ \t]*\n+")
_MAX_TITLE = 120


def read(source: str) -> Document:
    """Lines of a paragraph stay lines: lists of plain text are made of them."""
    parts = [part.strip("\n").rstrip() for part in _PARAGRAPHS.split(source.replace("\r\n", "\n"))]
    parts = [part for part in parts if part.strip()]
    is_titled = len(parts) > 1 and "\n" not in parts[0] and len(parts[0]) <= _MAX_TITLE
    title = parts[0].strip() if is_titled else None
    headings = (title,) if title else ()
    return Document(title, tuple(Block(part, headings) for part in parts[is_titled:]))
