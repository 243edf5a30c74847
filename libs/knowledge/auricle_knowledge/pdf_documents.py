"""PDF as a document: the text layer, page by page, in paragraphs. What was scanned has none and is refused.

pypdf was taken because it is Python: a stranger's file meets no C code. Its text comes in lines, so paragraphs are found by their form.
"""

import io
import logging
import re
from collections import Counter
from collections.abc import Sequence

from pypdf import PdfReader
from pypdf.errors import DependencyError, PyPdfError

from auricle_knowledge.documents import Block, Document, Unreadable

MAX_PAGES = 500
_OPEN_IT = "Save it without a password and send it again."
_ITEM = re.compile(r"^\s*(?:[-–—•*▪‣·]|\d{1,3}[.)]|[a-zа-яё][.)])\s", re.IGNORECASE)
_PAGE_NUMBER = re.compile(r"^\W*(?:(?:page|страница|стр)\W*)?\d{1,4}(?:\s*(?:/|of|из)\s*\d{1,4})?\W*$", re.IGNORECASE)
_UNKNOWN_GLYPH = re.compile("[\ufffd\ue000-\uf8ff\x00-\x08\x0b\x0e-\x1f]")
_END = (".", "!", "?", ":", ";", "»", '"', "…")
_FULL_LINE = 0.8


def read(data: bytes) -> Document:
    """The document. Raises Unreadable: encrypted, broken, too long, or without a text layer."""
    logging.getLogger("pypdf").setLevel(logging.CRITICAL)
    try:
        reader = PdfReader(io.BytesIO(data), strict=False)
        _unlock(reader)
        pages = _pages(reader)
        title = str((reader.metadata and reader.metadata.title) or "").strip()
    except (PyPdfError, ValueError, KeyError, TypeError, AttributeError, IndexError, RecursionError) as error:
        raise Unreadable(
            "document_broken", f"this PDF cannot be read: {type(error).__name__}", "Save or print it as PDF anew."
        ) from error
    blocks = [Block(text, (), number) for number, lines in enumerate(_bare(pages), 1) for text in _paragraphs(lines)]
    _check_text(blocks)
    return Document(title[:300] or None, tuple(blocks))


def _unlock(reader: PdfReader) -> None:
    """Many files are encrypted with an empty password, which only forbids printing."""
    try:
        is_shut = reader.is_encrypted and not reader.decrypt("")
    except (NotImplementedError, DependencyError):
        is_shut = True
    if is_shut:
        raise Unreadable("document_encrypted", "this PDF opens with a password only", _OPEN_IT)


def _pages(reader: PdfReader) -> list[list[str]]:
    if len(reader.pages) > MAX_PAGES:
        raise Unreadable(
            "document_too_long",
            f"it has {len(reader.pages)} pages, {MAX_PAGES} is the most",
            "Send it in parts, an article each.",
        )
    return [[line.strip() for line in page.extract_text().split("\n")] for page in reader.pages]


def _bare(pages: Sequence[Sequence[str]]) -> list[list[str]]:
    """The pages' lines without page numbers, and without the first and last lines that most pages share."""
    edges = Counter(line for page in pages for line in {*page[:1], *page[-1:]} if line)
    shared = {line for line, count in edges.items() if len(pages) >= 3 and count > len(pages) / 2}
    return [
        [line for place, line in enumerate(page) if not (place in (0, len(page) - 1) and _is_furniture(line, shared))]
        for page in pages
    ]


def _is_furniture(line: str, shared: set[str]) -> bool:
    return line in shared or _PAGE_NUMBER.match(line) is not None


def _paragraphs(lines: Sequence[str]) -> list[str]:
    """Lines put together; one ends at an empty line, before an item, and behind a sentence that ends in a short line."""
    lengths = sorted(len(line) for line in lines if line)
    width = lengths[int(len(lengths) * 0.9)] if lengths else 0
    found, current = [], ""
    for line in lines:
        if not line or _ITEM.match(line):
            found.append(current)
            current = line
        else:
            current = _joined(current, line)
        if line.endswith(_END) and len(line) < _FULL_LINE * width:
            found.append(current)
            current = ""
    return [one for one in (*found, current) if one]


def _joined(text: str, line: str) -> str:
    """Two lines of a paragraph; a word that was parted at their border is whole again."""
    if not text:
        return line
    if text.endswith("-") and text[-2:-1].isalpha() and line[:1].islower():
        return text[:-1] + line
    return f"{text} {line}"


def _check_text(blocks: Sequence[Block]) -> None:
    text = "".join(block.text for block in blocks)
    unknown = len(_UNKNOWN_GLYPH.findall(text))
    if not text or unknown > len(text) / 4:
        raise Unreadable(
            "document_without_text",
            "this PDF has no text layer that could be read: pages are pictures, or letters have no meaning in it",
            "Run text recognition over it, or send the source it was made from.",
        )
