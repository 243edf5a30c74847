"""How often an error class occurs: the machine's share, corrected by the random share that people looked at."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Annotated

from auricle_contracts.prevalence import ClassPrevalence
from auricle_criteria import ClassState
from auricle_quality.fairness import Counted, share
from auricle_quality.prevalence import estimate
from auricle_records.analytics.class_prevalence import BesidePeople, beside_people, machine_share
from auricle_records.conversations.filters import end_of, start_of
from auricle_records.errors import NotFound
from fastapi import APIRouter, Query

from auricle_gateway.access.callers import ArtefactReader
from auricle_gateway.conversations.routes import FilterQuery
from auricle_gateway.parts import PartsOf
from auricle_gateway.rest import problem_docs

router = APIRouter(tags=["analytics"])
DAYS = timedelta(days=92)


@router.get("/error-classes/{class_id}/prevalence", summary="How often an error occurs", responses=problem_docs.of(404))
async def get_prevalence(
    class_id: str, parts: PartsOf, caller: ArtefactReader, query: Annotated[FilterQuery, Query()]
) -> ClassPrevalence:
    """Of the conversations of the last 92 days, unless `since` says otherwise; the filters narrow both the machine's and people's. An
    experimental class is nothing that reviewers answer for, so its share is the machine's alone.
    """
    classes = await parts.pinned.classes(parts.db, caller.workspace)
    if class_id not in classes:
        raise NotFound(f"there is no error class {class_id!r}", action="Choose one of GET /v1/error-classes.")
    filters = query.filters()
    until = datetime.now(UTC) if filters.until is None else end_of(filters.until)
    since = until - DAYS if filters.since is None else start_of(filters.since)
    period = replace(filters, since=since)
    machine = await machine_share(parts.db, caller.workspace, period, class_id)
    is_live = classes[class_id].state is ClassState.LIVE
    people = await beside_people(parts.db, caller.workspace, period, class_id) if is_live else BesidePeople(0, 0, 0, 0)
    found = Counted(people.confirmed, people.confirmed + people.rejected)
    rest = Counted(people.missed, people.missed + people.absent)
    told = estimate(Counted(machine.found, machine.looked), found, rest)
    return ClassPrevalence(
        error_class=class_id,
        since=since,
        until=until,
        method=told.method,
        share=told.share,
        low=told.low,
        high=told.high,
        machine=share(Counted(machine.found, machine.looked)),
        audited=share(Counted(found.hits + rest.hits, found.of + rest.of)),
    )
