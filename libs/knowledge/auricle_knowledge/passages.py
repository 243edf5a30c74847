"""A document cut into passages: the paragraphs that are searched, cited and shown."""

import re
from collections.abc import Iterator

from auricle_knowledge.documents import Block, Document, Unreadable

MAX_PASSAGE_CHARS = 1200
MAX_PASSAGES = 2000
MAX_HEADINGS, MAX_HEADING_CHARS = 6, 200
_CONTROLS = re.compile("[\x00-\x08\x0b-\x1f\x7f]")
_SENTENCES = re.compile(r"(?<=[.!?…;])\s+|\n")


def cut(document: Document) -> list[Block]:
    """Blocks of at most MAX_PASSAGE_CHARS characters; a line that ends in a colon is one with the list below it. Raises Unreadable."""
    passages = [_bounded(piece) for block in _led_in(document) for piece in _pieces(block) if piece.text]
    if len(passages) > MAX_PASSAGES:
        raise Unreadable(
            "document_too_long",
            f"it has {len(passages)} passages, {MAX_PASSAGES} is the most",
            "Send it in parts, an article each.",
        )
    if not passages:
        raise Unreadable("document_without_text", "there are no words in it", "Send a document with text.")
    return passages


def _led_in(document: Document) -> Iterator[Block]:
    """Blocks, a line that introduces a list together with the list."""
    waiting: Block | None = None
    for block in map(_printable, document.blocks):
        if waiting is not None and waiting.headings == block.headings:
            block = Block(f"{waiting.text}\n{block.text}", block.headings, waiting.page)  # noqa: PLW2901
        elif waiting is not None:
            yield waiting
        waiting = block if block.text.endswith(":") and len(block.text) < MAX_PASSAGE_CHARS else None
        if waiting is None:
            yield block
    if waiting is not None:
        yield waiting


def _pieces(block: Block) -> Iterator[Block]:
    """The block itself, or parts of it that end where a sentence or a line does."""
    if len(block.text) <= MAX_PASSAGE_CHARS:
        yield block
        return
    start = 0
    while len(block.text) - start > MAX_PASSAGE_CHARS:
        end = _border(block.text, start)
        yield Block(block.text[start:end].strip(), block.headings, block.page)
        start = end
    if rest := block.text[start:].strip():
        yield Block(rest, block.headings, block.page)


def _border(text: str, start: int) -> int:
    """The last end of a sentence, else of a word, within a passage's length."""
    most = start + MAX_PASSAGE_CHARS
    ends = [found.end() for found in _SENTENCES.finditer(text, start, most)]
    if ends and ends[-1] > start + MAX_PASSAGE_CHARS // 4:
        return ends[-1]
    space = text.rfind(" ", start + 1, most)
    return space + 1 if space > 0 else most


def _printable(block: Block) -> Block:
    return Block(_CONTROLS.sub("", block.text).strip(), block.headings, block.page)


def _bounded(block: Block) -> Block:
    headings = tuple(_CONTROLS.sub("", one)[:MAX_HEADING_CHARS] for one in block.headings[:MAX_HEADINGS])
    return Block(block.text, headings, block.page)
