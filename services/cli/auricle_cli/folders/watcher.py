"""A watched folder: settled recordings are sent, what is said of them later is added, and every file is told of.

file ─► settled? ─► known? ── no ─► POST ─► kept ─► description changed? ─► PATCH ─► kept
           │           └─ yes, as it was ──────────────────┘
           └─ not yet: the next look
"""

import hashlib
import json
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import tzinfo
from pathlib import Path
from typing import Any

from auricle_contracts import ConversationIn, ConversationPatch
from pydantic import ValidationError

from auricle_cli.errors import CliError, Refused, Unreachable
from auricle_cli.folders import facts, sidecars
from auricle_cli.folders.sent_files import Entry, SentFiles
from auricle_cli.folders.sidecars import CallRecords
from auricle_cli.gateway import MAIL, MEDIA_TYPES, Gateway
from auricle_cli.samples import is_recording

STATE = ".auricle-watch.sqlite"
KNOWN_ALREADY = frozenset({"external_id_conflict", "idempotency_conflict"})
LATE = frozenset(ConversationPatch.model_fields)
Say = Callable[[str], None]


@dataclass(frozen=True)
class Watched:
    """What is watched and how. A file is settled when it has not changed for `settle_s`."""

    folder: Path
    source: str
    zone: tzinfo
    settle_s: float
    line: str | None = None


@dataclass
class Round:
    """What one look at the folder came to. `waiting`: files that are still written."""

    sent: int = 0
    patched: int = 0
    refused: int = 0
    waiting: int = 0


class Watcher:
    """Looks at the folder; each look goes on where the last one, of this process or an earlier one, was broken off."""

    def __init__(self, watched: Watched, gateway: Gateway, sent: SentFiles, records: CallRecords, say: Say) -> None:
        self._watched, self._gateway, self._sent, self._records, self._say = watched, gateway, sent, records, say
        self._told: set[str] = set()

    def look(self) -> Round:
        """One round. Raises Unreachable: then everything that is not kept as sent is still to do."""
        self._records.refresh()
        done = Round()
        for path in self._recordings():
            if self._is_written(path):
                done.waiting += 1
                continue
            try:
                self._take(path, done)
            except Unreachable:
                raise
            except (CliError, ValidationError) as error:
                why = (
                    error
                    if isinstance(error, CliError)
                    else f"its description is wrong in {error.error_count()} fields"
                )
                self._once(f"not sent: {path}: {why}")
                done.refused += 1
        return done

    def _is_written(self, path: Path) -> bool:
        """Whether it, or what lies beside it, changed a moment ago."""
        newest = max(one.stat().st_mtime for one in (path, *self._beside(path)))
        return time.time() - newest < self._watched.settle_s

    def _take(self, path: Path, done: Round) -> None:
        state, fields = path.stat(), self._described(path)
        name = path.relative_to(self._watched.folder).as_posix()
        entry = Entry(name, state.st_size, state.st_mtime_ns, None, _hash(fields))
        known = self._sent.get(name)
        if known == entry:
            return  # it was refused, and is what it was
        if known is None or known.conversation_id is None:
            self._send(path, entry, fields, done)
            return
        if (known.size, known.mtime_ns) != (entry.size, entry.mtime_ns):
            self._say(f"changed: {path}: it was sent as {known.conversation_id}, and is not sent again")
        if known.described != entry.described:
            self._add(known.conversation_id, path, fields, done)
        self._sent.put(replace(entry, conversation_id=known.conversation_id))

    def _recordings(self) -> Iterator[Path]:
        for path in sorted(self._watched.folder.rglob("*")):
            if path.name.startswith(".") or not path.is_file() or path.suffix.lower() in sidecars.SUFFIXES:
                continue
            if is_recording(path) and MEDIA_TYPES.get(path.suffix.lower()) != MAIL:
                yield path
            else:
                self._once(f"skipped: {path}: it is no recording")

    def _send(self, path: Path, entry: Entry, fields: dict[str, Any], done: Round) -> None:
        """A recording that the gateway refuses is tried again when it, or what is said of it, has changed."""
        about = ConversationIn.model_validate_json(json.dumps(fields))
        try:
            conversation_id = self._taken(path, about)
        except Refused as error:
            self._say(f"not sent: {path}: {error}")
            done.refused += 1
            self._sent.put(entry)
            return
        self._sent.put(replace(entry, conversation_id=conversation_id))
        self._say(f"{path} → {conversation_id}")
        done.sent += 1

    def _taken(self, path: Path, about: ConversationIn) -> str:
        """Its conversation, also where an earlier try reached the gateway and this side does not know it."""
        key = hashlib.sha256(f"{about.source}\0{about.external_id}".encode() + path.read_bytes()).hexdigest()
        try:
            return self._gateway.submit_recording(path, about, key).id
        except Refused as error:
            known = self._gateway.find(about.source, about.external_id or "") if error.code in KNOWN_ALREADY else None
            if known is None:
                raise
            return known.id

    def _add(self, conversation_id: str, path: Path, fields: dict[str, Any], done: Round) -> None:
        """What is said of the recording now, and was not when it was sent. Raises CliError where the gateway refuses it."""
        late = {name: value for name, value in fields.items() if name in LATE}
        self._gateway.patch(conversation_id, ConversationPatch.model_validate_json(json.dumps(late)))
        self._say(f"{path}: more is known of {conversation_id}")
        done.patched += 1

    def _described(self, path: Path) -> dict[str, Any]:
        """By its name, the CDR, and what lies beside it, in this order: the later one wins."""
        told = facts.of_name(path.stem, self._watched.zone)
        told = facts.together([told, self._records.of(path.stem, told.get("external_id"))])
        name = path.relative_to(self._watched.folder).as_posix()
        fields: dict[str, Any] = {
            "source": self._watched.source,
            "external_id": name,
            "line": self._watched.line,
        }
        fields |= facts.conversation(told)
        for beside in self._beside(path):
            more = sidecars.read(beside, self._watched.zone)
            metadata = {**fields.get("metadata", {}), **more.get("metadata", {})}
            fields |= more | ({"metadata": metadata} if metadata else {})
        return {key: value for key, value in fields.items() if value is not None}

    def _beside(self, path: Path) -> list[Path]:
        named = path.stem.casefold()
        return [
            one
            for one in sorted(path.parent.iterdir())
            if one.suffix.lower() in sidecars.SUFFIXES and one.stem.casefold() == named
        ]

    def _once(self, words: str) -> None:
        if words not in self._told:
            self._told.add(words)
            self._say(words)


def _hash(fields: dict[str, Any]) -> str:
    return hashlib.sha256(json.dumps(fields, sort_keys=True).encode()).hexdigest()
