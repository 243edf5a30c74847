"""The key that seals what masking hides and what signs webhooks: made when a state folder is new, and kept in it."""

import base64
import os
import secrets
from datetime import UTC, datetime
from pathlib import Path

FILE = "masking-keys"
KEY_BYTES = 32


def masking_keys(state: Path) -> str:
    """The value of `AURICLE_MASKING_KEYS`, in a file that only this user may read. A lost file leaves what it sealed closed for good."""
    path = state / FILE
    if not path.exists():
        name = f"{datetime.now(UTC):%Y%m%d}"
        _write(path, f"{name}:{base64.b64encode(secrets.token_bytes(KEY_BYTES)).decode()}\n")
    return path.read_text().strip()


def _write(path: Path, text: str) -> None:
    """Whole or not at all: a half-written key would seal nothing that anybody can open."""
    new = path.with_suffix(".new")
    new.unlink(missing_ok=True)
    with os.fdopen(os.open(new, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    new.replace(path)
