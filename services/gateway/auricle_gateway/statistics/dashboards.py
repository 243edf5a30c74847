"""Quality and Economics over the wire: the questions of `auricle_records.analytics.panels`, and never SQL from outside."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from enum import StrEnum
from typing import Annotated, Any

from auricle_contracts import Moment
from auricle_contracts.panels import Panel
from auricle_records.analytics import DASHBOARDS, Rows, ask, price_rows
from fastapi import APIRouter, Query

from auricle_gateway.access.callers import Reader
from auricle_gateway.errors import InvalidRequest
from auricle_gateway.parts import PartsOf
from auricle_gateway.rest import problem_docs, timestamps
from auricle_gateway.statistics.replies import Cell, DashboardView, PanelView

router = APIRouter(tags=["dashboards"])
USUAL = timedelta(days=30)


class Board(StrEnum):
    """What can be asked for."""

    QUALITY = "quality"
    ECONOMICS = "economics"


@router.get("/dashboards/{name}", summary="The rows of a dashboard", responses=problem_docs.of(404))
async def get_dashboard(
    parts: PartsOf,
    caller: Reader,
    name: Board,
    since: Annotated[Moment | None, Query()] = None,
    until: Annotated[Moment | None, Query()] = None,
) -> DashboardView:
    """The same questions as Grafana's, over the caller's workspace; the last 30 days by default. Money is null where a device has
    no price. The workers' idle time belongs to no tenant: its panel has rows for keys of the workspace `platform` only.
    """
    end = timestamps.in_utc(until) or datetime.now(UTC)
    start = timestamps.in_utc(since) or end - USUAL
    if start > end:
        raise InvalidRequest("`since` is later than `until`")
    prices = price_rows(
        (file.dated, one.device, one.usd_per_hour) for file in parts.prices.files for one in file.devices
    )
    found = [
        _view(panel, await ask(parts.db, caller.workspace, panel, since=start, until=end, prices=prices))
        for panel in DASHBOARDS[name]
    ]
    return DashboardView(name=name, since=start, until=end, panels=tuple(found))


def _view(panel: Panel, rows: Rows) -> PanelView:
    cells = tuple(tuple(_cell(value) for value in row) for row in rows.rows)
    return PanelView(name=panel.name, shape=panel.shape.value, unit=panel.unit, columns=rows.columns, rows=cells)


def _cell(value: Any) -> Cell:
    """Numbers as JSON has them, moments in UTC; an id or a word as text."""
    if value is None or isinstance(value, int | float | str):
        return value
    if isinstance(value, Decimal):
        return float(value)
    return value.astimezone(UTC).isoformat() if isinstance(value, datetime) else str(value)
