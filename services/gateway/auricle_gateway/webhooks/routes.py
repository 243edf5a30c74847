"""Where a workspace's events are sent (Standard Webhooks). keeper sends them; here they are kept."""

from dataclasses import asdict

import httpx
from auricle_contracts.audit import AuditAction
from auricle_kit import egress
from auricle_kit.egress import UrlRefused
from auricle_kit.errors import NotFound
from auricle_records import webhooks, workspaces
from fastapi import APIRouter, Request
from fastapi.responses import Response

from auricle_gateway.access.callers import Operator
from auricle_gateway.audit.trail import note
from auricle_gateway.parts import PartsOf
from auricle_gateway.rest import bodies, problem_docs
from auricle_gateway.webhooks.replies import NewWebhook, WebhookIn, WebhookList, WebhookView

router = APIRouter(tags=["webhooks"])


@router.post(
    "/webhooks",
    status_code=201,
    summary="Add an endpoint",
    responses=problem_docs.of(413, 415),
    openapi_extra=problem_docs.json_body(WebhookIn, {"url": "https://crm.example.com/auricle"}),
)
async def post_webhook(request: Request, parts: PartsOf, caller: Operator) -> NewWebhook:
    """The answer holds the secret that signs its events, this once."""
    wanted = await bodies.read_json(request, WebhookIn, bodies.SMALL_BYTES)
    hosts = (await workspaces.get(parts.db, caller.workspace)).allowed_hosts
    try:
        egress.check_url(httpx.URL(wanted.url), parts.egress.with_hosts(hosts))
    except httpx.InvalidURL:
        raise UrlRefused("this is not a URL") from None
    added, secret = await webhooks.add(
        parts.db,
        caller.workspace,
        url=wanted.url,
        secret=wanted.secret,
        events=tuple(wanted.events),
        keyring=parts.privacy.keyring,
    )
    await note(parts.db, caller, AuditAction.WEBHOOK_ADDED, subject=added.id)
    return NewWebhook.model_validate(asdict(added) | {"secret": secret})


@router.get("/webhooks", summary="List endpoints", responses=problem_docs.of())
async def list_webhooks(parts: PartsOf, caller: Operator) -> WebhookList:
    """Without their secrets."""
    found = await webhooks.list_endpoints(parts.db, caller.workspace)
    return WebhookList(items=tuple(WebhookView.model_validate(asdict(one)) for one in found))


@router.get("/webhooks/{webhook_id}", summary="One endpoint", responses=problem_docs.of(404))
async def get_webhook(webhook_id: str, parts: PartsOf, caller: Operator) -> WebhookView:
    """Without its secret."""
    for one in await webhooks.list_endpoints(parts.db, caller.workspace):
        if one.id == webhook_id:
            return WebhookView.model_validate(asdict(one))
    raise NotFound("there is no such webhook")


@router.delete("/webhooks/{webhook_id}", status_code=204, summary="Remove an endpoint", responses=problem_docs.of(404))
async def delete_webhook(webhook_id: str, parts: PartsOf, caller: Operator) -> Response:
    """With its unsent events."""
    await webhooks.remove(parts.db, caller.workspace, webhook_id)
    await note(parts.db, caller, AuditAction.WEBHOOK_REMOVED, subject=webhook_id)
    return Response(status_code=204)
