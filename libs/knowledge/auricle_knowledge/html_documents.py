"""HTML as a document: headings, paragraphs, lists and tables as blocks. Markdown is read through it too, as its HTML."""

import re
from html.parser import HTMLParser

from auricle_knowledge.documents import MAX_TITLE_CHARS, Block, Document

_HEADINGS = {f"h{level}": level for level in range(1, 7)}
_UNSEEN = frozenset({"script", "style", "template", "noscript", "svg", "nav", "iframe", "object"})
_PARAGRAPHS = frozenset(
    "address article aside blockquote body center dd details div dl dt fieldset figcaption figure footer form header hr html main p pre "
    "section summary table ul ol".split()
)
_LISTS = frozenset({"ul", "ol"})
_SPACE = re.compile(r"[ \t\r\n\f\u00a0]+")
_DEEPEST = 5
_CELL = re.compile(r" *\| *")
_BLANK_LINES = re.compile(r"\n\s*\n+")


def read(source: str) -> Document:
    """The document as a reader of the page sees it. Its title is <title>, else the first heading of the first level."""
    reader = _Reader()
    reader.feed(source)
    reader.close()
    return reader.document()


class _Reader(HTMLParser):
    """Text gathers in `_parts` until a block ends; `_lists` and `_tables` count what is open: all of one is one block."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self._parts: list[str] = []
        self._blocks: list[Block] = []
        self._headings: list[tuple[int, str]] = []
        self._title = self._first_heading = ""
        self._in_title = False
        self._unseen = self._lists = self._tables = self._verbatim = 0

    def document(self) -> Document:
        self._end_block()
        title = _line(self._title) or self._first_heading
        return Document(title[:MAX_TITLE_CHARS] or None, tuple(self._blocks))

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in _UNSEEN:
            self._unseen += 1
        elif tag == "title":
            self._in_title = True
        elif tag in _HEADINGS:
            self._end_block()
        elif tag == "br":
            self._parts.append("\n")
        elif tag == "li":
            self._parts.append("\n" + "  " * min(max(self._lists - 1, 0), _DEEPEST) + "- ")
        elif tag == "tr":
            self._parts.append("\n")
        elif tag in ("td", "th"):
            self._parts.append(" | ")
        elif tag in _PARAGRAPHS:
            self._open(tag)
        elif tag == "img":
            self._parts.append(" " + (dict(attrs).get("alt") or ""))

    def _open(self, tag: str) -> None:
        if not self._within:
            self._end_block()
        elif tag not in _LISTS and not self._tables and self._started_item:
            self._parts.append("\n")
        self._lists += tag in _LISTS
        self._tables += tag == "table"
        self._verbatim += tag == "pre"

    def handle_endtag(self, tag: str) -> None:
        if tag in _UNSEEN:
            self._unseen = max(self._unseen - 1, 0)
        elif tag == "title":
            self._in_title = False
        elif tag in _HEADINGS:
            self._end_heading(_HEADINGS[tag])
        elif tag in _PARAGRAPHS:
            self._lists = max(self._lists - (tag in _LISTS), 0)
            self._tables = max(self._tables - (tag == "table"), 0)
            self._verbatim = max(self._verbatim - (tag == "pre"), 0)
            if not self._within:
                self._end_block()

    def handle_data(self, data: str) -> None:
        if self._in_title:
            self._title += data
        elif not self._unseen:
            self._parts.append(data if self._verbatim else _SPACE.sub(" ", data))

    @property
    def _within(self) -> bool:
        return bool(self._lists or self._tables)

    @property
    def _started_item(self) -> bool:
        return bool(self._parts) and not self._parts[-1].endswith("- ")

    def _end_heading(self, level: int) -> None:
        words = _line("".join(self._parts))
        self._parts = []
        self._headings = [one for one in self._headings if one[0] < level]
        if words:
            self._headings.append((level, words))
        if level == 1:
            self._first_heading = self._first_heading or words

    def _end_block(self) -> None:
        words = _tidy("".join(self._parts))
        self._parts = []
        if words:
            self._blocks.append(Block(words, tuple(text for _, text in self._headings)))


def _line(text: str) -> str:
    return _SPACE.sub(" ", text).strip()


def _tidy(text: str) -> str:
    """Lines without what frames a table's row, and without empty ones."""
    lines = (_CELL.sub(" | ", line).strip(" |") if line.lstrip().startswith("|") else line for line in text.split("\n"))
    return _BLANK_LINES.sub("\n", "\n".join(line.rstrip() for line in lines)).strip("\n").strip()
