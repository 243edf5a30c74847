"""Golden items: listed, added from a conversation, settled, removed."""

from typing import Annotated

from auricle_contracts import Scope
from auricle_contracts.audit import AuditAction
from auricle_contracts.conversations import Reference
from auricle_contracts.golden import GoldenItem, GoldenSource, GoldenSplit, GoldenState, GoldenStatus
from auricle_contracts.languages import Language
from auricle_contracts.vocabulary import Channel
from auricle_kit.errors import InvalidRequest
from auricle_records.callers import Caller
from auricle_records.golden import items
from auricle_records.golden.models import GoldenFilters, NewItem
from auricle_records.people import directory
from auricle_records.review import blind
from fastapi import APIRouter, Query, Request
from fastapi.responses import Response
from pydantic import BaseModel, ConfigDict, Field

from auricle_gateway.access.callers import GoldenReader, QualityManager, Reviewer
from auricle_gateway.audit.trail import note
from auricle_gateway.errors import TestSplitClosed
from auricle_gateway.golden import copies_of_blind
from auricle_gateway.golden.copies import copy_of
from auricle_gateway.golden.replies import GoldenAdded, GoldenItemIn, GoldenItemPage, GoldenItemView, GoldenSettle
from auricle_gateway.parts import Parts, PartsOf
from auricle_gateway.rest import bodies, problem_docs

router = APIRouter(tags=["golden"])
ADD = {"conversation_id": "0193…", "whole": True}
SETTLE = {"status": GoldenStatus.GOLDEN.value}


class GoldenQuery(BaseModel):
    """All given ones must hold. `subject`: an error class or a criterion; `contested`: items of which something waits to be settled."""

    model_config = ConfigDict(extra="forbid")

    split: GoldenSplit | None = None
    subject: Reference | None = None
    state: GoldenState | None = None
    status: GoldenStatus | None = None
    channel: Channel | None = None
    language: Language | None = None
    conversation_id: Reference | None = None
    contested: bool | None = None

    def of(self, caller: Caller) -> GoldenFilters:
        """As records take them. Raises TestSplitClosed."""
        if self.split is GoldenSplit.TEST and Scope.AUDIT not in caller.scopes:
            raise TestSplitClosed
        return GoldenFilters(**{name: getattr(self, name) for name in GoldenFilters.__slots__})


class GoldenPageQuery(GoldenQuery):
    """And which page."""

    cursor: Annotated[str | None, Field(max_length=64, description="`next_cursor` of the page before.")] = None
    limit: Annotated[int, Field(ge=1, le=200)] = 50


@router.get("/golden-items", summary="Golden items", responses=problem_docs.of())
async def list_items(
    parts: PartsOf, caller: GoldenReader, query: Annotated[GoldenPageQuery, Query()]
) -> GoldenItemPage:
    """Newest first. Without the scope `audit` items of the test split are not there, and asking for them is 403 `golden_test_split`."""
    page = await items.page(parts.db, caller.workspace, query.of(caller), cursor=query.cursor, limit=query.limit)
    return GoldenItemPage(items=page.items, next_cursor=page.cursor)


@router.post(
    "/golden-items",
    status_code=201,
    summary="Copy a reviewed conversation",
    responses=problem_docs.of(404, 409, 410, 413, 415),
    openapi_extra=problem_docs.json_body(GoldenItemIn, ADD),
)
async def post_item(request: Request, parts: PartsOf, caller: Reviewer) -> GoldenAdded:
    """A masked copy with people's verdicts, or `whole`. With the scope `audit` it is golden at once, else a proposal that somebody settles.

    The same conversation again, or another of the same words, joins the item that is there. 409 `golden_consent_missing`.
    """
    wanted = await bodies.read_json(request, GoldenItemIn, bodies.SMALL_BYTES)
    dialogue = await copy_of(parts, caller.workspace, wanted.conversation_id, whole=wanted.whole)
    if not dialogue.turns or not dialogue.labels:
        raise InvalidRequest(
            "nobody judged anything of it", action="Judge an answer or a finding first, or send `whole`."
        )
    status = GoldenStatus.GOLDEN if Scope.AUDIT in caller.scopes else GoldenStatus.PROPOSED
    if await blind.is_blind(parts.db, caller.workspace, wanted.conversation_id, caller.id):
        return await copies_of_blind.pretended(parts, caller, wanted.conversation_id, len(dialogue.labels))
    new = NewItem(dialogue, GoldenSource.REVIEW, status, caller.id, wanted.conversation_id)
    added = await items.add(parts.db, caller.workspace, new)
    details = {"labels": added.labels, "status": status}
    await note(
        parts.db, caller, AuditAction.GOLDEN_ADDED, conversation_id=wanted.conversation_id, subject=added.id, details=details
    )  # fmt: skip
    return GoldenAdded(
        id=added.id, is_new=added.is_new, status=status, labels=added.labels, same=added.same, contested=added.contested
    )


@router.get("/golden-items/{golden_id}", summary="One golden item", responses=problem_docs.of(404))
async def get_item(golden_id: str, parts: PartsOf, caller: GoldenReader) -> GoldenItemView:
    """With all that was said of it, withdrawn labels too, and by whom."""
    return await _named(parts, caller, await items.get(parts.db, caller.workspace, golden_id))


@router.post(
    "/golden-items/{golden_id}/settle",
    summary="Accept or withdraw labels",
    responses=problem_docs.of(404, 413, 415),
    openapi_extra=problem_docs.json_body(GoldenSettle, SETTLE),
)
async def post_settlement(golden_id: str, request: Request, parts: PartsOf, caller: QualityManager) -> GoldenItemView:
    """Proposals become golden, or what contradicts is withdrawn. What is said in a label never changes."""
    await items.get(parts.db, caller.workspace, golden_id)
    wanted = await bodies.read_json(request, GoldenSettle, bodies.SMALL_BYTES)
    settled = await items.settle(
        parts.db, caller.workspace, golden_id, wanted.status, by=caller.id, label_ids=wanted.labels
    )
    details = {"status": wanted.status, "labels": len(wanted.labels)}
    await note(parts.db, caller, AuditAction.GOLDEN_SETTLED, subject=golden_id, details=details)
    return await _named(parts, caller, settled)


@router.delete(
    "/golden-items/{golden_id}", status_code=204, summary="Remove a golden item", responses=problem_docs.of(404)
)
async def delete_item(golden_id: str, parts: PartsOf, caller: QualityManager) -> Response:
    """For good, with its labels."""
    await items.remove(parts.db, caller.workspace, golden_id)
    await note(parts.db, caller, AuditAction.GOLDEN_REMOVED, subject=golden_id)
    return Response(status_code=204)


async def _named(parts: Parts, caller: Caller, item: GoldenItem) -> GoldenItemView:
    ids = {item.added_by} | {name for one in item.labels for name in (one.decided_by, one.settled_by) if name}
    names = await directory.names(parts.db, caller.workspace, ids)
    return GoldenItemView.model_validate({**item.model_dump(), "names": names})
