"""What rang: seen, taken up and closed by who runs quality; and the workspace's quiet hours."""

from typing import Annotated

from auricle_contracts.alerts import Alert, AlertSettings, AlertState
from auricle_contracts.audit import AuditAction
from auricle_contracts.conversations import Reference
from auricle_records.alerts import incidents, settings
from fastapi import APIRouter, Query, Request
from pydantic import BaseModel, ConfigDict, Field

from auricle_gateway.access.callers import QualityManager
from auricle_gateway.alerts.replies import AlertList
from auricle_gateway.alerts.rules import actor
from auricle_gateway.audit.trail import note
from auricle_gateway.parts import PartsOf
from auricle_gateway.rest import bodies, problem_docs

router = APIRouter(tags=["alerts"])
EXAMPLE = {"time_zone": "Europe/Moscow", "quiet_from": "21:00", "quiet_until": "08:00"}


class AlertQuery(BaseModel):
    """All given ones must hold."""

    model_config = ConfigDict(extra="forbid")

    state: AlertState | None = None
    rule_id: Reference | None = None
    cursor: Annotated[str | None, Field(max_length=512, description="`next_cursor` of the page before.")] = None
    limit: Annotated[int, Field(ge=1, le=200)] = 50


@router.get("/alerts", summary="What rang", responses=problem_docs.of())
async def list_alerts(parts: PartsOf, caller: QualityManager, query: Annotated[AlertQuery, Query()]) -> AlertList:
    """Newest first; also of rules that are no more."""
    page = await incidents.page(
        parts.db, caller.workspace, state=query.state, rule_id=query.rule_id, cursor=query.cursor, limit=query.limit
    )
    return AlertList(items=page.items, next_cursor=page.cursor)


@router.get("/alerts/{alert_id}", summary="One alert", responses=problem_docs.of(404))
async def get_alert(alert_id: str, parts: PartsOf, caller: QualityManager) -> Alert:
    """With the reading that opened it and the last one."""
    return await incidents.get(parts.db, caller.workspace, alert_id)


@router.post("/alerts/{alert_id}/acknowledgement", summary="Somebody looks at it", responses=problem_docs.of(404))
async def post_acknowledgement(alert_id: str, parts: PartsOf, caller: QualityManager) -> Alert:
    """Of one that is closed, or acknowledged already, nothing changes."""
    changed = await incidents.acknowledge(parts.db, caller.workspace, alert_id, actor(caller))
    await note(parts.db, caller, AuditAction.ALERT_ACKNOWLEDGED, subject=alert_id)
    return changed


@router.post("/alerts/{alert_id}/closing", summary="It is over", responses=problem_docs.of(404))
async def post_closing(alert_id: str, parts: PartsOf, caller: QualityManager) -> Alert:
    """Its rule may ring again after its cooldown."""
    changed = await incidents.close(parts.db, caller.workspace, alert_id, actor(caller))
    await note(parts.db, caller, AuditAction.ALERT_CLOSED, subject=alert_id)
    return changed


@router.get("/alert-settings", summary="Quiet hours", responses=problem_docs.of())
async def get_alert_settings(parts: PartsOf, caller: QualityManager) -> AlertSettings:
    """None, where nobody chose any."""
    return await settings.get(parts.db, caller.workspace)


@router.put(
    "/alert-settings",
    summary="Choose quiet hours",
    responses=problem_docs.of(413, 415),
    openapi_extra=problem_docs.json_body(AlertSettings, EXAMPLE),
)
async def put_alert_settings(request: Request, parts: PartsOf, caller: QualityManager) -> AlertSettings:
    """For what rings from now on."""
    chosen = await bodies.read_json(request, AlertSettings, bodies.SMALL_BYTES)
    await settings.choose(parts.db, caller.workspace, chosen)
    await note(parts.db, caller, AuditAction.ALERT_SETTINGS_CHANGED, details=chosen.model_dump())
    return chosen
