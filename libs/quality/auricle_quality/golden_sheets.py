"""Analysts' own workbooks as golden dialogues: their columns are named by a map, and rows of one dialogue become one. Pure.

A row is one verdict on one dialogue; its whole text stands in a cell, a turn a line, who speaks before a colon.
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import Annotated, Any, TypeVar

from auricle_contracts import Contract
from auricle_contracts.conversations import Reference
from auricle_contracts.golden import GoldenDialogue, GoldenKind, GoldenState
from auricle_contracts.vocabulary import Channel, Role
from auricle_kit.errors import InvalidRequest
from auricle_kit.workbooks.xlsx import Odd, Value, Workbook
from pydantic import Field, ValidationError

from auricle_quality.golden_lines import Line, faults

T = TypeVar("T")
Column = Annotated[str, Field(min_length=1, max_length=200)]
Named = Annotated[dict[str, Reference], Field(max_length=500)]
_NO_OCCASION = frozenset({"—", "-", "н/п", "n/a"})
_ROLES: dict[str, Role] = {
    "оператор": Role.AGENT, "агент": Role.AGENT, "менеджер": Role.AGENT, "agent": Role.AGENT, "operator": Role.AGENT,
    "клиент": Role.CUSTOMER, "customer": Role.CUSTOMER, "client": Role.CUSTOMER, "бот": Role.BOT, "bot": Role.BOT,
}  # fmt: skip


class GoldenColumns(Contract):
    """Which column says what, by its title in the sheet's first row. Words of cells are mapped whatever their case.

    `dialogue` is the same in all rows of a dialogue; `text` is its whole text. `subject` holds the error class, by its id or by a
    word of `subjects`; `verdict` whether it is there, by words of `verdicts` (without a column: it is). `criteria` are columns of
    answers, each with its criterion; `quotes` are columns of the words that an answer rests on, with the same criterion, a place a
    line; `values` are words of answers that mean another. `channel` is a channel, or a column whose words `channels` maps.
    """

    sheet: Column | None = None
    dialogue: Column
    text: Column
    roles: Annotated[dict[str, Role], Field(max_length=100)] = Field(default_factory=dict)
    channel: Column
    channels: Annotated[dict[str, Channel], Field(max_length=100)] = Field(default_factory=dict)
    language: Column | None = None
    agent: Column | None = None
    started_at: Column | None = None
    subject: Column | None = None
    subjects: Named = Field(default_factory=dict)
    verdict: Column | None = None
    verdicts: Annotated[dict[str, GoldenState], Field(max_length=100)] = Field(default_factory=dict)
    criteria: Named = Field(default_factory=dict)
    quotes: Named = Field(default_factory=dict)
    values: Named = Field(default_factory=dict)
    quote: Column | None = None
    comment: Column | None = None
    grade: Column | None = None
    decided_by: Column | None = None


Row = Mapping[str, Value]


def read(book: Workbook, columns: GoldenColumns) -> Iterator[Line]:
    """A line for each dialogue, under the number of its first row. Raises InvalidRequest for a column that the sheet lacks."""
    named = columns.sheet or book.sheets[0]
    if named not in book.sheets:
        raise InvalidRequest(f"the workbook has no sheet {named!r}", action=f"It has {list(book.sheets)}.")
    lines = book.lines(named)
    head = next(lines, None)
    titles = [str(cell) if cell is not None else "" for cell in head.cells] if head else []
    _refuse_missing(columns, titles)
    groups: dict[str, list[tuple[int, Row]]] = {}
    for line in lines:
        row = dict(zip(titles, line.cells, strict=False))
        groups.setdefault(_word(row, columns.dialogue) or f"row {line.number}", []).append((line.number, row))
    for name, rows in groups.items():
        yield _dialogue(name, rows, columns)


def _refuse_missing(columns: GoldenColumns, titles: Sequence[str]) -> None:
    single = (
        "dialogue",
        "text",
        "agent",
        "started_at",
        "subject",
        "verdict",
        "quote",
        "comment",
        "grade",
        "decided_by",
    )
    wanted = [getattr(columns, name) for name in single if getattr(columns, name)]
    wanted += [*columns.criteria, *columns.quotes, *([columns.channel] if columns.channel not in set(Channel) else [])]
    missing = sorted(set(wanted) - set(titles))
    if missing:
        raise InvalidRequest(f"the sheet has no column {', '.join(missing)}", action=f"Its columns are {titles}.")


def _dialogue(name: str, rows: Sequence[tuple[int, Row]], columns: GoldenColumns) -> Line:
    number, first = rows[0]
    try:
        labels = [label for at, row in rows for label in _labels(row, columns)]
        told: dict[str, Any] = {
            "reference": name,
            "channel": _channel(first, columns),
            "language": columns.language,
            "agent": _word(first, columns.agent),
            "started_at": _word(first, columns.started_at),
            "turns": list(_turns(_word(first, columns.text) or "", columns.roles)),
            "labels": labels,
        }
        return Line(number, GoldenDialogue.model_validate(told))
    except ValidationError as error:
        return Line(number, None, faults(error))
    except InvalidRequest as error:
        return Line(number, None, error.detail)


def _turns(text: str, roles: Mapping[str, Role]) -> Iterator[dict[str, object]]:
    """A line that begins with nobody's name goes on with the turn before."""
    known = _ROLES | {name.casefold(): role for name, role in roles.items()}
    role, said = Role.UNKNOWN, list[str]()
    for line in text.splitlines():
        before, colon, after = line.partition(":")
        speaker = known.get(before.strip().casefold()) if colon else None
        if speaker is None:
            said.append(line.strip())
            continue
        yield from _turn(role, said)
        role, said = speaker, [after.strip()]
    yield from _turn(role, said)


