"""Files and folders as things to submit: a recording, a JSON of turns, and the metadata that may lie beside a recording."""

import hashlib
import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from auricle_contracts import Channel, ConversationIn, ConversationView
from auricle_kit.audio.sniffing import HEAD_BYTES, sniff
from pydantic import ValidationError

from auricle_cli.errors import CliError
from auricle_cli.gateway import MAIL, MEDIA_TYPES, Gateway

DESCRIPTION, TRUTH = ".json", ".truth.json"


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


@dataclass(frozen=True)
class Skipped:
    """A file that is not submitted, and why. `is_fault`: somebody meant it to be."""

    path: Path
    why: str
    is_fault: bool


def _read_about(path: Path) -> ConversationIn:
    try:
        return ConversationIn.model_validate(json.loads(path.read_text(encoding="utf-8-sig")))
    except (OSError, ValueError, ValidationError) as error:
        raise CliError(f"{path} does not describe a conversation: {error}") from error


def read(path: Path, about: Path | None = None) -> Submission:
    """A file as a submission; `about` is the JSON that describes a recording. Raises CliError."""
    if _suffix(path) == DESCRIPTION:
        return Submission(path.stem, _read_about(path), None)
    described = _read_about(about) if about else _unsaid(path)
    return Submission(path.stem, described, path)


def _unsaid(path: Path) -> ConversationIn:
    """What is known of a file without a description; an e-mail says the rest itself."""
    if MEDIA_TYPES.get(_suffix(path)) == MAIL:
        return ConversationIn(channel=Channel.EMAIL, source="cli")
    return ConversationIn(source="cli", external_id=path.name)


def _suffix(path: Path) -> str:
    return path.suffix.lower()


def is_recording(path: Path) -> bool:
    """By its name, or by its first bytes where the name says nothing."""
    if _suffix(path) in MEDIA_TYPES:
        return True
    try:
        with path.open("rb") as file:
            return sniff(file.read(HEAD_BYTES)) is not None
    except OSError:
        return False


def find(paths: Iterable[Path]) -> Iterator[Submission | Skipped]:
    """Every file that was named, and every file of every folder that was named; one that is bad does not stop the rest.

    Raises CliError for a path where there is nothing.
    """
    for path in paths:
        if path.is_dir():
            yield from _in_folder(path)
        elif path.exists():
            yield _tried(path, _beside(path, sorted(path.parent.iterdir())))
        else:
            raise CliError(f"there is no file {path}")


def _in_folder(folder: Path) -> Iterator[Submission | Skipped]:
    files = [path for path in sorted(folder.rglob("*")) if path.is_file() and not path.name.startswith(".")]
    recordings = [path for path in files if _suffix(path) != DESCRIPTION and is_recording(path)]
    about = {path: _beside(path, files) for path in recordings}
    descriptions = set(about.values())
    for path in files:
        if path in about:
            yield _tried(path, about[path])
        elif _suffix(path) != DESCRIPTION:
            yield Skipped(path, "it is no recording, no e-mail and no JSON", is_fault=False)
        elif path not in descriptions and not path.name.lower().endswith(TRUTH):
            yield _tried(path, None)


def _beside(path: Path, files: Iterable[Path]) -> Path | None:
    """`call.json` of `CALL.WAV`, whatever the case of either."""
    if _suffix(path) == DESCRIPTION:
        return None
    named = path.stem.casefold()
    return next(
        (
            file
            for file in files
            if file.parent == path.parent and _suffix(file) == DESCRIPTION and file.stem.casefold() == named
        ),
        None,
    )


def _tried(path: Path, about: Path | None) -> Submission | Skipped:
    try:
        return read(path, about)
    except CliError as error:
        return Skipped(path, str(error), is_fault=True)
