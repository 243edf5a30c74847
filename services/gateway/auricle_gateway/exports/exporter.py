"""From filters to a file: reports come in batches, the writers work in a thread, memory does not grow with the count."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass, fields
from datetime import UTC, datetime
from pathlib import Path

from auricle_contracts.masking import MaskingSettings
from auricle_kit.errors import InvalidRequest
from auricle_records import analytics, conversations, masking, reports
from auricle_records.analytics import AgentSummary
from auricle_records.conversations import AnswerCondition, Filters, Order
from auricle_records.reports import Report

from auricle_gateway.exports import agents, listed
from auricle_gateway.exports.csv_file import CsvFormat, Separator
from auricle_gateway.exports.excel_file import ExcelFile, Style
from auricle_gateway.exports.i18n import Language
from auricle_gateway.exports.legend import About
from auricle_gateway.exports.parquet_file import DailyParquet, ParquetFile
from auricle_gateway.exports.tables import TABLES, Item, Table
from auricle_gateway.parts import Parts

BATCH = 200


@dataclass(frozen=True)
class ExportRequest:
    """What to export, of which workspace, in whose language."""

    workspace: str
    filters: Filters
    sheet: str
    language: Language
    separator: Separator = "comma"
    columns: tuple[str, ...] = ()
    order: Order = Order.NEWEST


async def _table(parts: Parts, request: ExportRequest) -> Table | None:
    """The one that the request names; None for the agents."""
    if request.sheet != listed.NAME:
        return TABLES.get(request.sheet)
    named = await conversations.criteria_named(parts.db, request.workspace, request.columns)
    return listed.table_of(request.columns, named)


async def as_csv(parts: Parts, request: ExportRequest) -> AsyncIterator[bytes]:
    """Line by line as the reports are read."""
    form = CsvFormat(request.language, request.separator)
    if request.sheet == "agents":
        found = await _agents(parts, request)
        columns = agents.columns_of(found)
        yield form.header(columns)
        yield form.lines(agents.rows_of(found, columns))
        return
    table = await _table(parts, request)
    assert table is not None
    yield form.header(table.columns)
    async for items in _batches(parts, request):
        rows = [row for item in items for row in table.rows(item)]
        yield await asyncio.to_thread(form.lines, rows)


async def as_excel(parts: Parts, request: ExportRequest, path: Path) -> None:
    """All sheets into one file; the list as it is shown alone."""
    if request.sheet == listed.NAME:
        return await _list_as_excel(parts, request, path)
    file = await asyncio.to_thread(ExcelFile, path, Style(request.language, parts.page_url))
    try:
        async for items in _batches(parts, request):
            await asyncio.to_thread(file.add, items)
        found = await _agents(parts, request)
        columns = agents.columns_of(found)
        file.add_agents(columns, agents.rows_of(found, columns))
        file.add_legend(About(datetime.now(UTC), _filters(request.filters)))
    finally:
        await asyncio.to_thread(file.close)


async def _list_as_excel(parts: Parts, request: ExportRequest, path: Path) -> None:
    table = await _table(parts, request)
    assert table is not None
    file = await asyncio.to_thread(ExcelFile, path, Style(request.language, parts.page_url), (table,))
    try:
        async for items in _batches(parts, request):
            await asyncio.to_thread(file.add, items)
        file.add_legend(About(datetime.now(UTC), _filters(request.filters)))
    finally:
        await asyncio.to_thread(file.close)


def _filters(filters: Filters) -> str:
    """What was chosen, in the words of the query."""
    chosen = {one.name: getattr(filters, one.name) for one in fields(filters)}
    return "; ".join(f"{name} = {_told(value)}" for name, value in chosen.items() if value not in (None, ()))


def _told(value: object) -> str:
    if isinstance(value, AnswerCondition):
        return f"{value.criterion}{value.sign}{value.value}"
    return ", ".join(map(_told, value)) if isinstance(value, tuple) else str(value)


async def as_parquet(parts: Parts, request: ExportRequest, path: Path) -> None:
    """One sheet into one file, a row group a batch."""
    table = await _table(parts, request)
    found = await _agents(parts, request) if table is None else []
    columns = table.columns if table else agents.columns_of(found)
    file = await asyncio.to_thread(ParquetFile, path, columns)
    try:
        if table is None:
            file.add_rows(agents.rows_of(found, columns))
            return
        async for items in _batches(parts, request):
            await asyncio.to_thread(file.add, items, table)
    finally:
        await asyncio.to_thread(file.close)


async def as_daily_parquet(parts: Parts, request: ExportRequest, path: Path) -> None:
    """One sheet, a file a day, into one zip. Raises InvalidRequest for agents, who have no day."""
    table = await _table(parts, request)
    if table is None:
        raise InvalidRequest(f"the sheet {request.sheet} has no day", action="Leave partition out.")
    file = await asyncio.to_thread(DailyParquet, path, table)
    try:
        async for items in _batches(parts, request):
            await asyncio.to_thread(file.add, items)
    finally:
        await asyncio.to_thread(file.close)


async def _batches(parts: Parts, request: ExportRequest) -> AsyncIterator[Sequence[Item]]:
    chosen = await masking.settings(parts.db, request.workspace)
    batch: list[Report] = []
    async for report in reports.iter_reports(parts.db, request.workspace, request.filters, order=request.order):
        batch.append(report)
        if len(batch) == BATCH:
            yield await _items(parts, batch, request, chosen)
            batch = []
    if batch:
        yield await _items(parts, batch, request, chosen)


async def _items(parts: Parts, found: Sequence[Report], request: ExportRequest, chosen: MaskingSettings) -> list[Item]:
    """Without personal data, unless the workspace wants its exports with it."""
    if chosen.exports:
        found = await parts.privacy.masked_reports(request.workspace, found, chosen)
    return [_item(parts, report, request.language) for report in found]


def _item(parts: Parts, report: Report, language: Language) -> Item:
    made = report.evaluation.created_at if report.evaluation else report.conversation.created_at
    costs = parts.prices.cost(report.usages, made.date())
    return Item(report.conversation, report.evaluation, costs, language, report.labels, report.verdicts)


async def _agents(parts: Parts, request: ExportRequest) -> list[AgentSummary]:
    return await analytics.agents(parts.db, request.workspace, request.filters)
