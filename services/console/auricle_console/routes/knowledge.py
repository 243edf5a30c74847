"""The knowledge base by the page: articles and their passages, search, what is out of date, and classes without an article."""

from collections.abc import AsyncIterator
from pathlib import PurePath
from typing import Annotated
from urllib.parse import quote

from auricle_contracts import Scope
from fastapi import APIRouter, File, Form, Request, UploadFile
from pydantic import StringConstraints
from starlette.responses import RedirectResponse, Response

from auricle_console.drawing import page
from auricle_console.errors import GatewaySaid
from auricle_console.gateway import Gateway
from auricle_console.knowledge_base import KnowledgeBase
from auricle_console.routes.callers import GatewayOf, OwnForm, PartsOf, SessionOf, chosen
from auricle_console.sessions import Session
from auricle_console.views.knowledge import SentDocument, media_type_of, reference_of

router = APIRouter()
LIST = "/knowledge"
MOST_FILES = 20
CHUNK_BYTES = 1 << 20
Short = Annotated[str, StringConstraints(max_length=200, strip_whitespace=True), Form()]


@router.get(LIST)
async def show_articles(request: Request, session: SessionOf, gateway: GatewayOf) -> Response:
    """Articles, and passages where words are searched for."""
    return await _listed(request, session, gateway)


@router.post(LIST)
async def upload(
    request: Request,
    session: OwnForm,
    parts: PartsOf,
    files: Annotated[list[UploadFile], File(max_length=MOST_FILES)],
    reference: Short = "",
    note: Short = "",
) -> Response:
    """Each document a new article, or a new version of the one that has its reference; what is refused stops nothing."""
    gateway = parts.gateway(session.key)
    given = [one for one in files if one.filename]
    named = reference if len(given) == 1 else ""
    sent = tuple([await _put(gateway, one, named, note) for one in given])
    return await _listed(request, session, gateway, sent=sent)


@router.get(LIST + "/stale")
async def show_stale(request: Request, session: SessionOf, gateway: GatewayOf) -> Response:
    """Articles with findings that cite what they say no more."""
    return await _stale(request, session, gateway)


@router.post(LIST + "/stale")
async def judge_again(
    request: Request, session: OwnForm, parts: PartsOf, article: Annotated[str, Form(max_length=64)] = ""
) -> Response:
    """Up to 200 conversations with such findings; the answer says how many are left."""
    gateway = parts.gateway(session.key)
    return await _stale(request, session, gateway, done=await KnowledgeBase(gateway).judge_again(article))


@router.get(LIST + "/gaps")
async def show_gaps(request: Request, session: SessionOf, gateway: GatewayOf) -> Response:  # noqa: ARG001 - signed in
    """Error classes whose comments cite nothing."""
    return page(request, "knowledge_gaps.html", found=await KnowledgeBase(gateway).gaps())


@router.get(LIST + "/{article}")
async def show_article(request: Request, article: str, session: SessionOf, gateway: GatewayOf) -> Response:
    """A version with its passages, each at its own anchor, which findings lead to."""
    base = KnowledgeBase(gateway)
    return page(
        request,
        "article.html",
        found=await base.article(article, request.query_params.get("version", "")),
        versions=(await base.versions(article)).items,
        may_edit=session.may(Scope.KNOWLEDGE),
    )


@router.post(LIST + "/{article}/state")
async def change_state(
    article: str, session: OwnForm, parts: PartsOf, state: Annotated[str, Form(max_length=16)] = ""
) -> Response:
    """Retired, or taken back."""
    await KnowledgeBase(parts.gateway(session.key)).set_state(article, state)
    return RedirectResponse(f"{LIST}/{quote(article, safe='')}", status_code=303)


async def _listed(
    request: Request, session: Session, gateway: Gateway, *, sent: tuple[SentDocument, ...] = ()
) -> Response:
    base, asked = KnowledgeBase(gateway), chosen(request, ("search", "state", "cursor"))
    words = asked.get("search", "")[:200]
    return page(
        request,
        "knowledge.html",
        found=await base.articles(asked),
        passages=await base.search(words) if words else None,
        chosen=asked,
        may_edit=session.may(Scope.KNOWLEDGE),
        sent=sent,
        most=MOST_FILES,
    )


async def _stale(request: Request, session: Session, gateway: Gateway, *, done: object = None) -> Response:
    found = await KnowledgeBase(gateway).stale()
    return page(request, "knowledge_stale.html", found=found, done=done, may_edit=session.may(Scope.KNOWLEDGE))


async def _put(gateway: Gateway, file: UploadFile, reference: str, note: str) -> SentDocument:
    name = PurePath((file.filename or "").replace("\\", "/")).name[:200]
    media_type, called = media_type_of(name), reference or reference_of(name)
    if not media_type:
        return SentDocument(name=name, fault="unsupported_media_type")
    if not called:
        return SentDocument(name=name, fault="reference_needed")
    try:
        return SentDocument(
            name=name, article=await KnowledgeBase(gateway).put(called, media_type, name, _chunks(file), note)
        )
    except GatewaySaid as error:
        return SentDocument(name=name, fault=error.said_code)


async def _chunks(file: UploadFile) -> AsyncIterator[bytes]:
    while chunk := await file.read(CHUNK_BYTES):
        yield chunk
