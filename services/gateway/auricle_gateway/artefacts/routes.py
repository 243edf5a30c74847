"""The registry: list, read, compare, write a version, make it live, go back."""

from typing import Annotated, Literal

from auricle_contracts.artefacts import ArtefactKind, ArtefactState
from auricle_contracts.audit import AuditAction
from auricle_contracts.conversations import Reference
from auricle_criteria import documents
from auricle_criteria.artefact import Artefact
from auricle_kit import log, tracing
from auricle_kit.errors import InvalidRequest
from auricle_records import artefacts
from auricle_records.appeals import changes
from auricle_records.artefacts import Evidence, StoredBody, VersionFilters
from auricle_records.callers import Caller
from auricle_records.golden import settings as golden_settings
from fastapi import APIRouter, Query, Request
from fastapi.responses import Response
from pydantic import BaseModel, ConfigDict, Field

from auricle_gateway.access.callers import ArtefactReader, Decider, Promoter
from auricle_gateway.artefacts import comparison, gates
from auricle_gateway.artefacts.live import new_version
from auricle_gateway.artefacts.replies import (
    ArtefactDiff,
    ArtefactHistory,
    ArtefactIn,
    ArtefactPage,
    ArtefactPatch,
    ArtefactView,
    PromotionIn,
    PromotionView,
    RollbackIn,
    VersionView,
)
from auricle_gateway.artefacts.views import Views, promotion_view
from auricle_gateway.audit.trail import note
from auricle_gateway.dry_runs.evidence import dry_run_evidence
from auricle_gateway.parts import Parts, PartsOf
from auricle_gateway.rest import bodies, problem_docs

router = APIRouter(tags=["artefacts"])
logger = log.get("gateway.artefacts")
MAX_BYTES = 1024 * 1024
EXAMPLE = {"kind": "scorecard", "text": "id: sales\nversion: 4\nnote: Politeness counts twice.\n…"}
PROMOTION = {"reason": "F1 0.81 on the golden set, 0.74 before", "evidence": {"gate_run": "0193…"}}
ROLLBACK = {"reason": "False alarms on e-mails"}


class ArtefactQuery(BaseModel):
    """All given ones must hold."""

    model_config = ConfigDict(extra="forbid")

    state: ArtefactState = ArtefactState.LIVE
    kind: ArtefactKind | None = None
    name: Reference | None = None
    search: Annotated[Reference | None, Field(description="A part of the name or of the note.")] = None
    cursor: Annotated[str | None, Field(max_length=64, description="`next_cursor` of the page before.")] = None
    limit: Annotated[int, Field(ge=1, le=200)] = 200


@router.get("/artefacts", summary="What decides, and versions that wait", responses=problem_docs.of())
async def list_artefacts(
    parts: PartsOf, caller: ArtefactReader, query: Annotated[ArtefactQuery, Query()]
) -> ArtefactPage:
    """What is live, all of it on one page; or versions of another state, newest first."""
    views = await Views.of(parts, caller.workspace)
    filters = VersionFilters(query.kind, query.name, query.state, query.search)
    if query.state is ArtefactState.LIVE:
        return ArtefactPage(items=await views.live(filters), next_cursor=None)
    return await views.page(filters, query.cursor, query.limit)


@router.post(
    "/artefacts",
    status_code=201,
    summary="Write a version",
    responses=problem_docs.of(409, 413, 415) | {200: {"model": ArtefactView, "description": "It is there already."}},
    openapi_extra=problem_docs.json_body(ArtefactIn, EXAMPLE),
)
async def post_artefact(request: Request, response: Response, parts: PartsOf, caller: Promoter) -> ArtefactView:
    """A draft, or a candidate; nothing is judged by it until it is promoted. The same content is the version that is there: 200.
    What cannot be read is 422 `artefact_invalid`, with line and field of each fault; a rule that misses its own examples, or a pattern
    that cannot be compiled, 422 `artefact_unfit`.
    """
    wanted = await bodies.read_json(request, ArtefactIn, MAX_BYTES)
    views = await Views.of(parts, caller.workspace)
    artefact = documents.read_document(wanted.kind, wanted.text, parts.pinned.live.shipped.systems)
    await parts.rules.admit(views.composed.library, artefact)
    added, fresh = await artefacts.add(
        parts.db, caller.workspace, new_version(artefact), caller.actor, ArtefactState(wanted.state)
    )
    if fresh:
        details = {"kind": added.kind, "name": added.name, "hash": added.hash}
        await note(parts.db, caller, AuditAction.ARTEFACT_ADDED, subject=added.id, details=details)
    response.status_code = 201 if fresh else 200
    return views.with_text(added, artefact)


