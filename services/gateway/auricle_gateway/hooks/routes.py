"""Hooks of vendors: the way in for a post in their own form, and the operator's list of them."""

from typing import Annotated

from auricle_records import hook_events, hooks
from auricle_records.hook_events import HookEvent
from auricle_records.hooks import Hook
from fastapi import APIRouter, Query, Request
from fastapi.responses import Response

from auricle_gateway.access.callers import Operator, Reader
from auricle_gateway.hooks import reception
from auricle_gateway.hooks.integrations import Integration
from auricle_gateway.hooks.replies import (
    HookEventPage,
    HookEventView,
    HookIn,
    HookList,
    HookReceipt,
    HookView,
    IntegrationList,
    IntegrationView,
    NewHook,
)
from auricle_gateway.parts import Parts, PartsOf
from auricle_gateway.rest import bodies, problem_docs

router = APIRouter(tags=["hooks"])
_SHOWN = tuple(HookEventView.model_fields)
_POSTED = {
    "security": [],
    "requestBody": {
        "required": True,
        "description": "As the vendor sends it: JSON, a form, XML, or a recording with its fields in the query or beside it.",
        "content": {"application/json": {"schema": {"type": "object"}}},
    },
}


@router.get("/integrations", summary="Vendors whose posts are understood", responses=problem_docs.of())
async def list_integrations(parts: PartsOf, caller: Reader) -> IntegrationList:  # noqa: ARG001 - the key is checked
    """By id; each with what it expects and the settings of its hooks."""
    return IntegrationList(items=tuple(map(_integration, parts.hooks.integrations.values())))


@router.post(
    "/hooks",
    status_code=201,
    summary="Add a hook",
    responses=problem_docs.of(404, 413, 415),
    openapi_extra=problem_docs.json_body(HookIn, {"integration": "twilio", "secret": "the account's auth token"}),
)
async def post_hook(request: Request, parts: PartsOf, caller: Operator) -> NewHook:
    """The answer holds the address for the vendor, and the secret, this once."""
    wanted = await bodies.read_json(request, HookIn, bodies.SMALL_BYTES)
    integration = parts.hooks.integration(wanted.integration)
    integration.check_settings(wanted.settings)
    added, secret = await hooks.add(
        parts.db,
        caller.workspace,
        integration=integration.id,
        settings=wanted.settings,
        secret=wanted.secret,
        keyring=parts.privacy.keyring,
    )
    return NewHook(**dict(_hook(parts, added)), secret=secret)


@router.get("/hooks", summary="List hooks", responses=problem_docs.of())
async def list_hooks(parts: PartsOf, caller: Operator) -> HookList:
    """Without their secrets."""
    return HookList(items=tuple(_hook(parts, one) for one in await hooks.list_hooks(parts.db, caller.workspace)))


@router.get("/hooks/{hook_id}", summary="One hook", responses=problem_docs.of(404))
async def get_hook(hook_id: str, parts: PartsOf, caller: Operator) -> HookView:
    """Without its secret."""
    return _hook(parts, await hooks.get(parts.db, caller.workspace, hook_id))


@router.delete("/hooks/{hook_id}", status_code=204, summary="Remove a hook", responses=problem_docs.of(404))
async def delete_hook(hook_id: str, parts: PartsOf, caller: Operator) -> Response:
    """With its events; conversations that came through it stay."""
    await hooks.remove(parts.db, caller.workspace, hook_id)
    return Response(status_code=204)


@router.get("/hooks/{hook_id}/events", summary="What came through it", responses=problem_docs.of(404))
async def list_events(
    hook_id: str,
    parts: PartsOf,
    caller: Operator,
    state: Annotated[str | None, Query(pattern="^(pending|done|dead)$")] = None,
    before: Annotated[str | None, Query(max_length=64, description="`next_before` of the page before.")] = None,
    limit: Annotated[int, Query(ge=1, le=200)] = 50,
) -> HookEventPage:
    """The newest first. `dead`: given up, with the reason."""
    await hooks.get(parts.db, caller.workspace, hook_id)
    found = await hook_events.page(parts.db, caller.workspace, hook_id, state=state, before=before, limit=limit + 1)
    items = tuple(map(shown, found[:limit]))
    return HookEventPage(items=items, next_before=items[-1].id if len(found) > limit else None)


@router.post(
    "/hooks/{hook_id}/events/{event_id}/resend",
    status_code=202,
    summary="Try a dead event again",
    responses=problem_docs.of(404, 409),
)
async def resend_event(hook_id: str, event_id: str, parts: PartsOf, caller: Operator) -> HookEventView:
    """With its attempts counted from zero."""
    await hooks.get(parts.db, caller.workspace, hook_id)
    event = await hook_events.resend(parts.db, caller.workspace, event_id)
    parts.hooks.due.set()
    return shown(event)


@router.post(
    "/hooks/{hook_id}",
    status_code=202,
    summary="A vendor's post",
    responses=problem_docs.of(400, 404, 409, 413, 415),
    openapi_extra=_POSTED,
)
async def receive(hook_id: str, request: Request, parts: PartsOf) -> HookReceipt:
    """Signed as its integration says, not by an API key. 202: it is durable; recordings are fetched and chats assembled behind it."""
    events, conversation_id = await reception.received(parts, hook_id, request)
    return HookReceipt(events=tuple(map(shown, events)), conversation_id=conversation_id)


@router.post("/hooks/{hook_id}/{tail:path}", status_code=202, include_in_schema=False)
async def receive_below(hook_id: str, tail: str, request: Request, parts: PartsOf) -> HookReceipt:  # noqa: ARG001 - it is signed, not read
    """The same for vendors that add the event's name to the address."""
    return await receive(hook_id, request, parts)


@router.head("/hooks/{hook_id}", include_in_schema=False)
async def answer_probe(hook_id: str) -> Response:  # noqa: ARG001 - it says nothing of hooks
    """For vendors that look whether anybody is there before they post."""
    return Response(status_code=200)


def shown(event: HookEvent) -> HookEventView:
    """Without its payload, which is content."""
    return HookEventView.model_validate({name: getattr(event, name) for name in _SHOWN})


def _hook(parts: Parts, hook: Hook) -> HookView:
    known = parts.hooks.integrations.get(hook.integration)
    return HookView(
        id=hook.id,
        integration=hook.integration,
        title=known.title if known else hook.integration,
        url=parts.hooks.url(hook.id),
        settings=dict(hook.settings),
        created_at=hook.created_at,
    )


def _integration(one: Integration) -> IntegrationView:
    told = {
        name: f"{'' if setting.required else 'optional; '}{setting.about}" for name, setting in one.settings.items()
    }
    return IntegrationView(id=one.id, title=one.title, docs=one.docs, expects=one.expects, settings=told)
