"""Runs that were given up: listed with their reason, and sent again."""

from typing import Annotated, Literal

from auricle_contracts import RunState, RunView
from auricle_kit import tracing
from auricle_records import runs
from fastapi import APIRouter, Query

from auricle_gateway.access.callers import Operator, Reader
from auricle_gateway.intake.reception import publish
from auricle_gateway.operations.replies import RunPage
from auricle_gateway.parts import PartsOf
from auricle_gateway.rest import problem_docs

router = APIRouter(tags=["runs"])


@router.get("/runs", summary="List dead runs", responses=problem_docs.of())
async def list_runs(
    parts: PartsOf,
    caller: Reader,
    state: Annotated[  # noqa: ARG001 (there is one choice, and a client says it)
        Literal[RunState.DEAD], Query(description="Others are shown with their conversation.")
    ] = RunState.DEAD,
    cursor: Annotated[str | None, Query(max_length=512)] = None,
    limit: Annotated[int, Query(ge=1, le=200)] = 50,
) -> RunPage:
    """Newest first; `last_error` begins with a stable code."""
    page = await runs.dead(parts.db, caller.workspace, cursor=cursor, limit=limit)
    return RunPage(items=tuple(run.view() for run in page.items), next_cursor=page.cursor)


@router.get("/runs/{run_id}", summary="One run", responses=problem_docs.of(404))
async def get_run(run_id: str, parts: PartsOf, caller: Reader) -> RunView:
    """State, attempts and the last error."""
    return (await runs.get(parts.db, caller.workspace, run_id)).view()


@router.post(
    "/runs/{run_id}/resend", status_code=202, summary="Send a dead run again", responses=problem_docs.of(404, 409)
)
async def resend_run(run_id: str, parts: PartsOf, caller: Operator) -> RunView:
    """Its counts start at zero. 409 `not_dead` for any other run. One that died of `recipe_unavailable` gets the current recipe."""
    current = await parts.pinned.for_workspace(parts.db, caller.workspace)
    run = await runs.resend(
        parts.db, caller.workspace, run_id, traceparent=tracing.traceparent(), current_recipe=current
    )
    await publish(parts, [run])
    return run.view()
