"""Tokens of sessions and of one-time links: 256 random bits, of which only the SHA-256 is kept."""

import hashlib
import re
import secrets

SESSION = "auricle_session_"
RESET = "auricle_reset_"
_SECRET = re.compile("[A-Za-z0-9_-]{43}", re.ASCII)


def new(kind: str) -> str:
    """A token of this kind; its first word tells a secret scanner what was found."""
    return kind + secrets.token_urlsafe(32)


def is_of(kind: str, token: str) -> bool:
    """Whether it has the shape of such a token."""
    return token.startswith(kind) and _SECRET.fullmatch(token.removeprefix(kind)) is not None


def digest(token: str) -> str:
    """What is kept of it."""
    return hashlib.sha256(token.encode("utf-8", "surrogateescape")).hexdigest()
