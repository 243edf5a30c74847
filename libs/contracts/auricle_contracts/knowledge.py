"""Articles of the knowledge base as services see them: passages, and what a finding cites."""

from enum import StrEnum
from typing import Annotated

from pydantic import Field, StringConstraints

from auricle_contracts.contract import Contract

ArticleReference = Annotated[
    str,
    StringConstraints(pattern=r"^[a-z0-9][a-z0-9._-]{0,99}$"),
    Field(
        description="The name that error classes call an article by: lower-case Latin letters, digits, `.`, `_`, `-`."
    ),
]


class ArticleState(StrEnum):
    """Only an active article is searched. A retired one stays for what cites it."""

    ACTIVE = "active"
    RETIRED = "retired"


class Passage(Contract):
    """A paragraph, list or table of an article's version. Its id outlives changes of others, and small ones of its own; `headings` stand
    above it, outermost first; `page` of a PDF counts from 1.
    """

    id: str
    text: str
    headings: tuple[str, ...] = ()
    page: int | None = None


class Citation(Contract):
    """The passage that a finding rests on, as it read when the conversation was judged; it outlives its article."""

    article_id: str
    reference: str
    title: str
    version: int
    passage: str
    headings: tuple[str, ...] = ()
    text: str
