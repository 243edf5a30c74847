"""GET /v1/export: the reports as a file."""

import tempfile
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Annotated, Literal

from auricle_contracts.audit import AuditAction
from auricle_kit.errors import InvalidRequest
from auricle_records.conversations import Order
from fastapi import APIRouter, Query
from fastapi.responses import FileResponse, Response, StreamingResponse
from pydantic import Field
from starlette.background import BackgroundTask

from auricle_gateway.access.callers import Exporter
from auricle_gateway.audit.trail import note
from auricle_gateway.conversations.routes import FilterQuery
from auricle_gateway.exports import exporter
from auricle_gateway.exports.csv_file import Separator
from auricle_gateway.exports.exporter import ExportRequest
from auricle_gateway.parts import Parts, PartsOf
from auricle_gateway.rest import problem_docs

router = APIRouter(tags=["exports"])
EXCEL = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
CSV = "text/csv; charset=utf-8"
PARQUET = "application/vnd.apache.parquet"
ZIP = "application/zip"
Maker = Callable[[Parts, ExportRequest, Path], Awaitable[None]]
BINARY = {"schema": {"type": "string", "format": "binary"}}


class ExportQuery(FilterQuery):
    """Filters, and what to make of what they leave. Excel has all sheets; CSV and Parquet have the one named by `sheet`.

    The sheet `list` is what a list shows, alone in every format: a row a conversation, with the criteria of `column`, as `sort` says.
    """

    format: Literal["xlsx", "csv", "parquet"] = "xlsx"
    sheet: Literal["list", "report", "answers", "findings", "labels", "agents", "cost", "criteria"] = "report"
    language: Literal["ru", "en"] = "ru"
    separator: Annotated[
        Separator,
        Field(description="CSV only. Excel of a Russian locale splits by semicolons; decimals then have a comma."),
    ] = "comma"
    column: Annotated[
        list[Annotated[str, Field(min_length=1, max_length=64)]],
        Field(
            default_factory=list,
            max_length=20,
            description="A criterion that the sheet `list` shows; given again for each, in order.",
        ),
    ]
    sort: Annotated[Order, Field(description="As of the list; a file by day is `newest`.")] = Order.NEWEST
    partition: Annotated[
        Literal["day"] | None,
        Field(description="Parquet only: a zip of `<sheet>/day=2026-11-02/<sheet>.parquet`, days in UTC."),
    ] = None


@router.get(
    "/export",
    summary="Reports as Excel, CSV or Parquet",
    response_class=Response,
    responses=problem_docs.of()
    | {
        200: {
            "description": "The file.",
            "content": {EXCEL: BINARY, "text/csv": {"schema": {"type": "string"}}, PARQUET: BINARY, ZIP: BINARY},
        }
    },
)
async def export(parts: PartsOf, caller: Exporter, query: Annotated[ExportQuery, Query()]) -> Response:
    """The analysts' sheet: call, politeness, chance of a sale, objections, prices, stage, comment; then answers, findings, agents, cost.

    What a person corrects in the Excel file comes back by POST /v1/labels/import.
    """
    request = ExportRequest(
        caller.workspace,
        query.filters(),
        query.sheet,
        query.language,
        query.separator,
        tuple(dict.fromkeys(query.column)),
        query.sort,
    )
    if query.partition and query.sort is not Order.NEWEST:
        raise InvalidRequest("a file by day is newest first", action="Leave sort out.")
    if query.partition and query.format != "parquet":
        raise InvalidRequest("only Parquet is cut by day", action="Ask for format=parquet, or leave partition out.")
    details = {"format": query.format, "sheet": query.sheet}
    await note(parts.db, caller, AuditAction.EXPORTED, subject="reports", details=details)
    if query.format == "csv":
        headers = {
            "Content-Disposition": f'attachment; filename="auricle-{query.sheet}.csv"',
            "X-Content-Type-Options": "nosniff",
        }
        return StreamingResponse(exporter.as_csv(parts, request), media_type=CSV, headers=headers)
    return await _file(parts, request, *_made_as(query))


def _made_as(query: ExportQuery) -> tuple[Maker, str, str]:
    """Who makes it, its name, its media type."""
    if query.format == "xlsx":
        return exporter.as_excel, "auricle-list.xlsx" if query.sheet == "list" else "auricle-report.xlsx", EXCEL
    if query.partition:
        return exporter.as_daily_parquet, f"auricle-{query.sheet}-by-day.zip", ZIP
    return exporter.as_parquet, f"auricle-{query.sheet}.parquet", PARQUET


async def _file(parts: Parts, request: ExportRequest, make: Maker, name: str, kind: str) -> FileResponse:
    """Made whole on disk, sent, and removed."""
    folder = tempfile.TemporaryDirectory(prefix="auricle-export-")
    path = Path(folder.name) / name
    try:
        await make(parts, request, path)
    except BaseException:
        folder.cleanup()
        raise
    return FileResponse(path, media_type=kind, filename=name, background=BackgroundTask(folder.cleanup))
