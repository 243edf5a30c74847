"""Markdown as a document: CommonMark with tables, and the front matter that documentation sites put above it."""

import re

from markdown_it import MarkdownIt

from auricle_knowledge import html_documents
from auricle_knowledge.documents import Document

_FRONT_MATTER = re.compile(r"\A---[ \t]*\r?\n(?P<lines>.*?)^(?:---|\.\.\.)[ \t]*\r?$\n?", re.DOTALL | re.MULTILINE)
_TITLE = re.compile(r"^title:[ \t]*(?P<quote>[\"']?)(?P<title>.+?)(?P=quote)[ \t]*\r?$", re.MULTILINE)
_PARSER = MarkdownIt("commonmark", {"html": True}).enable(["table", "strikethrough"])


def read(source: str) -> Document:
    """The document as its rendered page shows it; the title of its front matter comes first."""
    front = _FRONT_MATTER.match(source)
    body = source[front.end() :] if front else source
    document = html_documents.read(_PARSER.render(body))
    named = _TITLE.search(front["lines"]) if front else None
    return Document(named["title"], document.blocks) if named else document
