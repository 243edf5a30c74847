"""A list of people as CSV, read so that every row is accounted for: a person, or the reason why it is none.

email;name;roles;team;references
anna@example.com;Анна Ким;agent;Вечерняя смена;A-7, 101
"""

import csv
import io
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from auricle_contracts import MemberRole
from auricle_kit.errors import InvalidRequest

COLUMNS = ("email", "name", "roles", "team", "references")
MOST_ROWS = 10_000
MAX_BYTES = 4 * 1024 * 1024
LONGEST_FIELD = 200
MOST_REFERENCES = 20
_EMAIL = re.compile(r"[^@\s]{1,64}@[^@\s]{1,180}")
_LIST = re.compile(r"\s*[,|]\s*")


@dataclass(frozen=True, slots=True)
class ListedPerson:
    """A row that can be a person; `row` counts from 1, the header's line."""

    row: int
    email: str
    name: str
    roles: tuple[MemberRole, ...]
    team: str | None
    references: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class RefusedRow:
    """A row that is none, and why."""

    row: int
    why: str


def read(raw: bytes) -> tuple[list[ListedPerson], list[RefusedRow]]:
    """All rows, empty lines excepted. Comma, semicolon or tab; UTF-8. Raises InvalidRequest where nothing can be read as a table."""
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise InvalidRequest("the list is not UTF-8", action="Save it as CSV UTF-8.") from None
    rows = list(_rows(text))
    if not rows:
        raise InvalidRequest("the list is empty")
    header = [name.strip().casefold() for name in rows[0][1]]
    if "email" not in header or set(header) - set(COLUMNS):
        raise InvalidRequest(f"the first row must name columns of {', '.join(COLUMNS)}; email is needed")
    if len(rows) > MOST_ROWS + 1:
        raise InvalidRequest(f"the list has more than {MOST_ROWS} rows", action="Send it in parts.")
    return _people(header, rows[1:])


def _rows(text: str) -> Iterator[tuple[int, list[str]]]:
    first = text.partition("\n")[0]
    delimiter = max(",;\t", key=first.count)
    try:
        for number, row in enumerate(csv.reader(io.StringIO(text), delimiter=delimiter, strict=True), 1):
            if any(cell.strip() for cell in row):
                yield number, row
    except csv.Error as error:
        raise InvalidRequest(f"the list is not CSV: {error}") from None


def _people(header: list[str], rows: Sequence[tuple[int, list[str]]]) -> tuple[list[ListedPerson], list[RefusedRow]]:
    found: list[ListedPerson] = []
    refused: list[RefusedRow] = []
    emails: dict[str, int] = {}
    for number, cells in rows:
        try:
            person = _person(number, header, cells)
            if person.email in emails:
                raise ValueError(f"row {emails[person.email]} has the same e-mail")
        except ValueError as error:
            refused.append(RefusedRow(number, str(error)))
        else:
            emails[person.email] = number
            found.append(person)
    return found, refused


def _person(number: int, header: list[str], cells: list[str]) -> ListedPerson:
    if len(cells) > len(header):
        raise ValueError("more cells than the first row has")
    fields = dict(zip(header, (cell.strip() for cell in cells), strict=False))
    if any(len(value) > LONGEST_FIELD for value in fields.values()):
        raise ValueError(f"a cell is longer than {LONGEST_FIELD} characters")
    email = fields.get("email", "").casefold()
    if not _EMAIL.fullmatch(email):
        raise ValueError("no e-mail address")
    references = tuple(dict.fromkeys(_listed(fields.get("references", ""))))
    if len(references) > MOST_REFERENCES:
        raise ValueError(f"more than {MOST_REFERENCES} references")
    roles = _roles(fields.get("roles", ""))
    return ListedPerson(number, email, fields.get("name") or email, roles, fields.get("team") or None, references)


def _roles(cell: str) -> tuple[MemberRole, ...]:
    words = [word.casefold().replace(" ", "_") for word in _listed(cell)]
    unknown = [word for word in words if word not in set(MemberRole)]
    if unknown:
        raise ValueError(f"the roles are {', '.join(MemberRole)}")
    return tuple(sorted({MemberRole(word) for word in words}))


def _listed(cell: str) -> list[str]:
    return [part for part in _LIST.split(cell.strip()) if part]
