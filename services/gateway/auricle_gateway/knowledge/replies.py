"""Bodies and replies of the knowledge base's routes."""

from datetime import datetime
from typing import Literal

from auricle_contracts import Contract
from auricle_contracts.knowledge import ArticleState, Passage
from auricle_contracts.languages import Language
from auricle_criteria import Title


class ArticleView(Contract):
    """An article by its newest version. `passages` counts them; `size_bytes` are those of all versions, which the quota counts."""

    id: str
    reference: str
    title: str
    language: str | None
    state: ArticleState
    version: int
    passages: int
    size_bytes: int
    created_at: datetime
    updated_at: datetime


class ArticlePage(Contract):
    """By reference. `next_cursor` asks for the next page; null on the last."""

    items: tuple[ArticleView, ...]
    next_cursor: str | None


class ArticlePatch(Contract):
    """Given fields replace. A retired article is searched no more and stays for what cites it."""

    state: ArticleState | None = None
    language: Language | None = None


class ArticleVersionView(Contract):
    """A version, and who sent it. `sha256` is that of the document as it came; the document itself is not kept."""

    version: int
    title: str
    media_type: str
    file_name: str | None
    sha256: str
    size_bytes: int
    passages: int
    note: str | None
    author_kind: Literal["api_key", "person", "name"]
    author: str
    author_name: str | None
    created_at: datetime


class ArticleVersionList(Contract):
    """The newest first; at most 200."""

    items: tuple[ArticleVersionView, ...]


class ArticleText(Contract):
    """A version of an article: its passages in their order."""

    article: ArticleView
    version: ArticleVersionView
    passages: tuple[Passage, ...]


class PassageFound(Contract):
    """A passage that matches. `marks` are spans of its matching words: start and end in code points of its text."""

    article_id: str
    reference: str
    title: str
    language: str | None
    version: int
    passage: Passage
    marks: tuple[tuple[int, int], ...]


class StaleArticle(Contract):
    """An article and how many findings of current evaluations cite what it says no more: it was changed, retired or removed."""

    article_id: str
    reference: str
    title: str
    now: Literal["changed", "retired", "removed"]
    findings: int
    conversations: int


class StaleList(Contract):
    """Those with the most conversations first; at most 200."""

    items: tuple[StaleArticle, ...]


class JudgedAgain(Contract):
    """`runs` were asked for now, `already` before; `left`: the same request again takes the next ones."""

    runs: int
    already: int
    left: int


class Gap(Contract):
    """An error class without an active article. `why`: it names `none`, or what it names (`articles`) is `missing` or retired.

    `looked_for`: the scorecard looks for it.
    """

    error_class: str
    category: str
    title: Title
    looked_for: bool
    why: Literal["none", "missing"]
    articles: tuple[str, ...]


class GapList(Contract):
    """Those that are looked for first, then in the order of the checklist. `classes`: of how many."""

    items: tuple[Gap, ...]
    classes: int


class SearchReply(Contract):
    """The best first. `matched`: each has `all` words of the query, or, where nothing had, `any` of them."""

    matched: Literal["all", "any"]
    items: tuple[PassageFound, ...]
