"""Dry runs over HTTP: start one of a version, see how far it has come, and what the version would change."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Literal

from auricle_contracts import Usage
from auricle_contracts.artefacts import DryRunMethod
from auricle_contracts.audit import AuditAction
from auricle_contracts.dry_runs import (
    Change,
    ConversationChange,
    DryRunCost,
    DryRunEstimate,
    DryRunIn,
    DryRunReport,
    DryRuns,
    DryRunView,
    ShadowIn,
    ShadowView,
    Side,
)
from auricle_kit import log, tracing
from auricle_records import artefacts, dry_runs
from auricle_records.callers import Caller
from auricle_records.dry_runs import Compared, DryRun, NewDryRun, Past, Shadow, Wanted, shadows
from fastapi import APIRouter, Request

from auricle_gateway.access.callers import ArtefactReader, Promoter
from auricle_gateway.audit.trail import note
from auricle_gateway.costs.prices import total
from auricle_gateway.dry_runs import comparison
from auricle_gateway.dry_runs.comparison import Pair
from auricle_gateway.dry_runs.estimates import check_budget, estimate
from auricle_gateway.dry_runs.trial import Trial
from auricle_gateway.parts import Parts, PartsOf
from auricle_gateway.rest import bodies, problem_docs, timestamps

router = APIRouter(tags=["artefacts"])
logger = log.get("gateway.dry_runs")
EXAMPLE = {"conversations": 50}
SHADOW = {"share": 10, "conversations_per_day": 50, "days": 7}


@router.post(
    "/artefacts/{artefact_id}/dry-runs",
    status_code=202,
    summary="Try a version on past conversations",
    responses=problem_docs.of(404, 409, 413, 415),
    openapi_extra=problem_docs.json_body(DryRunIn, EXAMPLE),
)
async def post_dry_run(artefact_id: str, request: Request, parts: PartsOf, caller: Promoter) -> DryRunView:
    """Past conversations judged by it, the newest or those of a period, behind all live work; reports, events and the review queue know
    nothing of it. A scorecard that only counts otherwise is reckoned from stored answers at once. What could not become live is 422
    `artefact_unfit`; 409 `dry_run_open` while one of this version is under way, `nothing_to_judge` where no conversation has an
    evaluation, `over_budget` where it is estimated to use more.
    """
    await artefacts.get(parts.db, caller.workspace, artefact_id)
    wanted = await bodies.read_json(request, DryRunIn, bodies.SMALL_BYTES)
    trial = await Trial.of(parts, caller.workspace, artefact_id)
    past = await dry_runs.chosen(parts.db, caller.workspace, _chosen(trial, wanted))
    check_budget(await _estimate(parts, caller, trial, wanted, past), wanted.budget_tokens)
    counted = await trial.counted_anew(parts, caller.workspace, past) if trial.method is DryRunMethod.STORED else {}
    new = NewDryRun(
        artefact_id,
        await parts.pinned.for_composed(parts.db, caller.workspace, trial.tried),
        await parts.pinned.for_workspace(parts.db, caller.workspace),
        trial.method,
        caller.actor,
    )
    started, runs = await dry_runs.start(
        parts.db, caller.workspace, new, past, counted, traceparent=tracing.traceparent()
    )
    for run in runs:
        parts.publisher.publish(run)
    details = {"dry_run": started.id, "conversations": started.of, "method": started.method}
    await note(parts.db, caller, AuditAction.DRY_RUN_STARTED, subject=artefact_id, details=details)
    logger.info("dry_run_started", by=caller.id, method=started.method, conversations=started.of)
    return view(started)


@router.post(
    "/artefacts/{artefact_id}/dry-run-estimates",
    summary="What a dry run would use",
    responses=problem_docs.of(404, 413, 415),
    openapi_extra=problem_docs.json_body(DryRunIn, EXAMPLE),
)
async def post_estimate(artefact_id: str, request: Request, parts: PartsOf, caller: Promoter) -> DryRunEstimate:
    """The same body; nothing is started."""
    await artefacts.get(parts.db, caller.workspace, artefact_id)
    wanted = await bodies.read_json(request, DryRunIn, bodies.SMALL_BYTES)
    trial = await Trial.of(parts, caller.workspace, artefact_id)
    past = await dry_runs.chosen(parts.db, caller.workspace, _chosen(trial, wanted))
    return await _estimate(parts, caller, trial, wanted, past)


@router.get("/artefacts/{artefact_id}/dry-runs", summary="Dry runs of a version", responses=problem_docs.of(404))
async def list_dry_runs(artefact_id: str, parts: PartsOf, caller: ArtefactReader) -> DryRuns:
    """Newest first."""
    await artefacts.get(parts.db, caller.workspace, artefact_id)
    found = await dry_runs.of_artefact(parts.db, caller.workspace, artefact_id)
    return DryRuns(items=tuple(map(view, found)))


@router.post(
    "/artefacts/{artefact_id}/shadows",
    status_code=202,
    summary="Try a version beside live traffic",
    responses=problem_docs.of(404, 409, 413, 415),
    openapi_extra=problem_docs.json_body(ShadowIn, SHADOW),
)
async def post_shadow(artefact_id: str, request: Request, parts: PartsOf, caller: Promoter) -> DryRunView:
    """New conversations judged by it too, after what is live judged them and behind all live work: a dry run that grows, and read as one
    (`GET /v1/dry-runs/{id}`). Nothing that counts knows of it. 409 `dry_run_open` while one of this version is open; 422
    `artefact_unfit` for what could not become live.
    """
    await artefacts.get(parts.db, caller.workspace, artefact_id)
    wanted = await bodies.read_json(request, ShadowIn, bodies.SMALL_BYTES)
    trial = await Trial.of(parts, caller.workspace, artefact_id)
    new = NewDryRun(
        artefact_id,
        await parts.pinned.for_composed(parts.db, caller.workspace, trial.tried),
        await parts.pinned.for_workspace(parts.db, caller.workspace),
        DryRunMethod.JUDGED,
        caller.actor,
    )
    budget = shadows.Budget(
        wanted.share,
        wanted.conversations_per_day,
        wanted.seconds_per_day,
        datetime.now(UTC) + timedelta(days=wanted.days),
        trial.channels(None),
    )
    started = await shadows.start(parts.db, caller.workspace, new, budget)
    details = {"dry_run": started.id, "share": wanted.share, "days": wanted.days}
    await note(parts.db, caller, AuditAction.SHADOW_STARTED, subject=artefact_id, details=details)
    return view(started)


@router.post("/dry-runs/{dry_run_id}/end", summary="End a shadow", responses=problem_docs.of(404, 409))
async def end_shadow(dry_run_id: str, parts: PartsOf, caller: Promoter) -> DryRunView:
    """It takes up nothing more; what it has is kept. 409 `shadow_over` where it has ended, and for a dry run that is no shadow."""
    ended = await shadows.end(parts.db, caller.workspace, dry_run_id)
    details = {"dry_run": ended.id}
    await note(parts.db, caller, AuditAction.SHADOW_ENDED, subject=ended.artefact_id, details=details)
    return view(ended)


@router.get("/dry-runs/{dry_run_id}", summary="What a version would change", responses=problem_docs.of(404))
async def get_dry_run(dry_run_id: str, parts: PartsOf, caller: ArtefactReader) -> DryRunReport:
    """Over what is judged so far: scores, classes and criteria before and after with their intervals, and the conversations that differ
    with the words that the answers rest on, without personal data.
    """
    found = await dry_runs.get(parts.db, caller.workspace, dry_run_id)
    compared = await dry_runs.compared(parts.db, caller.workspace, dry_run_id)
    done = [(one, (one.before.evaluation, one.after)) for one in compared if one.after is not None]
    pairs: list[Pair] = [(before, after) for _, (before, after) in done]
    told = [(one, comparison.changes(pair)) for (one, _), pair in zip(done, pairs, strict=True)]
    differing = [(one, changes) for one, changes in told if changes]
    classes = comparison.class_changes(pairs) if pairs else ()
    known = await parts.pinned.classes(parts.db, caller.workspace)
    return DryRunReport(
        **dict(view(found)),
        compared=len(pairs),
        same_recipe=sum(_same_recipe(found, one) for one, _ in done),
        changed=comparison.share(len(differing), len(pairs)),
        score=comparison.score_change(pairs),
        classes=classes,
        criteria=comparison.criterion_changes(pairs),
        groups=comparison.group_changes([(one.before, pair) for one, pair in done]),
        conversations=await _masked(parts, caller.workspace, found, differing),
        class_titles={
            one.error_class: {"ru": known[one.error_class].title.ru, "en": known[one.error_class].title.en}
            for one in classes
            if one.error_class in known
        },
        cost=_cost(parts, found, await dry_runs.used(parts.db, caller.workspace, dry_run_id)),
    )


@router.post("/dry-runs/{dry_run_id}/stopping", summary="Stop a dry run", responses=problem_docs.of(404))
async def post_stopping(dry_run_id: str, parts: PartsOf, caller: Promoter) -> DryRunView:
    """What waits is left out, what is being judged is finished, and the report is over what is there then. One that ended stays."""
    before = await dry_runs.get(parts.db, caller.workspace, dry_run_id)
    stopped = await dry_runs.stop(parts.db, caller.workspace, dry_run_id, by=caller.actor)
    if left_out := stopped.stopped - before.stopped:
        details = {"dry_run": dry_run_id, "left_out": left_out}
        await note(parts.db, caller, AuditAction.DRY_RUN_STOPPED, subject=stopped.artefact_id, details=details)
    return view(stopped)


def view(found: DryRun) -> DryRunView:
    """As lists show it."""
    return DryRunView(
        id=found.id, artefact_id=found.artefact_id, method=found.method, state=_state(found), stopped=found.stopped,
        stopped_at=found.stopped_at, stopped_by_name=found.stopped_by_name,
        of=found.of, judged=found.judged, failed=found.failed, actor_kind=found.actor.kind, actor=found.actor.id,
        actor_name=found.actor.name, created_at=found.created_at, shadow=_shadow(found.shadow),
    )  # fmt: skip


def _shadow(found: Shadow | None) -> ShadowView | None:
    if found is None:
        return None
    return ShadowView(
        share=found.share, conversations_per_day=found.per_day, seconds_per_day=found.seconds_per_day, ends_at=found.ends_at,
        ended_at=found.ended_at,
    )  # fmt: skip


def _state(found: DryRun) -> Literal["running", "done", "stopped"]:
    if not found.is_done:
        return "running"
    return "stopped" if found.stopped else "done"


def _same_recipe(found: DryRun, one: Compared) -> bool:
    return one.before.evaluation.recipe == found.live_recipe


async def _masked(
    parts: Parts, workspace: str, found: DryRun, differing: Sequence[tuple[Compared, tuple[Change, ...]]]
) -> tuple[ConversationChange, ...]:
    """The conversations that differ, their quotes without personal data."""
    said = [
        (one.before.conversation_id, quote.text)
        for one, changes in differing
        for change in changes
        for side in (change.before, change.after)
        for quote in side.quotes
    ]
    words = iter(await parts.privacy.masked_words(workspace, said))

    def shown(side: Side) -> Side:
        quotes = tuple(quote.model_copy(update={"text": next(words)}) for quote in side.quotes)
        return side.model_copy(update={"quotes": quotes})

    return tuple(
        ConversationChange(
            conversation_id=one.before.conversation_id,
            external_id=one.before.external_id,
            happened_at=one.before.happened_at,
            channel=one.before.channel,
            same_recipe=_same_recipe(found, one),
            changes=tuple(
                change.model_copy(update={"before": shown(change.before), "after": shown(change.after)})
                for change in changes
            ),
        )
        for one, changes in differing
    )


def _chosen(trial: Trial, wanted: DryRunIn) -> Wanted:
    return Wanted(
        most=wanted.conversations,
        channels=trial.channels(wanted.channel),
        line=wanted.line,
        since=timestamps.in_utc(wanted.since),
        until=timestamps.in_utc(wanted.until),
        is_random=wanted.drawn == "random",
    )


async def _estimate(
    parts: Parts, caller: Caller, trial: Trial, wanted: DryRunIn, past: Sequence[Past]
) -> DryRunEstimate:
    there, used = await dry_runs.used_before(parts.db, caller.workspace, _chosen(trial, wanted), past)
    return estimate(trial.method, len(past), there, used, parts.prices, datetime.now(UTC).date())


def _cost(parts: Parts, found: DryRun, used: Sequence[Usage]) -> DryRunCost:
    return DryRunCost(
        seconds=sum(one.seconds for one in used),
        tokens_in=sum(one.tokens_in or 0 for one in used),
        tokens_out=sum(one.tokens_out or 0 for one in used),
        tokens_cached=sum(one.tokens_cached or 0 for one in used),
        amount_usd=total(parts.prices.cost(used, found.created_at.date())),
    )
