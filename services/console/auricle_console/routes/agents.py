"""The table of agents."""

import asyncio

from fastapi import APIRouter, Request
from starlette.responses import Response

from auricle_console.drawing import page
from auricle_console.routes.callers import GatewayOf, SessionOf, WordsOf, chosen, period_told, periods, within
from auricle_console.views.agents import agent_table
from auricle_console.views.ceilings import ceilings

router = APIRouter()
FILTERS = ("since", "until", "line")


@router.get("/agents")
async def show_agents(request: Request, _: SessionOf, gateway: GatewayOf, words: WordsOf) -> Response:
    """Means of what was answered; what was not applicable or undetermined is counted apart."""
    asked = chosen(request, FILTERS)
    found, agreed = await asyncio.gather(gateway.agents(within(asked, words)), gateway.human_agreement())
    return page(
        request,
        "agents.html",
        chosen=asked,
        periods=periods(words),
        period=period_told(asked, words),
        table=agent_table(found, words),
        ceilings=ceilings(agreed, words),
    )
