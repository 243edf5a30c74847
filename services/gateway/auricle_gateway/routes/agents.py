"""The per-agent summary."""

from dataclasses import asdict
from typing import Annotated

from auricle_records import conversations
from fastapi import APIRouter, Query

from auricle_gateway import problem_docs
from auricle_gateway.callers import Reader
from auricle_gateway.parts import PartsOf
from auricle_gateway.replies import AgentList, AgentView
from auricle_gateway.routes.conversations import FilterQuery

router = APIRouter(tags=["agents"])


@router.get("/agents", summary="Each agent's conversations, answers and findings", responses=problem_docs.of())
async def list_agents(parts: PartsOf, caller: Reader, query: Annotated[FilterQuery, Query()]) -> AgentList:
    """Over the conversations that the filters leave. `not_applicable` and `undetermined` are counted apart and never lower a mean."""
    found = await conversations.agents(parts.db, caller.workspace, query.filters())
    return AgentList(items=tuple(AgentView.model_validate(asdict(agent)) for agent in found))
