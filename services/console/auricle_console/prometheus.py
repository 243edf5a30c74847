"""Prometheus as the Operations page asks it: the fixed questions of `auricle_contracts.panels`, over the last hours."""

import asyncio
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import httpx
from auricle_contracts.panels import OPERATIONS, Panel, Shape
from auricle_kit import log
from pydantic import BaseModel, ConfigDict, ValidationError

POINTS = 120
AT_ONCE = 4
logger = log.get("console.prometheus")


class Series(BaseModel):
    """Labels, and points of Unix time and value. An instant value is one point."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    metric: dict[str, str]
    values: tuple[tuple[float, float], ...] = ()
    value: tuple[float, float] | None = None

    @property
    def points(self) -> tuple[tuple[float, float], ...]:
        """Whichever Prometheus gave."""
        return self.values if self.value is None else (self.value,)


class _Data(BaseModel):
    result: tuple[Series, ...]


class _Answer(BaseModel):
    data: _Data


@dataclass(frozen=True)
class Answered:
    """A panel and its series; `series` is None when Prometheus did not answer it."""

    panel: Panel
    series: tuple[Series, ...] | None


async def operations(
    client: httpx.AsyncClient, url: str, hours: int, panels: Sequence[Panel] = OPERATIONS
) -> list[Answered]:
    """Every panel, a few at a time. Never raises: a panel without an answer says so."""
    room = asyncio.Semaphore(AT_ONCE)

    async def one(panel: Panel) -> Answered:
        async with room:
            return Answered(panel, await _asked(client, url, panel, hours))

    return list(await asyncio.gather(*map(one, panels)))


async def _asked(client: httpx.AsyncClient, url: str, panel: Panel, hours: int) -> tuple[Series, ...] | None:
    query, path = _query(panel, hours)
    try:
        reply = await client.get(f"{url.rstrip('/')}/api/v1/{path}", params=query)
        return _Answer.model_validate_json(reply.raise_for_status().content).data.result
    except (httpx.HTTPError, ValidationError) as error:
        logger.warning("panel_unanswered", panel=panel.name, reason=type(error).__name__)
        return None


def _query(panel: Panel, hours: int) -> tuple[Mapping[str, Any], str]:
    """Numbers are asked for now, lines over the hours."""
    if panel.shape is Shape.STAT:
        return {"query": panel.query}, "query"
    now = time.time()
    return {"query": panel.query, "start": now - 3600 * hours, "end": now, "step": 3600 * hours / POINTS}, "query_range"