def _turn(role: Role, said: Sequence[str]) -> Iterator[dict[str, object]]:
    text = " ".join(part for part in said if part)
    if text:
        yield {"role": role, "text": text}


def _labels(row: Row, columns: GoldenColumns) -> Iterator[dict[str, object]]:
    said = {"decided_by": _word(row, columns.decided_by), "comment": _word(row, columns.comment)}
    subject = _word(row, columns.subject)
    if subject:
        state = _mapped(
            _word(row, columns.verdict) or "", columns.verdicts, GoldenState.FOUND if not columns.verdict else None
        )
        found = state == GoldenState.FOUND
        yield said | {
            "kind": GoldenKind.ERROR_CLASS,
            "subject": _mapped(subject, columns.subjects, subject),
            "state": state,
            "places": _places(row, columns) if found else [],
            "grade": _grade(row, columns),
        }
    for title, criterion in columns.criteria.items():
        value = row.get(title)
        if isinstance(value, Odd):
            raise InvalidRequest(f"the column {title} holds a {value.value}")
        if value is not None:
            nothing = isinstance(value, str) and value.casefold() in _NO_OCCASION
            state = GoldenState.NOT_APPLICABLE if nothing else GoldenState.ANSWERED
            told = _mapped(value, columns.values, value) if isinstance(value, str) else value
            yield said | {
                "kind": GoldenKind.CRITERION, "subject": criterion, "state": state, "value": None if nothing else told,
                "places": [] if nothing else _places_of(row, columns, criterion),
            }  # fmt: skip


def _places_of(row: Row, columns: GoldenColumns, criterion: str) -> list[dict[str, object]]:
    """Of a criterion, by each of its columns of quotes."""
    named = [title for title, its in columns.quotes.items() if its == criterion]
    quotes = [quote.strip() for title in named for quote in (_word(row, title) or "").splitlines() if quote.strip()]
    return [_place(row, columns, quote) for quote in quotes]


def _places(row: Row, columns: GoldenColumns) -> list[dict[str, object]]:
    quote = _word(row, columns.quote)
    return [_place(row, columns, quote)] if quote else []


def _place(row: Row, columns: GoldenColumns, quote: str) -> dict[str, object]:
    """The turn that says the quote's words; a quote that nobody says is refused."""
    for number, turn in enumerate(_turns(_word(row, columns.text) or "", columns.roles), 1):
        if quote in str(turn["text"]):
            return {"turn": number, "text": quote}
    raise InvalidRequest("no turn says the words of the quote")


def _grade(row: Row, columns: GoldenColumns) -> int | None:
    word = _word(row, columns.grade)
    if word is None:
        return None
    try:
        return int(float(word))
    except ValueError:
        raise InvalidRequest("a grade is 0, 1 or 2") from None


def _channel(row: Row, columns: GoldenColumns) -> object:
    if columns.channel in set(Channel):
        return columns.channel
    word = _word(row, columns.channel) or ""
    return _mapped(word, columns.channels, word)


def _mapped(word: str, by: Mapping[str, T], otherwise: T | None) -> T:
    found = {name.casefold(): value for name, value in by.items()}.get(word.casefold(), otherwise)
    if found is None:
        raise InvalidRequest(f"the map has no word {word[:40]!r}")
    return found


def _word(row: Row, column: str | None) -> str | None:
    value = row.get(column) if column else None
    if isinstance(value, Odd):
        raise InvalidRequest(f"the column {column} holds a {value.value}")
    return None if value is None else str(value)
