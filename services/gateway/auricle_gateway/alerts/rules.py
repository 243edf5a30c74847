"""Rules of alerts: who runs quality writes them, looks at what they read now, and tests where they are told."""

from datetime import UTC, datetime

from auricle_contracts.alerts import AlertRule, AlertRuleIn, Reading
from auricle_contracts.audit import AuditAction
from auricle_records.alerts import deliveries, judging, measuring, rules
from auricle_records.callers import Actor, Caller
from fastapi import APIRouter, Request
from fastapi.responses import Response

from auricle_gateway.access.callers import QualityManager
from auricle_gateway.alerts.replies import AlertLook, AlertRuleList, AlertTest
from auricle_gateway.audit.trail import note
from auricle_gateway.parts import PartsOf
from auricle_gateway.rest import bodies, problem_docs

router = APIRouter(tags=["alerts"])
EXAMPLE = {
    "name": "Грубость в продажах", "measure": "class_count", "error_class": "rudeness", "threshold": 3, "window_minutes": 60
}  # fmt: skip
BODY = problem_docs.json_body(AlertRuleIn, EXAMPLE)


@router.get("/alert-rules", summary="What rings", responses=problem_docs.of())
async def list_rules(parts: PartsOf, caller: QualityManager) -> AlertRuleList:
    """By name, each with the alert that it has open."""
    return AlertRuleList(items=tuple(await rules.list_rules(parts.db, caller.workspace)))


@router.post(
    "/alert-rules",
    status_code=201,
    summary="Add a rule",
    responses=problem_docs.of(404, 409, 413, 415),
    openapi_extra=BODY,
)
async def post_rule(request: Request, parts: PartsOf, caller: QualityManager) -> AlertRule:
    """Keeper looks at it within a minute. 404 for a destination that is not there, 409 `name_taken`."""
    wanted = await bodies.read_json(request, AlertRuleIn, bodies.SMALL_BYTES)
    made = await rules.add(parts.db, caller.workspace, wanted, actor(caller))
    await note(parts.db, caller, AuditAction.ALERT_RULE_ADDED, subject=made.id, details={"name": made.name})
    return made


@router.get("/alert-rules/{rule_id}", summary="One rule", responses=problem_docs.of(404))
async def get_rule(rule_id: str, parts: PartsOf, caller: QualityManager) -> AlertRule:
    """With the alert that it has open."""
    return await rules.get(parts.db, caller.workspace, rule_id)


@router.put(
    "/alert-rules/{rule_id}",
    summary="Change a rule",
    responses=problem_docs.of(404, 409, 413, 415),
    openapi_extra=BODY,
)
async def put_rule(rule_id: str, request: Request, parts: PartsOf, caller: QualityManager) -> AlertRule:
    """What is left out gets its default. Switched off, its alert is closed."""
    wanted = await bodies.read_json(request, AlertRuleIn, bodies.SMALL_BYTES)
    made = await rules.change(parts.db, caller.workspace, rule_id, wanted, actor(caller))
    await note(parts.db, caller, AuditAction.ALERT_RULE_CHANGED, subject=rule_id, details={"name": made.name})
    return made


@router.delete("/alert-rules/{rule_id}", status_code=204, summary="Remove a rule", responses=problem_docs.of(404))
async def delete_rule(rule_id: str, parts: PartsOf, caller: QualityManager) -> Response:
    """Its alert is closed; what rang stays in the history."""
    await rules.remove(parts.db, caller.workspace, rule_id, actor(caller))
    await note(parts.db, caller, AuditAction.ALERT_RULE_REMOVED, subject=rule_id)
    return Response(status_code=204)


@router.get("/alert-rules/{rule_id}/reading", summary="What a rule reads now", responses=problem_docs.of(404))
async def get_reading(rule_id: str, parts: PartsOf, caller: QualityManager) -> AlertLook:
    """Over its window up to now; nothing is kept or told."""
    rule = await rules.get(parts.db, caller.workspace, rule_id)
    last, before = await measuring.measure(parts.db, caller.workspace, rule, now=datetime.now(UTC))
    return AlertLook(reading=measuring.reading(rule, last, before), rings=judging.rings(rule, last, before))


@router.post(
    "/alert-rules/{rule_id}/test", status_code=202, summary="Test where a rule is told", responses=problem_docs.of(404)
)
async def post_rule_test(rule_id: str, parts: PartsOf, caller: QualityManager) -> AlertTest:
    """A marked test with what it reads now to each of its destinations, once and whatever the hour."""
    rule = await rules.get(parts.db, caller.workspace, rule_id)
    now = datetime.now(UTC)
    last, before = await measuring.measure(parts.db, caller.workspace, rule, now=now)
    told: Reading = measuring.reading(rule, last, before)
    made = await deliveries.add_tests(parts.db, caller.workspace, rule, told, now=now)
    await note(parts.db, caller, AuditAction.ALERT_TESTED, subject=rule_id)
    return AlertTest(delivery_ids=tuple(made))


def actor(caller: Caller) -> Actor:
    """Who did it, as it is kept."""
    return Actor(caller.kind, caller.id, caller.name)
