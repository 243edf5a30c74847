"""People and bots side by side on the same checklist, as JSON and as a table."""

import csv
import io
from collections.abc import Iterable, Mapping
from typing import Annotated

from auricle_contracts.breakdowns import ClassParityView, ParityView
from auricle_criteria import ClassState, ErrorClass
from auricle_records import analytics
from auricle_records.callers import Caller
from fastapi import APIRouter, Query, Response

from auricle_gateway.access.callers import Reader
from auricle_gateway.conversations.routes import FilterQuery
from auricle_gateway.exports.formatting import defused
from auricle_gateway.parts import Parts, PartsOf
from auricle_gateway.rest import problem_docs
from auricle_gateway.statistics.agents import bounded
from auricle_gateway.statistics.breakdowns import plain

router = APIRouter(tags=["analytics"])
COLUMNS = (
    "error_class", "title_ru", "title_en", "people_found", "people_looked", "people_share", "people_low", "people_high",
    "bots_found", "bots_looked", "bots_share", "bots_low", "bots_high", "difference", "difference_low", "difference_high", "too_few",
)  # fmt: skip


@router.get("/parity", summary="People and bots on the same checklist", responses=problem_docs.of())
async def get_parity(parts: PartsOf, caller: Reader, query: Annotated[FilterQuery, Query()]) -> ParityView:
    """Live error classes of conversations that the filters leave; without `since` and `id`, of the 92 days before `until` or now.

    A finding is of the side of its participant; a conversation with both is an opportunity for both.
    """
    return await _parity(parts, caller, query)


@router.get(
    "/parity/export",
    summary="People and bots on the same checklist, as CSV",
    response_class=Response,
    responses=problem_docs.of() | {200: {"content": {"text/csv": {}}, "description": "A class a line."}},
)
async def export_parity(parts: PartsOf, caller: Reader, query: Annotated[FilterQuery, Query()]) -> Response:
    """The same as a table. Shares are between 0 and 1; low and high are 95 % intervals."""
    found = await _parity(parts, caller, query)
    classes = await parts.pinned.classes(parts.db, caller.workspace)
    headers = {"Content-Disposition": 'attachment; filename="auricle-parity.csv"', "X-Content-Type-Options": "nosniff"}
    return Response(_table(found.classes, classes), media_type="text/csv; charset=utf-8", headers=headers)


async def _parity(parts: Parts, caller: Caller, query: FilterQuery) -> ParityView:
    found = await analytics.parity(parts.db, caller.workspace, bounded(query.filters()))
    classes = await parts.pinned.classes(parts.db, caller.workspace)
    live = [
        {**plain(one), "difference": plain(one.difference), "too_few": one.too_few}
        for one in found.classes
        if one.error_class in classes and classes[one.error_class].state is ClassState.LIVE
    ]
    return ParityView.model_validate({**plain(found), "classes": live})


def _table(rows: Iterable[ClassParityView], classes: Mapping[str, ErrorClass]) -> str:
    file = io.StringIO()
    lines = csv.writer(file)
    lines.writerow(COLUMNS)
    for one in rows:
        title, difference = classes[one.error_class].title, one.difference
        sides = [
            value
            for side in (one.people, one.bots)
            for value in (side.found, side.looked, side.share, side.low, side.high)
        ]
        told = [difference.value, difference.low, difference.high, "yes" if one.too_few else "no"]
        lines.writerow([one.error_class, defused(title.ru), defused(title.en), *sides, *told])
    return file.getvalue()
