"""Canaries over HTTP: put a candidate on a share of what comes in, change it, end it, and see what differs."""

from typing import Annotated

from auricle_contracts.audit import AuditAction
from auricle_contracts.canaries import (
    Canaries,
    CanaryChange,
    CanaryIn,
    CanaryReport,
    CanaryView,
)
from auricle_kit import log
from auricle_kit.errors import InvalidRequest
from auricle_records import artefacts, canaries
from auricle_records.canaries import Canary
from auricle_records.canaries import figures as counted
from fastapi import APIRouter, Query, Request

from auricle_gateway.access.callers import ArtefactReader, Decider
from auricle_gateway.artefacts.routes import live_hash, require_gate
from auricle_gateway.audit.trail import note
from auricle_gateway.dry_runs.trial import Trial
from auricle_gateway.parts import PartsOf
from auricle_gateway.rest import bodies, problem_docs
from auricle_gateway.statistics.breakdowns import plain

router = APIRouter(tags=["artefacts"])
logger = log.get("gateway.canaries")
STARTED = {"share": 5, "reason": "The gate passed; now beside real calls"}
CHANGED = {"share": 20, "reason": "500 calls, nothing worse"}


@router.post(
    "/artefacts/{artefact_id}/canaries",
    status_code=201,
    summary="Put a version on a share of live traffic",
    responses=problem_docs.of(404, 409, 413, 415),
    openapi_extra=problem_docs.json_body(CanaryIn, STARTED),
)
async def post_canary(artefact_id: str, request: Request, parts: PartsOf, caller: Decider) -> CanaryView:
    """Of what comes in from now on (at other gateways seconds later), so many per cent are judged by it and count as any other.

    409 `canary_open` while another one runs, `live_moved` for what is live already, `gate_not_passed` where the workspace requires a
    gate; 422 `artefact_unfit` for what could not become live, or would not be asked.
    """
    version = await artefacts.get(parts.db, caller.workspace, artefact_id)
    wanted = await bodies.read_json(request, CanaryIn, bodies.SMALL_BYTES)
    await require_gate(parts, caller.workspace, version)
    trial = await Trial.of(parts, caller.workspace, artefact_id)
    trial.check_comes_in(parts.pinned.live.scorecard)
    live = await live_hash(parts, caller.workspace, version)
    if live == version.hash:
        raise InvalidRequest("this version is live: all is judged by it")
    started = await canaries.start(
        parts.db, caller.workspace, artefact_id, share=wanted.share, reason=wanted.reason, live_hash=live, actor=caller.actor,
    )  # fmt: skip
    parts.pinned.live.forget(caller.workspace)
    details = {"canary": started.id, "share": started.share, "kind": started.kind, "name": started.name}
    await note(parts.db, caller, AuditAction.CANARY_STARTED, subject=artefact_id, details=details)
    logger.info("canary_started", by=caller.id, kind=started.kind, share=started.share)
    return view(started)


@router.get("/canaries", summary="Versions on a share of live traffic", responses=problem_docs.of())
async def list_canaries(
    parts: PartsOf,
    caller: ArtefactReader,
    artefact_id: Annotated[str | None, Query(max_length=64, description="Of this version only.")] = None,
) -> Canaries:
    """Newest first; at most one of them runs."""
    found = await canaries.listed(parts.db, caller.workspace, artefact_id=artefact_id)
    return Canaries(items=tuple(map(view, found)))


@router.get("/canaries/{canary_id}", summary="What differs on a share of live traffic", responses=problem_docs.of(404))
async def get_canary(canary_id: str, parts: PartsOf, caller: ArtefactReader) -> CanaryReport:
    """The group that the candidate judges beside the group that what is live judges, each figure with n and 95 % interval. `is_told` false:
    too few to tell, which is not the same as nothing differs.
    """
    found = await canaries.get(parts.db, caller.workspace, canary_id)
    told = await counted.figures(parts.db, caller.workspace, canary_id)
    known = await parts.pinned.classes(parts.db, caller.workspace)
    names = {one.error_class for one in told.classes} & known.keys()
    return CanaryReport.model_validate(
        {
            **dict(view(found)),
            "first": told.live,
            "second": told.canary,
            "broken_first": plain(told.broken.live),
            "broken_second": plain(told.broken.canary),
            "broken": plain(told.broken.difference),
            "means": plain(told.means),
            "classes": plain(told.classes),
            "choices": plain(told.choices),
            "class_titles": {name: known[name].title.model_dump() for name in names},
            **{name: _share(getattr(told, name)) for name in ("reviewed", "corrected", "appealed")},
        }
    )


@router.patch(
    "/canaries/{canary_id}",
    summary="Change or end a share",
    responses=problem_docs.of(404, 409, 413, 415),
    openapi_extra=problem_docs.json_body(CanaryChange, CHANGED),
)
async def patch_canary(canary_id: str, request: Request, parts: PartsOf, caller: Decider) -> CanaryView:
    """Another share, or without one its end: what comes in from then on is judged by what is live. 409 `canary_over` once it is over.
    Making the version live (`promote`) ends it too.
    """
    wanted = await bodies.read_json(request, CanaryChange, bodies.SMALL_BYTES)
    if wanted.share is None:
        changed = await canaries.end(parts.db, caller.workspace, canary_id, wanted.reason)
    else:
        changed = await canaries.change(parts.db, caller.workspace, canary_id, wanted.share)
    parts.pinned.live.forget(caller.workspace)
    action = AuditAction.CANARY_ENDED if wanted.share is None else AuditAction.CANARY_CHANGED
    details = {"canary": changed.id, "share": changed.share}
    await note(parts.db, caller, action, subject=changed.artefact_id, details=details)
    return view(changed)


def view(found: Canary) -> CanaryView:
    """As lists show it."""
    return CanaryView(
        id=found.id, artefact_id=found.artefact_id, kind=found.kind, name=found.name, hash=found.hash, live_hash=found.live_hash,
        share=found.share, state=found.state, reason=found.reason, end_reason=found.end_reason, actor_kind=found.actor.kind,
        actor=found.actor.id, actor_name=found.actor.name, created_at=found.created_at, ended_at=found.ended_at,
    )  # fmt: skip


def _share(told: counted.ShareCompared) -> dict[str, object]:
    return {"first": plain(told.live), "second": plain(told.canary), "difference": plain(told.difference)}
