"""Masking settings, unmasking, and the audit log of it."""

from typing import Annotated

from auricle_contracts.audit import AuditAction
from auricle_contracts.masking import MaskingSettings, Secrets
from auricle_records import conversations, masking
from fastapi import APIRouter, Query, Request

from auricle_gateway.access.callers import Operator, Unmasker
from auricle_gateway.audit.trail import note
from auricle_gateway.errors import NotReady
from auricle_gateway.parts import PartsOf
from auricle_gateway.rest import bodies, problem_docs
from auricle_gateway.workspace.replies import UnmaskingPage, UnmaskingView

router = APIRouter(tags=["masking"])
EXAMPLE = {"kinds": ["phone", "card"], "prompts": True, "exports": True, "views": True, "recordings": False}


@router.get("/masking", summary="What this workspace hides", responses=problem_docs.of())
async def get_masking(parts: PartsOf, caller: Operator) -> MaskingSettings:
    """Everything, where it made no choice."""
    return await masking.settings(parts.db, caller.workspace)


@router.put(
    "/masking",
    summary="Choose what this workspace hides",
    responses=problem_docs.of(413, 415),
    openapi_extra=problem_docs.json_body(MaskingSettings, EXAMPLE),
)
async def put_masking(request: Request, parts: PartsOf, caller: Operator) -> MaskingSettings:
    """Holds for what is read, exported and prompted from now on; evaluations made before stay as they are."""
    chosen = await bodies.read_json(request, MaskingSettings, bodies.SMALL_BYTES)
    await masking.choose(parts.db, caller.workspace, chosen)
    await note(parts.db, caller, AuditAction.MASKING_CHANGED, details=chosen.model_dump(mode="json"))
    return chosen


@router.get(
    "/conversations/{conversation_id}/secrets",
    summary="What its placeholders stand for",
    responses=problem_docs.of(404, 409, 410),
)
async def get_secrets(conversation_id: str, parts: PartsOf, caller: Unmasker) -> Secrets:
    """The reverse map, opened; audited. 409 where none is kept, or its key is gone."""
    await conversations.get(parts.db, caller.workspace, conversation_id)
    found = (await parts.privacy.secrets(caller.workspace, [conversation_id])).get(conversation_id)
    if found is None:
        raise NotReady("no reverse map of this conversation can be opened", action="Evaluate it under a masking key.")
    await parts.privacy.unmask(caller, conversation_id, "secrets")
    return found


@router.get("/unmaskings", summary="Who saw what was hidden", responses=problem_docs.of())
async def list_unmaskings(
    parts: PartsOf,
    caller: Operator,
    cursor: Annotated[str | None, Query(max_length=512, description="`next_cursor` of the page before.")] = None,
    limit: Annotated[int, Query(ge=1, le=200)] = 100,
) -> UnmaskingPage:
    """Newest first, page by page. A recording that a key hears is one entry a minute, however many ranges its player asks for."""
    found = await masking.audited(parts.db, caller.workspace, cursor=cursor, limit=limit)
    return UnmaskingPage(
        items=tuple(
            UnmaskingView(
                conversation_id=one.conversation_id, key_id=one.api_key_id, what=one.what, created_at=one.created_at
            )
            for one in found.items
        ),
        next_cursor=found.cursor,
    )
