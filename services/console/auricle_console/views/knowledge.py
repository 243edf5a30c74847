"""The knowledge base as the gateway tells it, and what of a file's name an article is called by."""

import re
from datetime import datetime
from pathlib import PurePath

from auricle_contracts.knowledge import ArticleState, Passage

from auricle_console.replies import Reply

MEDIA_TYPES = {
    ".md": "text/markdown", ".markdown": "text/markdown", ".html": "text/html", ".htm": "text/html", ".pdf": "application/pdf",
    ".txt": "text/plain",
}  # fmt: skip
_STRANGE = re.compile(r"[^a-z0-9._-]+")
_ALLOWED = re.compile(r"[a-z0-9][a-z0-9._-]{0,99}")


class Article(Reply):
    """An article by its newest version."""

    id: str
    reference: str
    title: str
    language: str | None
    state: ArticleState
    version: int
    passages: int
    updated_at: datetime


class Articles(Reply):
    """By reference."""

    items: tuple[Article, ...]
    next_cursor: str | None = None


class ArticleVersion(Reply):
    """A version, and who sent it."""

    version: int
    title: str
    file_name: str | None
    note: str | None
    author_kind: str
    author: str
    author_name: str | None
    created_at: datetime


class ArticleVersions(Reply):
    """The newest first."""

    items: tuple[ArticleVersion, ...]


class ArticleText(Reply):
    """A version with its passages in their order."""

    article: Article
    version: ArticleVersion
    passages: tuple[Passage, ...]


class FoundPassage(Reply):
    """A passage that matches; `marks` are spans of its matching words."""

    article_id: str
    reference: str
    title: str
    version: int
    passage: Passage
    marks: tuple[tuple[int, int], ...]

    def parts(self) -> list[tuple[str, bool]]:
        """Its words, those that match apart."""
        text, at, found = self.passage.text, 0, []
        for start, end in sorted(self.marks):
            if start >= at:
                found += [(text[at:start], False), (text[start:end], True)]
                at = end
        return [part for part in (*found, (text[at:], False)) if part[0]]


class FoundPassages(Reply):
    """The best first."""

    matched: str
    items: tuple[FoundPassage, ...]


class StaleArticle(Reply):
    """An article that findings cite and that says it no more."""

    article_id: str
    reference: str
    title: str
    now: str
    findings: int
    conversations: int


class StaleArticles(Reply):
    """Those with the most conversations first."""

    items: tuple[StaleArticle, ...]


class JudgedAgain(Reply):
    """How many conversations were sent to be judged again, and how many are left."""

    runs: int
    already: int
    left: int


class Gap(Reply):
    """An error class without an active article."""

    error_class: str
    title: dict[str, str]
    looked_for: bool
    why: str
    articles: tuple[str, ...]


class Gaps(Reply):
    """Those that are looked for first."""

    items: tuple[Gap, ...]
    classes: int


class SentDocument(Reply):
    """A file that was handed in: its article, or the code for why it was refused."""

    name: str
    article: Article | None = None
    fault: str = ""


def media_type_of(name: str) -> str:
    """By its ending; "" for what is no document."""
    return MEDIA_TYPES.get(PurePath(name).suffix.lower(), "")


def reference_of(name: str) -> str:
    """What an article is called by where nobody says: its file's name in the letters that a reference may have; "" where none is left."""
    found = _STRANGE.sub("-", PurePath(name).stem.lower()).strip("-._")[:100]
    return found if _ALLOWED.fullmatch(found) else ""
