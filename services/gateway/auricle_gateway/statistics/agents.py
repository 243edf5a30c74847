"""The per-agent summary."""

from dataclasses import asdict, replace
from datetime import UTC, datetime, timedelta
from typing import Annotated

from auricle_records import analytics
from auricle_records.conversations import Filters
from fastapi import APIRouter, Query

from auricle_gateway.access.callers import Reader
from auricle_gateway.conversations.routes import FilterQuery
from auricle_gateway.parts import PartsOf
from auricle_gateway.rest import problem_docs
from auricle_gateway.statistics.replies import AgentList, AgentView

router = APIRouter(tags=["agents"])
PERIOD = timedelta(days=92)


@router.get("/agents", summary="Each agent's conversations, answers and findings", responses=problem_docs.of())
async def list_agents(parts: PartsOf, caller: Reader, query: Annotated[FilterQuery, Query()]) -> AgentList:
    """Over the conversations that the filters leave; without `since` and `id`, of the 92 days before `until` or now. `not_applicable` and
    `undetermined` are counted apart and never lower a mean.
    """
    found = await analytics.agents(parts.db, caller.workspace, bounded(query.filters()))
    return AgentList(items=tuple(AgentView.model_validate(asdict(agent)) for agent in found))


def bounded(filters: Filters) -> Filters:
    """The filters with an end to how far they reach back."""
    if filters.since is not None or filters.ids is not None:
        return filters
    return replace(filters, since=(filters.until or datetime.now(UTC)) - PERIOD)
