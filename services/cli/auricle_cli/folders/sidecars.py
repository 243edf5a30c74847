"""What lies beside recordings and says more of them: NAME.json, NAME.csv, NAME.xml, and CDR files with a row for each call."""

import csv
import io
import json
from collections.abc import Iterable, Iterator, Mapping
from datetime import tzinfo
from pathlib import Path
from typing import Any
from xml.etree.ElementTree import Element, ParseError

from auricle_contracts import ConversationIn
from defusedxml import DefusedXmlException
from defusedxml.ElementTree import fromstring
from pydantic import ValidationError

from auricle_cli.errors import CliError
from auricle_cli.folders import facts

SUFFIXES = (".json", ".csv", ".xml")
MOST_BYTES = 64 * 1024 * 1024


def read(path: Path, zone: tzinfo) -> dict[str, Any]:
    """The fields that a sidecar gives, as JSON of a conversation. Raises CliError for one that nobody reads."""
    try:
        text = _text(path)
        if path.suffix.lower() == ".json":
            return _json(json.loads(text), zone)
        if path.suffix.lower() == ".xml":
            return facts.conversation(facts.of_row(dict(_leaves(fromstring(text))), zone))
        rows = list(rows_of(text))
        if len(rows) != 1:
            raise CliError(f"{path} has {len(rows)} rows; a file beside one recording has one")
        return facts.conversation(facts.of_row(rows[0], zone))
    except (ValueError, ParseError, DefusedXmlException, csv.Error) as error:
        raise CliError(f"{path} cannot be read ({type(error).__name__})") from None


def _text(path: Path) -> str:
    try:
        if path.stat().st_size > MOST_BYTES:
            raise CliError(f"{path} is larger than {MOST_BYTES} bytes")
        return path.read_text(encoding="utf-8-sig")
    except OSError as error:
        raise CliError(f"{path} cannot be read: {error.strerror}") from None


def _json(value: Any, zone: tzinfo) -> dict[str, Any]:
    """A ConversationIn as it is; any other object by the names of its fields."""
    if not isinstance(value, dict):
        raise CliError("it holds no JSON object")
    try:
        return ConversationIn.model_validate_json(json.dumps(value)).model_dump(mode="json", exclude_unset=True)
    except ValidationError:
        return facts.conversation(facts.of_row(dict(_flat(value)), zone))


def _flat(value: Mapping[str, Any], path: str = "") -> Iterator[tuple[str, Any]]:
    for key, one in value.items():
        name = f"{path}.{key}" if path else str(key)
        if isinstance(one, dict):
            yield from _flat(one, name)
        else:
            yield name, json.dumps(one, ensure_ascii=False) if isinstance(one, list) else one


def _leaves(element: Element) -> Iterator[tuple[str, str]]:
    """Leaves by their own names: `variables/uuid` of an XML CDR is `uuid`."""
    for one in element.iter():
        if len(one) == 0 and (one.text or "").strip():
            yield one.tag, (one.text or "").strip()


def rows_of(text: str) -> Iterator[dict[str, str]]:
    """Rows of a CSV with a header, or of Asterisk's Master.csv, which has none; commas, semicolons or tabs."""
    first = text.partition("\n")[0]
    delimiter = max(",;\t", key=first.count)
    lines = csv.reader(io.StringIO(text), delimiter=delimiter)
    header = next(lines, [])
    known = {name for names in facts.NAMES.values() for name in names} | {"filename", "recordingfile", "file"}
    told = len({cell.strip().lower() for cell in header} & known)
    if told < 2 and (told == 0 or len(header) >= len(facts.ASTERISK_COLUMNS) - 2):
        lines = csv.reader(io.StringIO(text), delimiter=delimiter)
        header = list(facts.ASTERISK_COLUMNS)
    for cells in lines:
        if any(cells):
            yield dict(zip(header, cells, strict=False))


class CallRecords:
    """Rows of CDR files, found by the unique id or the name of a recording. Files are read again when they have grown."""

    def __init__(self, paths: Iterable[Path], zone: tzinfo) -> None:
        self._paths = tuple(paths)
        self._zone = zone
        self._seen: dict[Path, tuple[int, int]] = {}
        self._rows: dict[str, dict[str, Any]] = {}

    def refresh(self) -> None:
        """Raises CliError for a file that cannot be read."""
        for path in self._paths:
            if not path.exists():  # an exchange makes it with its first call
                continue
            state = path.stat()
            if self._seen.get(path) != (state.st_size, state.st_mtime_ns):
                for row in rows_of(_text(path)):
                    self._keep(row)
                self._seen[path] = (state.st_size, state.st_mtime_ns)

    def _keep(self, row: Mapping[str, str]) -> None:
        found = facts.of_row(row, self._zone)
        told = {key.strip().lower(): value for key, value in row.items() if key}
        names = [told.get(name, "") for name in ("recordingfile", "filename", "file", "userfield", "lastdata")]
        for key in (
            found.get("external_id"),
            *(Path(name.split(",")[0].removeprefix("audio:")).stem for name in names if name),
        ):
            if key:
                self._rows[key] = found

    def of(self, stem: str, external_id: str | None) -> dict[str, Any]:
        """The facts of the call whose recording this is; empty while no row says."""
        return self._rows.get(stem) or self._rows.get(external_id or "") or {}
