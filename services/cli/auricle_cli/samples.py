"""Files and folders as things to submit: a recording, a JSON of turns, and the metadata that may lie beside a recording."""

import hashlib
import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from auricle_contracts import ConversationIn, ConversationView
from pydantic import ValidationError

from auricle_cli.errors import CliError
from auricle_cli.gateway import MEDIA_TYPES, Gateway


@dataclass(frozen=True)
class Submission:
    """One conversation to be: `recording` is None for chats, e-mails and ready transcripts."""

    name: str
    about: ConversationIn
    recording: Path | None

    def post(self, gateway: Gateway) -> ConversationView:
        """Through the REST door; the same file posted twice is the same conversation."""
        if self.recording is None:
            return gateway.submit_turns(self.about, self._key(self.about.model_dump_json().encode()))
        return gateway.submit_recording(self.recording, self.about, self._key(self.recording.read_bytes()))

    def _key(self, body: bytes) -> str:
        return hashlib.sha256(self.name.encode() + b"\0" + body).hexdigest()


def _read_about(path: Path) -> ConversationIn:
    try:
        return ConversationIn.model_validate(json.loads(path.read_text(encoding="utf-8")))
    except (ValueError, ValidationError) as error:
        raise CliError(f"{path} does not describe a conversation: {error}") from error


def read(path: Path) -> Submission:
    """A file as a submission; `call.wav` takes its metadata from `call.json` beside it."""
    if path.suffix == ".json":
        return Submission(path.stem, _read_about(path), None)
    beside = path.with_suffix(".json")
    about = _read_about(beside) if beside.exists() else ConversationIn(source="cli", external_id=path.name)
    return Submission(path.stem, about, path)


def _is_submittable(path: Path) -> bool:
    if path.name.endswith(".truth.json"):
        return False
    if path.suffix == ".json":
        return not any(path.with_suffix(suffix).exists() for suffix in MEDIA_TYPES)
    return path.suffix.lower() in MEDIA_TYPES


def find(paths: Iterable[Path]) -> Iterator[Submission]:
    """Every file that was named, and every submittable file of every folder that was named."""
    for path in paths:
        if path.is_dir():
            yield from (read(file) for file in sorted(path.rglob("*")) if file.is_file() and _is_submittable(file))
        elif path.exists():
            yield read(path)
        else:
            raise CliError(f"there is no file {path}")
