"""Which cells of a workbook are answers: by the titles of our own columns, in any order and either language. Pure.

Nothing is passed over without a word: what was not read is `ignored` (a column or a row that is none of ours) or `refused`, with
its address.
"""

import re
import unicodedata
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from auricle_kit.errors import InvalidRequest
from auricle_kit.workbooks.xlsx import Line, Odd, Value, Workbook, address

from auricle_gateway.exports.columns import ANSWER_COLUMNS, REPORT_COLUMNS, Column
from auricle_gateway.exports.i18n import NO, SHEETS, YES

COLUMNS: Mapping[str, Sequence[Column]] = {"report": REPORT_COLUMNS, "answers": ANSWER_COLUMNS}
NEEDED = {
    "report": ("conversation_id", "evaluation_id"),
    "answers": ("conversation_id", "evaluation_id", "criterion", "value"),
}
CHECKED = {word.casefold() for word in YES.values()} | {"+", "1", "true", "истина"}
MAX_REMARK = 4000
NOT_CHECKED = {word.casefold() for word in NO.values()} | {"-", "0", "false", "ложь"}


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


@dataclass(frozen=True, slots=True)
class Unread:
    """A cell that was not read, and why; where a whole row or column was not, its id or header, and how many `cells` that concerns."""

    place: str
    why: str
    cells: int = 1


@dataclass
class AnswerCells:
    """What the sheets hold."""

    spots: list[Spot] = field(default_factory=list)
    refused: list[Unread] = field(default_factory=list)
    ignored: list[Unread] = field(default_factory=list)


def read_sheets(book: Workbook) -> AnswerCells:
    """Every answer of the sheets that are ours. Raises InvalidRequest where there is none, or one lacks its columns."""
    known = {normalised(title): name for name in COLUMNS for title in SHEETS[name].values()}
    ours = [title for title in book.sheets if normalised(title) in known]
    if not ours:
        titles = sorted(title for name in COLUMNS for title in SHEETS[name].values())
        raise InvalidRequest("none of the sheets is ours", action=f"Keep the names of the sheets: {', '.join(titles)}.")
    found = AnswerCells()
    for title in ours:
        _Sheet(title, known[normalised(title)], found).read(book.lines(title))
    return found


def normalised(title: str) -> str:
    """A title as people retype it: any hyphen, any space or line break, any case are the same."""
    text = "".join(_plain(char) for char in unicodedata.normalize("NFKC", title)).casefold()
    return re.sub(r"\s*-\s*", "-", " ".join(text.split()))


def _plain(char: str) -> str:
    category = unicodedata.category(char)
    return "-" if category == "Pd" or char == "\u2212" else "" if category == "Cf" else char


class _Sheet:
    """One sheet on its way into `found`."""

    def __init__(self, title: str, name: str, found: AnswerCells) -> None:
        self._title, self._name, self._found = title, name, found
        self._columns: dict[str, int] = {}

    def read(self, lines: Iterator[Line]) -> None:
        header = next(lines, None)
        self._columns = _columns(header, self._title, self._name)
        strange: Counter[int] = Counter()
        ours = set(self._columns.values())
        for line in lines:
            strange.update(number for number, cell in enumerate(line.cells) if cell is not None and number not in ours)
            self._read_line(line)
        for number, cells in sorted(strange.items()):
            self._found.ignored.append(self._strange(header, number, cells))

    def _strange(self, header: Line | None, number: int, cells: int) -> Unread:
        title = header.cells[number] if header and number < len(header.cells) else None
        why = f"the column {title!r} is none of ours" if isinstance(title, str) else "the column has no title"
        return Unread(address(self._title, header.number if header else 1, number), why, cells)

    def _read_line(self, line: Line) -> None:
        answers = list(self._answers(line))
        filled = sum(line.cells[number] is not None for _, number in answers)
        ids = [line.cells[self._columns[key]] for key in ("conversation_id", "evaluation_id")]
        conversation, evaluation = ids
        if isinstance(conversation, str) and isinstance(evaluation, str):
            checked, remark = self._checked(line), self._remark(line)
            for criterion, number in answers:
                place = address(self._title, line.number, number)
                spot = Spot(place, conversation, evaluation, criterion, line.cells[number], checked, remark)
                self._found.spots.append(spot)
            return
        for key, cell in zip(("conversation_id", "evaluation_id"), ids, strict=True):
            if cell is not None and not isinstance(cell, str):
                self._refuse(line, self._columns[key], f"{_named(cell)} is no id: paste the id itself", max(1, filled))
                return
        if filled:  # not evaluated when it was exported, or a note below the table
            place = address(self._title, line.number, self._columns["evaluation_id"])
            self._found.ignored.append(Unread(place, "the row has no id of an evaluation", filled))

    def _answers(self, line: Line) -> Iterator[tuple[str, int]]:
        """Criteria of a row with the numbers of their cells."""
        if self._name == "report":
            for column in COLUMNS["report"]:
                if column.criterion is not None and column.key in self._columns:
                    yield column.criterion, self._columns[column.key]
            return
        criterion = line.cells[self._columns["criterion"]]
        if isinstance(criterion, str):
            yield criterion, self._columns["value"]
        elif criterion is not None:
            self._refuse(line, self._columns["criterion"], f"{_named(criterion)} is no criterion: paste its name", 1)
        elif line.cells[self._columns["value"]] is not None:
            place = address(self._title, line.number, self._columns["criterion"])
            self._found.ignored.append(Unread(place, "the row names no criterion"))

    def _checked(self, line: Line) -> bool:
        """Whether the row is marked; a mark that is no choice is refused, and the row is read as unmarked."""
        cell = self._cell(line, "checked")
        word = "" if cell is None else str(cell).casefold()
        if isinstance(cell, Odd) or (word and word not in CHECKED | NOT_CHECKED):
            choices = ", ".join((*YES.values(), *NO.values()))
            self._refuse(line, self._columns["checked"], f"{_named(cell)} is no choice: expected one of {choices}", 1)
        return word in CHECKED

    def _remark(self, line: Line) -> str | None:
        cell = self._cell(line, "remark")
        if isinstance(cell, Odd):
            self._refuse(line, self._columns["remark"], f"{_named(cell)} is no remark: write the text itself", 1)
            return None
        if cell is None or len(str(cell)) <= MAX_REMARK:
            return None if cell is None else str(cell)
        self._refuse(line, self._columns["remark"], f"only the first {MAX_REMARK} characters of the remark are kept", 1)
        return str(cell)[:MAX_REMARK]

    def _cell(self, line: Line, key: str) -> Value:
        return line.cells[self._columns[key]] if key in self._columns else None

    def _refuse(self, line: Line, number: int, why: str, cells: int) -> None:
        self._found.refused.append(Unread(address(self._title, line.number, number), why, cells))


def _named(cell: Value) -> str:
    return f"a {cell.value}" if isinstance(cell, Odd) else repr(str(cell)[:40])


def _columns(header: Line | None, title: str, name: str) -> dict[str, int]:
    """Column numbers by key."""
    keys = {normalised(text): column.key for column in COLUMNS[name] for text in column.titles.values()}
    found: dict[str, int] = {}
    for number, cell in enumerate(header.cells if header else ()):
        key = keys.get(normalised(cell)) if isinstance(cell, str) else None
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
