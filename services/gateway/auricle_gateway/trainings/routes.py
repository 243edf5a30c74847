"""Ask for a training, watch it, stop it, refuse what it proposed; and what its own job reports."""

from typing import Any

from auricle_contracts.artefacts import ArtefactState
from auricle_contracts.audit import AuditAction
from auricle_contracts.trainings import (
    TrainingEstimate,
    TrainingIn,
    TrainingList,
    TrainingProgress,
    TrainingRefusal,
    TrainingReport,
    TrainingView,
)
from auricle_criteria.training_bases import TrainingBase
from auricle_kit import log
from auricle_records import artefacts, trainings
from auricle_records.callers import Caller
from auricle_records.golden import settings as golden
from auricle_records.trainings import Training, settings
from auricle_records.trainings.examples import learnable
from auricle_records.trainings.requests import pace
from fastapi import APIRouter, Request

from auricle_gateway.access.callers import ArtefactReader, Decider, GoldenReader, Promoter
from auricle_gateway.audit.trail import note
from auricle_gateway.errors import OwnTrainingOnly, TrainingOff, TrainingTooLong
from auricle_gateway.parts import Parts, PartsOf
from auricle_gateway.rest import bodies, problem_docs

router = APIRouter(tags=["trainings"])
logger = log.get("gateway.trainings")
ASKED = {"base": "gemma_3_270m", "numbers": {"passes": 2, "most": 0}}
TOLD = {"state": "running", "step": 40, "steps": 300, "loss": 0.41, "seconds": 310.5}


@router.post(
    "/training-estimates",
    summary="What a training would take",
    responses=problem_docs.of(413, 415),
    openapi_extra=problem_docs.json_body(TrainingIn, ASKED),
)
async def post_estimate(request: Request, parts: PartsOf, caller: Promoter) -> TrainingEstimate:
    """The body of POST /v1/trainings; nothing is started. Examples are golden items of the training split that have every answer of a
    prompt, each with its place. Memory is told by the base's shape, time by trainings of the same base that ended here; the job itself
    measures its machine before it trains, and tells (`cost`).
    """
    wanted = await bodies.read_json(request, TrainingIn, bodies.SMALL_BYTES)
    chosen = (await settings.get(parts.db, caller.workspace)).settings
    return await _estimate(parts, caller, wanted, parts.training.wanted(wanted, chosen.base))


@router.post(
    "/trainings",
    status_code=201,
    summary="Ask for a training",
    responses=problem_docs.of(409, 413, 415),
    openapi_extra=problem_docs.json_body(TrainingIn, ASKED),
)
async def post_training(request: Request, parts: PartsOf, caller: Decider) -> TrainingReport:
    """Keeper starts it within seconds. What it makes is a candidate with its gate's verdict: it is proposed, and a person promotes.

    409 `training_open` while one is under way, `golden_consent_missing`, `too_few_examples` (how many are needed, how many there are),
    `over_time`, and `training_off` where this installation starts none.
    """
    wanted = await bodies.read_json(request, TrainingIn, bodies.SMALL_BYTES)
    if not parts.training.starts:
        raise TrainingOff
    chosen = (await settings.get(parts.db, caller.workspace)).settings
    base = parts.training.wanted(wanted, chosen.base)
    told = await _estimate(parts, caller, wanted, base)
    if told.seconds is not None and told.seconds > chosen.most_hours * 3600:
        raise TrainingTooLong(told.seconds, chosen.most_hours)
    asked = await trainings.ask(parts.db, caller.workspace, base.id, wanted.numbers, caller.actor)
    await note(parts.db, caller, AuditAction.TRAINING_ASKED, subject=asked.id, details={"base": base.id})
    logger.info("training_asked", by=caller.id, training=asked.id, base=base.id)
    return await _report(parts, caller, asked)


@router.get("/trainings", summary="Trainings", responses=problem_docs.of())
async def list_trainings(parts: PartsOf, caller: ArtefactReader) -> TrainingList:
    """Newest first, 50 at most; at most one of them is under way."""
    return TrainingList(items=tuple(map(view, await trainings.listed(parts.db, caller.workspace))))


@router.get("/trainings/{training_id}", summary="One training", responses=problem_docs.of(404))
async def get_training(training_id: str, parts: PartsOf, caller: ArtefactReader) -> TrainingReport:
    """How far it is, its states, and what was measured of what it made."""
    return await _report(parts, caller, await trainings.get(parts.db, caller.workspace, training_id))


