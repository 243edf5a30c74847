"""The three dashboards without Grafana: the same questions, drawn on the server."""

from typing import Annotated, Literal

from auricle_contracts import Scope
from fastapi import APIRouter, Query, Request
from starlette.responses import RedirectResponse, Response

from auricle_console import prometheus
from auricle_console.drawing import page
from auricle_console.gateway import Board, Cell
from auricle_console.routes.callers import (
    ClassWordsOf,
    GatewayOf,
    PartsOf,
    SessionOf,
    WordsOf,
    chosen,
    period_told,
    periods,
    within,
)
from auricle_console.views import dashboards
from auricle_console.views.listing import title_of

router = APIRouter()
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
        request,
        "dashboard.html",
        board="operations",
        panels=panels,
        state=state,
        chosen={},
        hours=hours,
        titles={},
    )


@router.get("/dashboards/{name}")
async def show_rows(
    request: Request, _: SessionOf, gateway: GatewayOf, words: ClassWordsOf, name: Literal["quality", "economics"]
) -> Response:
    """From Postgres, by way of the gateway; the last 30 days unless said otherwise."""
    asked = chosen(request, FILTERS)
    board = await gateway.dashboard(name, within(asked, words))
    named = await gateway.named([str(row["conversation"]) for row in _rows(board, "lowest")], summaries=False)
    titles = {view.id: title_of(view, words) for view in named}
    panels = [dashboards.of_rows(panel, words) for panel in board.panels]
    return page(
        request,
        "dashboard.html",
        board=name,
        panels=panels,
        state="",
        chosen=asked,
        periods=periods(words),
        period=period_told(asked, words, "list.last_30_days"),
        hours=0,
        titles=titles,
    )


def _rows(board: Board, name: str) -> list[dict[str, Cell]]:
    return next((panel.named() for panel in board.panels if panel.name == name), [])
