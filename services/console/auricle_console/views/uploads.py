"""What a file that is handed in by the page is, and what became of it."""

from dataclasses import dataclass
from pathlib import PurePath

from auricle_console.replies import LabelImport

SAMPLES = "auricle_samples"
"""The source of the made-up conversations that the first screen loads."""
SHEET = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
MEDIA_TYPES = {
    ".aac": "audio/aac", ".aif": "audio/aiff", ".aiff": "audio/aiff", ".amr": "audio/amr", ".flac": "audio/flac", ".m4a": "audio/mp4",
    ".mp3": "audio/mpeg", ".mp4": "audio/mp4", ".oga": "audio/ogg", ".ogg": "audio/ogg", ".opus": "audio/ogg", ".wav": "audio/wav",
    ".webm": "audio/webm", ".wma": "audio/x-ms-wma", ".eml": "message/rfc822", ".xlsx": SHEET,
}  # fmt: skip


@dataclass(frozen=True)
class Sent:
    """A file: its conversation, or what came of a sheet's cells, or the code for why it was refused. `sheet`: one that was only looked at,
    in base64, to be written by a click.
    """

    name: str
    conversation: str = ""
    labels: LabelImport | None = None
    fault: str = ""
    sheet: str = ""


def media_type_of(name: str) -> str:
    """By the ending of its name; "" for what nobody here reads. The gateway looks at the bytes."""
    return MEDIA_TYPES.get(PurePath(name).suffix.lower(), "")