@router.delete("/trainings/{training_id}", summary="Stop a training", responses=problem_docs.of(404, 409))
async def delete_training(training_id: str, parts: PartsOf, caller: Decider) -> TrainingReport:
    """For good; its line stays. Its job ends within seconds. 409 `training_over` once it has ended."""
    stopped = await trainings.stop(parts.db, caller.workspace, training_id, caller.actor)
    _forget(parts, stopped)
    await note(parts.db, caller, AuditAction.TRAINING_STOPPED, subject=training_id)
    return await _report(parts, caller, stopped)


@router.post(
    "/trainings/{training_id}/refusal",
    summary="Refuse what a training proposed",
    responses=problem_docs.of(404, 409, 413, 415),
    openapi_extra=problem_docs.json_body(TrainingRefusal, {"reason": "Better on calls, worse on e-mails"}),
)
async def post_refusal(training_id: str, request: Request, parts: PartsOf, caller: Decider) -> TrainingReport:
    """Its version is retired, where it is not live. To accept it, promote the version: POST /v1/artefacts/{id}/promote."""
    wanted = await bodies.read_json(request, TrainingRefusal, bodies.SMALL_BYTES)
    refused = await trainings.refuse(parts.db, caller.workspace, training_id, wanted.reason, caller.actor)
    if refused.artefact_id is not None and refused.artefact_state is ArtefactState.CANDIDATE:
        await artefacts.change(
            parts.db, caller.workspace, refused.artefact_id, state=ArtefactState.RETIRED, figures=None
        )
    await note(parts.db, caller, AuditAction.TRAINING_REFUSED, subject=training_id)
    return await _report(parts, caller, await trainings.get(parts.db, caller.workspace, training_id))


@router.post(
    "/trainings/{training_id}/progress",
    summary="What a training's job reports",
    responses=problem_docs.of(404, 409, 413, 415),
    openapi_extra=problem_docs.json_body(TrainingProgress, TOLD),
)
async def post_progress(training_id: str, request: Request, parts: PartsOf, caller: GoldenReader) -> TrainingView:
    """By its own key only. 409 `training_over`: somebody stopped it, or it is not where this would follow; the job ends itself."""
    before = await trainings.get(parts.db, caller.workspace, training_id)
    told = await bodies.read_json(request, TrainingProgress, bodies.SMALL_BYTES)
    if before.key_id is None or before.key_id != caller.id:
        raise OwnTrainingOnly
    if told.artefact_id is not None:
        await artefacts.get(parts.db, caller.workspace, told.artefact_id)
    after = await trainings.report(parts.db, caller.workspace, training_id, told)
    if after.state is not before.state:
        _forget(parts, after)
        logger.info("training_moved", training=training_id, state=after.state)
    return view(after)


def view(found: Training) -> TrainingView:
    """As lists show it."""
    return TrainingView(
        id=found.id, state=found.state, base=found.base, numbers=found.numbers, asked_kind=found.actor.kind,
        asked_by_name=found.actor.name, created_at=found.created_at, launched_at=found.launched_at,
        reported_at=found.reported_at, ended_at=found.ended_at, attempts=found.attempts, data=found.data,
        examples=found.examples, step=found.step, steps=found.steps, loss=found.loss, seconds=found.seconds, cost=found.cost,
        artefact_id=found.artefact_id, artefact=found.artefact, artefact_state=found.artefact_state, verdict=found.verdict,
        error=found.error, detail=found.detail,
    )  # fmt: skip


def _forget(parts: Parts, changed: Training) -> None:
    """Its key may do something else from now on."""
    if changed.key_id is not None:
        parts.callers.forget(person_id=changed.key_id)


async def _report(parts: Parts, caller: Caller, found: Training) -> TrainingReport:
    history = await trainings.history(parts.db, caller.workspace, found.id)
    figures: dict[str, Any] = {}
    if found.artefact_id is not None:
        figures = dict((await artefacts.get(parts.db, caller.workspace, found.artefact_id)).figures)
    return TrainingReport(**dict(view(found)), history=history, figures=figures)


async def _estimate(parts: Parts, caller: Caller, wanted: TrainingIn, base: TrainingBase) -> TrainingEstimate:
    async with parts.db.transaction(caller.workspace) as connection:
        there, fewest = await learnable(connection), (await settings.load(connection)).settings.fewest
        consent = (await golden.load(connection)).settings.consent
    known = await pace(parts.db, caller.workspace, base.id)
    used = min(there.examples, wanted.numbers.most or there.examples)
    return TrainingEstimate(
        base=base.id, consent=consent, dialogues=there.dialogues, examples=there.examples, fewest=fewest,
        enough=consent and there.examples >= fewest, memory=base.memory(wanted.numbers),
        seconds=known[0] * used * wanted.numbers.passes if known else None, measured=known[1] if known else 0,
    )  # fmt: skip
