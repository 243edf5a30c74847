"""Search over the knowledge base."""

from dataclasses import asdict
from typing import Annotated

from auricle_contracts.knowledge import ArticleReference
from auricle_contracts.languages import Language
from auricle_records.knowledge import search
from fastapi import APIRouter, Query
from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from auricle_gateway.access.callers import Reader
from auricle_gateway.knowledge.replies import PassageFound, SearchReply
from auricle_gateway.parts import PartsOf
from auricle_gateway.rest import problem_docs

router = APIRouter(tags=["knowledge"])


class SearchQuery(BaseModel):
    """Words to look for."""

    model_config = ConfigDict(extra="forbid")

    q: Annotated[
        Annotated[str, StringConstraints(max_length=500)],
        Field(description='Words in any of their forms; `"…"` is a phrase, `-word` excludes. Empty finds nothing.'),
    ] = ""
    article: Annotated[ArticleReference | None, Field(description="Only in this article.")] = None
    language: Language | None = None
    limit: Annotated[int, Field(ge=1, le=50)] = 10


@router.get("/knowledge/search", summary="Find passages", responses=problem_docs.of())
async def search_passages(parts: PartsOf, caller: Reader, query: Annotated[SearchQuery, Query()]) -> SearchReply:
    """Passages of active articles, by stems of Russian and English words; headings weigh more."""
    found = await search.find(
        parts.db,
        caller.workspace,
        query.q,
        references=[query.article] if query.article else None,
        language=query.language,
        limit=query.limit,
    )
    return SearchReply(matched=found.matched, items=tuple(PassageFound(**asdict(one)) for one in found.items))
