"""The three dashboards without Grafana: the same questions, drawn on the server."""

from typing import Annotated, Literal

from auricle_contracts import Scope
from fastapi import APIRouter, Query, Request
from starlette.responses import RedirectResponse, Response

from auricle_console import prometheus
from auricle_console.drawing import page
from auricle_console.routes.callers import GatewayOf, PartsOf, SessionOf, WordsOf, chosen
from auricle_console.views import dashboards

router = APIRouter()
NAMES = ("operations", "quality", "economics")
FILTERS = ("since", "until")
MAX_HOURS = 24 * 14


@router.get("/dashboards")
async def first(_: SessionOf) -> Response:
    """Quality is what everybody may read."""
    return RedirectResponse("/dashboards/quality", status_code=303)


@router.get("/dashboards/operations")
async def show_operations(
    request: Request,
    session: SessionOf,
    parts: PartsOf,
    words: WordsOf,
    hours: Annotated[int, Query(ge=1, le=MAX_HOURS)] = 6,
) -> Response:
    """From Prometheus, for keys that may operate; without its address the page says which setting is missing."""
    url, state = parts.settings.prometheus_url, "not_allowed"
    panels: list[dashboards.Drawn] = []
    if session.may(Scope.OPERATE):
        state = "" if url else "no_prometheus"
        if url:
            answered = await prometheus.operations(parts.client, url, hours)
            panels = [dashboards.of_series(one, words) for one in answered]
    return page(
        request, "dashboard.html", board="operations", names=NAMES, panels=panels, state=state, chosen={}, hours=hours
    )


@router.get("/dashboards/{name}")
async def show_rows(
    request: Request, _: SessionOf, gateway: GatewayOf, words: WordsOf, name: Literal["quality", "economics"]
) -> Response:
    """From Postgres, by way of the gateway; the last 30 days unless said otherwise."""
    asked = chosen(request, FILTERS)
    board = await gateway.dashboard(name, asked)
    panels = [dashboards.of_rows(panel, words) for panel in board.panels]
    return page(request, "dashboard.html", board=name, names=NAMES, panels=panels, state="", chosen=asked, hours=0)
