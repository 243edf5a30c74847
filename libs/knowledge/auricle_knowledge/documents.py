"""A document as every format is read into it, before it is cut into passages."""

from dataclasses import dataclass, replace

MAX_TITLE_CHARS = 300


@dataclass(frozen=True, slots=True)
class Block:
    """A paragraph, list, table or listing in the document's order. `headings` stand above it, outermost first; a PDF's `page` is from 1."""

    text: str
    headings: tuple[str, ...] = ()
    page: int | None = None


@dataclass(frozen=True, slots=True)
class Document:
    """What a file says: its own title, if it has one, and its blocks."""

    title: str | None
    blocks: tuple[Block, ...]

    def titled(self, title: str | None) -> "Document":
        """The same with a title, where it has none."""
        return self if self.title or not title else replace(self, title=title[:MAX_TITLE_CHARS])


class Unreadable(Exception):
    """The document ends in a clear state: a code of `auricle_contracts.Code`, a sentence, and what to do."""

    def __init__(self, code: str, why: str, action: str) -> None:
        super().__init__(why)
        self.code, self.why, self.action = code, why, action
