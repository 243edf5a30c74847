"""Uptime of worker processes for operators: attributed, wasted, open and idle seconds."""

from typing import Annotated

from auricle_contracts import Moment
from auricle_kit.metering import NS_PER_S
from auricle_records import worker_uptime
from auricle_records.worker_uptime import WorkerUptime
from fastapi import APIRouter, Query

from auricle_gateway.access.callers import Operator
from auricle_gateway.costs.spending import by_worker
from auricle_gateway.operations.replies import ShiftList, ShiftView
from auricle_gateway.parts import PartsOf
from auricle_gateway.rest import problem_docs, timestamps

router = APIRouter(tags=["shifts"])


@router.get("/shifts", summary="Where the workers' seconds went", responses=problem_docs.of())
async def list_shifts(
    parts: PartsOf,
    caller: Operator,
    since: Annotated[Moment | None, Query()] = None,
    until: Annotated[Moment | None, Query()] = None,
) -> ShiftList:
    """Pod seconds: attributed + wasted + open + idle. Workers serve all workspaces: their rows are of the workspace `platform`,
    and only its keys see them. The newest 1,000 that touch the time between.
    """
    found = await worker_uptime.between(
        parts.db, caller.workspace, since=timestamps.in_utc(since), until=timestamps.in_utc(until), limit=1000
    )
    return ShiftList(sums=by_worker(found, parts.prices), items=tuple(_view(shift) for shift in found))


def _view(shift: WorkerUptime) -> ShiftView:
    return ShiftView(
        id=shift.id,
        service=shift.service,
        host=shift.host,
        device=shift.device,
        started_at=shift.started_at,
        seen_at=shift.seen_at,
        over=shift.over,
        alive_seconds=shift.tally.alive_ns / NS_PER_S,
        attributed_seconds=shift.tally.attributed_ns / NS_PER_S,
        wasted_seconds=shift.wasted_ns / NS_PER_S,
        open_seconds=shift.open_ns / NS_PER_S,
        idle_seconds=shift.tally.idle_ns / NS_PER_S,
    )
