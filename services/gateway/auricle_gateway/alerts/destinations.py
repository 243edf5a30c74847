"""Where alerts are told: webhooks, Slack, people by mail; and each telling with the destination's answer."""

from typing import Annotated

import httpx
from auricle_contracts.alerts import Destination, DestinationIn
from auricle_contracts.audit import AuditAction
from auricle_contracts.conversations import Reference
from auricle_kit import egress
from auricle_kit.egress import UrlRefused
from auricle_records import workspaces
from auricle_records.alerts import deliveries, destinations
from fastapi import APIRouter, Query, Request
from fastapi.responses import Response

from auricle_gateway.access.callers import QualityManager
from auricle_gateway.alerts.replies import AlertDeliveryList, AlertTest, DestinationList, NewDestination
from auricle_gateway.audit.trail import note
from auricle_gateway.parts import Parts, PartsOf
from auricle_gateway.rest import bodies, problem_docs

router = APIRouter(tags=["alerts"])
EXAMPLE = {"name": "Дежурный канал", "kind": "slack", "url": "https://hooks.slack.com/services/T0/B0/x"}


@router.get("/alert-destinations", summary="Where alerts are told", responses=problem_docs.of())
async def list_destinations(parts: PartsOf, caller: QualityManager) -> DestinationList:
    """By name, without secrets."""
    return DestinationList(items=tuple(await destinations.list_destinations(parts.db, caller.workspace)))


@router.post(
    "/alert-destinations",
    status_code=201,
    summary="Add a destination",
    responses=problem_docs.of(409, 413, 415),
    openapi_extra=problem_docs.json_body(DestinationIn, EXAMPLE),
)
async def post_destination(request: Request, parts: PartsOf, caller: QualityManager) -> NewDestination:
    """The answer holds a webhook's secret, this once. An address is checked as those of webhooks are: 422 `url_refused`."""
    wanted = await bodies.read_json(request, DestinationIn, bodies.SMALL_BYTES)
    if wanted.url is not None:
        await _check(parts, caller.workspace, wanted.url)
    made, secret = await destinations.add(parts.db, caller.workspace, wanted, keyring=parts.privacy.keyring)
    await note(
        parts.db, caller, AuditAction.ALERT_DESTINATION_ADDED, subject=made.id, details={"kind": made.kind.value}
    )
    return NewDestination(**dict(made), secret=secret)


@router.get("/alert-destinations/{destination_id}", summary="One destination", responses=problem_docs.of(404))
async def get_destination(destination_id: str, parts: PartsOf, caller: QualityManager) -> Destination:
    """Without its secret."""
    return await destinations.get(parts.db, caller.workspace, destination_id)


@router.delete(
    "/alert-destinations/{destination_id}",
    status_code=204,
    summary="Remove a destination",
    responses=problem_docs.of(404),
)
async def delete_destination(destination_id: str, parts: PartsOf, caller: QualityManager) -> Response:
    """With what waits for it; rules that name it tell their others."""
    await destinations.remove(parts.db, caller.workspace, destination_id)
    await note(parts.db, caller, AuditAction.ALERT_DESTINATION_REMOVED, subject=destination_id)
    return Response(status_code=204)


@router.post(
    "/alert-destinations/{destination_id}/test",
    status_code=202,
    summary="Test a destination",
    responses=problem_docs.of(404),
)
async def post_destination_test(destination_id: str, parts: PartsOf, caller: QualityManager) -> AlertTest:
    """A marked test, tried once and whatever the hour."""
    found = await destinations.get(parts.db, caller.workspace, destination_id)
    made = await deliveries.add_test(parts.db, caller.workspace, found)
    await note(parts.db, caller, AuditAction.ALERT_TESTED, subject=destination_id)
    return AlertTest(delivery_ids=(made,))


@router.get("/alert-deliveries", summary="Each telling and its answer", responses=problem_docs.of())
async def list_deliveries(
    parts: PartsOf,
    caller: QualityManager,
    alert_id: Reference | None = None,
    destination_id: Reference | None = None,
    id: Annotated[list[Reference] | None, Query(max_length=50, description="Given again for each.")] = None,  # noqa: A002
) -> AlertDeliveryList:
    """Newest first, a hundred at most. All given ones must hold."""
    found = await deliveries.shown(parts.db, caller.workspace, ids=id, alert_id=alert_id, destination_id=destination_id)
    return AlertDeliveryList(items=tuple(found))


async def _check(parts: Parts, workspace: str, url: str) -> None:
    """Raises UrlRefused."""
    hosts = (await workspaces.get(parts.db, workspace)).allowed_hosts
    try:
        egress.check_url(httpx.URL(url), parts.egress.with_hosts(hosts))
    except httpx.InvalidURL:
        raise UrlRefused("this is not a URL") from None