@router.get("/artefacts/{artefact_id}", summary="One version with its text", responses=problem_docs.of(404))
async def get_artefact(artefact_id: str, parts: PartsOf, caller: ArtefactReader) -> ArtefactView:
    """As YAML, its fields in their order."""
    views = await Views.of(parts, caller.workspace)
    version = await artefacts.get(parts.db, caller.workspace, artefact_id)
    return views.with_text(version, await _artefact(parts, caller, artefact_id))


@router.patch(
    "/artefacts/{artefact_id}",
    summary="Change a version's state or figures",
    responses=problem_docs.of(404, 409, 413, 415),
    openapi_extra=problem_docs.json_body(ArtefactPatch, {"figures": {"f1": 0.81, "n": 240}}),
)
async def patch_artefact(artefact_id: str, request: Request, parts: PartsOf, caller: Promoter) -> VersionView:
    """Its text never changes: another text is another version. The state of what is live changes by promoting another: 409."""
    await artefacts.get(parts.db, caller.workspace, artefact_id)
    wanted = await bodies.read_json(request, ArtefactPatch, bodies.SMALL_BYTES)
    state = ArtefactState(wanted.state) if wanted.state else None
    changed = await artefacts.change(parts.db, caller.workspace, artefact_id, state=state, figures=wanted.figures)
    details = {"fields": sorted(wanted.model_fields_set), "state": changed.state}
    await note(parts.db, caller, AuditAction.ARTEFACT_CHANGED, subject=artefact_id, details=details)
    return (await Views.of(parts, caller.workspace)).version(changed)


@router.get(
    "/artefacts/{artefact_id}/history", summary="Its name's versions and promotions", responses=problem_docs.of(404)
)
async def get_history(artefact_id: str, parts: PartsOf, caller: ArtefactReader) -> ArtefactHistory:
    """Each version with figures, classes and note; who made which live, when, and on what evidence."""
    views = await Views.of(parts, caller.workspace)
    of = (await artefacts.get(parts.db, caller.workspace, artefact_id)).of
    return ArtefactHistory(
        versions=tuple(map(views.version, await artefacts.history(parts.db, caller.workspace, of))),
        promotions=tuple(map(promotion_view, await artefacts.promotions(parts.db, caller.workspace, of))),
    )


@router.get("/artefacts/{artefact_id}/diff", summary="What it changes", responses=problem_docs.of(404, 409))
async def get_diff(
    artefact_id: str,
    parts: PartsOf,
    caller: ArtefactReader,
    against: Annotated[str | None, Query(max_length=64, description="An id; without one, what is live.")] = None,
) -> ArtefactDiff:
    """Beside another version of the same name."""
    views = await Views.of(parts, caller.workspace)
    after = await artefacts.get(parts.db, caller.workspace, artefact_id)
    before = await views.beside(after, against)
    if before.of != after.of:
        raise InvalidRequest(f"`against` is a version of {before.kind.value} {before.name}")
    old, new = [await _artefact(parts, caller, one.id) for one in (before, after)]
    return ArtefactDiff(
        before=views.version(before),
        after=views.version(after),
        changes=comparison.changes(old, new),
        text=comparison.unified(old, new),
    )


