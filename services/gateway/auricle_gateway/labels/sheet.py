"""Which cells of a workbook are answers: by the titles of our own columns, in any order and either language. Pure."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from auricle_kit.errors import InvalidRequest

from auricle_gateway.exports.columns import ANSWER_COLUMNS, REPORT_COLUMNS, Column
from auricle_gateway.exports.words import SHEETS, YES
from auricle_gateway.labels.workbook import Line, Value, Workbook, address

COLUMNS: Mapping[str, Sequence[Column]] = {"report": REPORT_COLUMNS, "answers": ANSWER_COLUMNS}
NEEDED = {
    "report": ("conversation_id", "evaluation_id"),
    "answers": ("conversation_id", "evaluation_id", "criterion", "value"),
}
CHECKED = {word.casefold() for word in YES.values()} | {"+", "1", "true", "истина"}


@dataclass(frozen=True, slots=True)
class Spot:
    """One answer as it stands in the sheet, with what its row says of it. `place` is the cell's address."""

    place: str
    conversation_id: str
    evaluation_id: str
    criterion: str
    value: Value
    checked: bool
    remark: str | None


def spots(book: Workbook) -> list[Spot]:
    """Every answer of the sheets that are ours. Raises InvalidRequest where there is none, or one lacks its columns."""
    known = {title: name for name in COLUMNS for title in SHEETS[name].values()}
    ours = [title for title in book.sheets if title in known]
    if not ours:
        raise InvalidRequest(
            "none of the sheets is ours", action=f"Keep the names of the sheets: {', '.join(sorted(known))}."
        )
    return [spot for title in ours for spot in _spots(book, title, known[title])]


def _spots(book: Workbook, title: str, name: str) -> Iterator[Spot]:
    lines = book.lines(title)
    header = next(lines, None)
    columns = _columns(header, title, name)
    for line in lines:
        evaluation, conversation = (_text(line, columns.get(key)) for key in ("evaluation_id", "conversation_id"))
        if evaluation is None or conversation is None:
            continue  # not evaluated when it was exported, or a note below the table
        checked = str(_cell(line, columns.get("checked"))).casefold() in CHECKED
        remark = _text(line, columns.get("remark"))
        for criterion, number in _answers(line, columns, name):
            place = address(title, line.number, number)
            yield Spot(place, conversation, evaluation, criterion, line.cells[number], checked, remark)


def _columns(header: Line | None, title: str, name: str) -> dict[str, int]:
    """Column numbers by key."""
    keys = {text: column.key for column in COLUMNS[name] for text in column.titles.values()}
    found: dict[str, int] = {}
    for number, cell in enumerate(header.cells if header else ()):
        key = keys.get(cell) if isinstance(cell, str) else None
        if key in found:
            raise InvalidRequest(f"the sheet {title} has two columns {cell}")
        if key is not None:
            found[key] = number
    missing = [key for key in NEEDED[name] if key not in found]
    if missing:
        titles = ", ".join(" / ".join(column.titles.values()) for column in COLUMNS[name] if column.key in missing)
        raise InvalidRequest(
            f"the sheet {title} lacks columns: {titles}", action="Export it again and keep the header."
        )
    return found


def _answers(line: Line, columns: Mapping[str, int], name: str) -> Iterator[tuple[str, int]]:
    """Criteria of a row with the numbers of their cells."""
    if name == "answers":
        criterion = _text(line, columns["criterion"])
        if criterion is not None:
            yield criterion, columns["value"]
        return
    for column in COLUMNS[name]:
        if column.criterion is not None and column.key in columns:
            yield column.criterion, columns[column.key]


def _cell(line: Line, number: int | None) -> Value:
    return line.cells[number] if number is not None else None


def _text(line: Line, number: int | None) -> str | None:
    cell = _cell(line, number)
    return cell if isinstance(cell, str) else None
