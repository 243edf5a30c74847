"""The oversight record as files: an Excel book of five sheets, and lines of JSON. Texts of people are never formulas."""

from collections.abc import Iterator, Sequence
from datetime import date, datetime
from pathlib import Path
from typing import Any

import xlsxwriter
from auricle_contracts import Contract
from auricle_contracts.oversight import OversightRecord, OversightShare
from pydantic_core import to_json

from auricle_gateway.exports.excel_file import OPTIONS
from auricle_gateway.exports.i18n import Language

EXCEL = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
LINES = "application/x-ndjson"
WIDTH = 22
Cells = Sequence[object]

SHEETS: dict[Language, tuple[str, ...]] = {
    "ru": ("Контроль", "Вердикты по месяцам", "Кто может изменить", "Инциденты", "Тон операторов"),
    "en": ("Oversight", "Verdicts by month", "Who may override", "Incidents", "Tone of agents"),
}
SUMMARY: dict[Language, tuple[str, ...]] = {
    "ru": (
        "С", "До", "Отвечает", "Назначен", "Версия памятки", "Памятка, русский", "Памятка, английский", "Операторов",
        "Ознакомлено",
    ),
    "en": (
        "Since", "Until", "Responsible", "Since when", "Version of the disclosure", "Disclosure, Russian", "Disclosure, English", "Agents",
        "Informed",
    ),
}  # fmt: skip
COLUMNS: dict[Language, tuple[Cells, ...]] = {
    "ru": (
        (
            "Месяц", "Вид", "Критерий или ошибка", "Оценок системы", "Просмотрено людьми", "Изменено", "Изменено от просмотренных", "от",
            "до", "Сомнительно", "Пропущено системой", "Апелляций", "Апелляций от оценок", "от", "до", "Принято",
        ),
        ("Имя", "Роли"),
        ("Когда", "Что произошло", "Кто записал", "Записано"),
        ("Месяц", "Расшифровок", "С тоном операторов"),
    ),
    "en": (
        (
            "Month", "Kind", "Criterion or error", "Verdicts of the machine", "Looked at", "Overridden", "Overridden of looked at", "from",
            "to", "Doubtful", "Missed by the machine", "Appealed", "Appealed of verdicts", "from", "to", "Accepted",
        ),
        ("Name", "Roles"),
        ("When", "What happened", "Written by", "Written"),
        ("Month", "Transcripts", "With the tone of agents"),
    ),
}  # fmt: skip


def excel(record: OversightRecord, path: Path, language: Language) -> None:
    """The book at `path`."""
    with xlsxwriter.Workbook(str(path), OPTIONS) as book:
        bold, share = book.add_format({"bold": True}), book.add_format({"num_format": "0.0%"})
        names = SHEETS[language]
        sheet = book.add_worksheet(names[0])
        sheet.set_column(0, 1, WIDTH)
        for number, (name, cell) in enumerate(zip(SUMMARY[language], _summary(record), strict=True)):
            sheet.write_string(number, 0, name, bold)
            _write(sheet, number, 1, cell, share)
        for name, columns, rows in zip(names[1:], COLUMNS[language], _tables(record), strict=True):
            sheet = book.add_worksheet(name)
            sheet.set_column(0, len(columns) - 1, WIDTH)
            for number, row in enumerate([columns, *rows]):
                for column, cell in enumerate(row):
                    _write(sheet, number, column, cell, bold if number == 0 else share)


def lines(record: OversightRecord) -> bytes:
    """First the summary, then a line each part, with `part` saying which."""
    parts: list[tuple[str, Sequence[Contract]]] = [
        ("verdicts", record.rows), ("overseer", record.overseers), ("incident", record.incidents), ("tone", record.tone),
    ]  # fmt: skip
    summary = record.model_dump(mode="json", exclude={"rows", "overseers", "incidents", "tone"})
    told = [{"part": "summary"} | summary]
    told += [{"part": name} | one.model_dump(mode="json") for name, found in parts for one in found]
    return b"".join(to_json(one) + b"\n" for one in told)


def _summary(record: OversightRecord) -> Cells:
    who, disclosure = record.responsible, record.disclosure
    return (
        record.since, record.until, who.text if who else None, who.happened_at if who else None, disclosure.version if disclosure else None,
        disclosure.ru if disclosure else None, disclosure.en if disclosure else None, record.agents, record.informed,
    )  # fmt: skip


def _tables(record: OversightRecord) -> Iterator[list[Cells]]:
    yield [
        (
            one.month, one.kind, one.subject, one.judged, one.looked.count, one.overridden.count, *_of(one.overridden), one.doubtful,
            one.missed, one.appealed.count, *_of(one.appealed), one.accepted.count,
        )
        for one in record.rows
    ]  # fmt: skip
    yield [(one.name, ", ".join(one.roles)) for one in record.overseers]
    yield [(one.happened_at, one.text, one.added_by_name, one.created_at) for one in record.incidents]
    yield [(one.month, one.transcripts, one.with_agent_tone) for one in record.tone]


def _of(share: OversightShare) -> tuple[float | None, float | None, float | None]:
    """The share and its interval; nothing where there is nothing to be a share of."""
    return (share.count / share.of, share.low, share.high) if share.of else (None, None, None)


def _write(sheet: Any, row: int, column: int, cell: object, style: Any) -> None:
    if cell is None:
        return
    if isinstance(cell, float):
        sheet.write_number(row, column, cell, style)
    elif isinstance(cell, int):
        sheet.write_number(row, column, cell)
    else:
        text = cell.isoformat() if isinstance(cell, date | datetime) else str(cell)
        sheet.write_string(row, column, text[:32_000], style if row == 0 else None)