@router.post(
    "/artefacts/{artefact_id}/promote",
    summary="Make it live",
    responses=problem_docs.of(404, 409, 413, 415),
    openapi_extra=problem_docs.json_body(PromotionIn, PROMOTION),
)
async def post_promotion(artefact_id: str, request: Request, parts: PartsOf, caller: Decider) -> PromotionView:
    """What comes in from now on is judged by it (at other gateways seconds later); runs that exist keep the recipe that they are pinned to.
    What does not go together with what else is live is 422 `artefact_unfit`, and nothing changes. The gate's verdict and the newest
    dry run go into the evidence; where the workspace requires it, 409 `gate_not_passed`. `appeals` are told what they led to
    (`appeal.led_to_change`); 422 `appeal_unfit` for one that was not accepted, or is about what the version does not decide.
    """
    version = await artefacts.get(parts.db, caller.workspace, artefact_id)
    wanted = await bodies.read_json(request, PromotionIn, bodies.SMALL_BYTES)
    await require_gate(parts, caller.workspace, version)
    live = await parts.pinned.live.of(parts.db, caller.workspace)
    await parts.rules.admit(live.library, await _artefact(parts, caller, artefact_id))
    shown = gates.evidence(version) | await dry_run_evidence(parts, caller.workspace, artefact_id)
    wanted = wanted.model_copy(update={"evidence": shown | wanted.evidence})
    await parts.pinned.live.seed(parts.db, caller.workspace)
    moved = await artefacts.promote(
        parts.db,
        caller.workspace,
        artefact_id,
        _evidence(caller, wanted),
        shipped=parts.pinned.live.shipped_hashes.get(version.of),
        expected=wanted.expected,
        check=lambda held: parts.pinned.live.check(held, artefact_id),
        also=changes.answering(caller.workspace, wanted.appeals, traceparent=tracing.traceparent()),
    )
    return await _moved(parts, caller, moved, AuditAction.ARTEFACT_PROMOTED)


@router.post(
    "/artefacts/{artefact_id}/rollback",
    summary="Take a live version back",
    responses=problem_docs.of(404, 409, 413, 415),
    openapi_extra=problem_docs.json_body(RollbackIn, ROLLBACK),
)
async def post_rollback(artefact_id: str, request: Request, parts: PartsOf, caller: Decider) -> PromotionView:
    """What was live before it is live again, from the next run on. 409 `live_moved` where it is not live, `nothing_before` where nobody
    promoted it.
    """
    version = await artefacts.get(parts.db, caller.workspace, artefact_id)
    wanted = await bodies.read_json(request, RollbackIn, bodies.SMALL_BYTES)
    await parts.pinned.live.seed(parts.db, caller.workspace)
    moved = await artefacts.roll_back(
        parts.db,
        caller.workspace,
        artefact_id,
        _evidence(caller, wanted),
        shipped=parts.pinned.live.shipped_hashes.get(version.of),
        to_shipped=wanted.to == "shipped",
        check=parts.pinned.live.check,
    )
    return await _moved(parts, caller, moved, AuditAction.ARTEFACT_ROLLED_BACK)


async def require_gate(parts: Parts, workspace: str, version: artefacts.Version) -> None:
    """Raises GateNotPassed where the workspace requires a gate, and the version passed none beside what is live now."""
    if (await golden_settings.get(parts.db, workspace)).settings.gate_required:
        gates.require(version, await live_hash(parts, workspace, version))


async def live_hash(parts: Parts, workspace: str, version: artefacts.Version) -> str | None:
    """The hash of what is live of the version's name."""
    live = (await parts.pinned.live.of(parts.db, workspace)).library
    found = live.by_kind[version.kind].get(version.name)
    return found.hash if found else None


async def _artefact(parts: Parts, caller: Caller, artefact_id: str) -> Artefact:
    stored: StoredBody = await artefacts.load(parts.db, caller.workspace, artefact_id)
    return documents.of_body(stored.kind, stored.body)


def _evidence(caller: Caller, wanted: PromotionIn | RollbackIn) -> Evidence:
    return Evidence(caller.actor, wanted.reason, wanted.evidence)


async def _moved(
    parts: Parts,
    caller: Caller,
    moved: artefacts.Promotion,
    action: Literal[AuditAction.ARTEFACT_PROMOTED, AuditAction.ARTEFACT_ROLLED_BACK],
) -> PromotionView:
    """Acts here at once, and is written down."""
    parts.pinned.live.forget(caller.workspace)
    details = {"kind": moved.kind, "name": moved.name, "from": moved.from_hash, "to": moved.to_hash}
    await note(parts.db, caller, action, subject=moved.to_id or moved.from_id, details=details)
    logger.info("live_artefact_moved", workspace=caller.workspace, by=caller.id, action=moved.action, kind=moved.kind)
    return promotion_view(moved)
