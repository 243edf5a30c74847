"""Articles of the knowledge base: documents come in, versions stay, passages are shown."""

from dataclasses import asdict
from typing import Annotated

from auricle_contracts.audit import AuditAction
from auricle_contracts.conversations import Reference
from auricle_contracts.knowledge import ArticleReference, ArticleState
from auricle_contracts.languages import Language
from auricle_kit import log
from auricle_kit.errors import InvalidRequest
from auricle_records.knowledge import articles
from auricle_records.knowledge.articles import Article, ArticleVersion
from fastapi import APIRouter, Query, Request
from fastapi.responses import Response
from pydantic import BaseModel, ConfigDict, Field

from auricle_gateway.access.callers import KnowledgeEditor, Reader
from auricle_gateway.audit.trail import note
from auricle_gateway.knowledge import documents
from auricle_gateway.knowledge.documents import ArticleQuery, VersionQuery
from auricle_gateway.knowledge.replies import (
    ArticlePage,
    ArticlePatch,
    ArticleText,
    ArticleVersionList,
    ArticleVersionView,
    ArticleView,
)
from auricle_gateway.parts import PartsOf
from auricle_gateway.rest import bodies, problem_docs

router = APIRouter(tags=["knowledge"])
logger = log.get("gateway.knowledge")


class ArticlesQuery(BaseModel):
    """All given ones must hold."""

    model_config = ConfigDict(extra="forbid")

    reference: ArticleReference | None = None
    state: ArticleState | None = None
    language: Language | None = None
    search: Annotated[Reference | None, Field(description="A part of a title or a reference.")] = None
    cursor: Annotated[str | None, Field(max_length=512, description="`next_cursor` of the page before.")] = None
    limit: Annotated[int, Field(ge=1, le=200)] = 50


@router.get("/knowledge/articles", summary="Articles", responses=problem_docs.of())
async def list_articles(parts: PartsOf, caller: Reader, query: Annotated[ArticlesQuery, Query()]) -> ArticlePage:
    """Retired ones too, page by page."""
    page = await articles.page(parts.db, caller.workspace, **query.model_dump())
    return ArticlePage(items=tuple(map(_view, page.items)), next_cursor=page.cursor)


@router.post(
    "/knowledge/articles",
    status_code=201,
    summary="Add an article",
    responses=problem_docs.of(409, 413, 415, 507),
    openapi_extra=documents.DOCUMENT,
)
async def post_article(
    request: Request, parts: PartsOf, caller: KnowledgeEditor, query: Annotated[ArticleQuery, Query()]
) -> ArticleView:
    """Markdown, HTML, PDF with a text layer, or plain text. Error classes name it by `reference`: 409 `name_taken` where one has it."""
    received = await documents.receive(request, parts, caller.workspace)
    first = received.version(query, caller, name=query.reference)
    added = await articles.add(parts.db, caller.workspace, query.reference, query.language, first)
    await note(parts.db, caller, AuditAction.ARTICLE_ADDED, subject=added.id, details={"reference": added.reference})
    logger.info("article_added", article=added.id, by=caller.id, passages=added.passages)
    return _view(added)


@router.get("/knowledge/articles/{article_id}", summary="One article", responses=problem_docs.of(404))
async def get_article(
    article_id: str,
    parts: PartsOf,
    caller: Reader,
    version: Annotated[int | None, Query(ge=1, le=2**31 - 1, description="By default the newest.")] = None,
) -> ArticleText:
    """With the passages of a version."""
    article = await articles.get(parts.db, caller.workspace, article_id)
    shown, passages = await articles.version(parts.db, caller.workspace, article_id, version or article.version)
    return ArticleText(article=_view(article), version=_version(shown), passages=passages)


@router.get("/knowledge/articles/{article_id}/versions", summary="Its versions", responses=problem_docs.of(404))
async def list_versions(article_id: str, parts: PartsOf, caller: Reader) -> ArticleVersionList:
    """Who sent which, the newest first."""
    found = await articles.versions(parts.db, caller.workspace, article_id)
    return ArticleVersionList(items=tuple(map(_version, found)))


@router.post(
    "/knowledge/articles/{article_id}/versions",
    status_code=201,
    summary="Send a new version",
    responses=problem_docs.of(404, 409, 413, 415, 507)
    | {200: {"model": ArticleView, "description": "It says what it said before: no version was made."}},
    openapi_extra=documents.DOCUMENT,
)
async def post_version(
    article_id: str,
    request: Request,
    parts: PartsOf,
    caller: KnowledgeEditor,
    query: Annotated[VersionQuery, Query()],
    response: Response,
) -> ArticleView:
    """Passages keep their ids while others change. 409 `revision_conflict` where somebody was quicker."""
    article = await articles.get(parts.db, caller.workspace, article_id)
    _, before = await articles.version(parts.db, caller.workspace, article_id, article.version)
    received = await documents.receive(request, parts, caller.workspace)
    new = received.version(query, caller, before=before, next_passage=article.next_passage, name=article.reference)
    if (new.passages, new.title) == (before, article.title):
        response.status_code = 200
        return _view(article)
    changed = await articles.add_version(parts.db, caller.workspace, article_id, new, after=article.version)
    details = {"reference": changed.reference, "version": changed.version}
    await note(parts.db, caller, AuditAction.ARTICLE_CHANGED, subject=article_id, details=details)
    logger.info("article_changed", article=article_id, by=caller.id, version=changed.version)
    return _view(changed)


@router.patch(
    "/knowledge/articles/{article_id}",
    summary="Retire an article, or take it back",
    responses=problem_docs.of(404, 413, 415),
    openapi_extra=problem_docs.json_body(ArticlePatch, {"state": "retired"}),
)
async def patch_article(article_id: str, request: Request, parts: PartsOf, caller: KnowledgeEditor) -> ArticleView:
    """Its words change by a new version only."""
    wanted = await bodies.read_json(request, ArticlePatch, bodies.SMALL_BYTES)
    given = wanted.model_dump(include=wanted.model_fields_set)
    if not given or given.get("state", ArticleState.ACTIVE) is None:
        raise InvalidRequest("give `state` or `language`; only `language` may be null")
    changed = await articles.change(parts.db, caller.workspace, article_id, given)
    details = {"reference": changed.reference, "state": changed.state, "fields": sorted(given)}
    await note(parts.db, caller, AuditAction.ARTICLE_CHANGED, subject=article_id, details=details)
    return _view(changed)


@router.delete(
    "/knowledge/articles/{article_id}", status_code=204, summary="Remove an article", responses=problem_docs.of(404)
)
async def delete_article(article_id: str, parts: PartsOf, caller: KnowledgeEditor) -> Response:
    """With all its versions. To keep what findings cite, retire it instead."""
    await articles.remove(parts.db, caller.workspace, article_id)
    await note(parts.db, caller, AuditAction.ARTICLE_REMOVED, subject=article_id)
    logger.info("article_removed", article=article_id, by=caller.id)
    return Response(status_code=204)


def _view(article: Article) -> ArticleView:
    return ArticleView.model_validate({name: getattr(article, name) for name in ArticleView.model_fields})


def _version(version: ArticleVersion) -> ArticleVersionView:
    author = version.author
    about = asdict(version) | {"author_kind": author.kind, "author": author.id, "author_name": author.name}
    return ArticleVersionView.model_validate(about)
