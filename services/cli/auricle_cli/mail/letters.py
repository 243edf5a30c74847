"""A letter (RFC 5322) as what a conversation needs of it. Pure."""

from dataclasses import dataclass
from datetime import datetime
from email import policy
from email.errors import MessageError
from email.message import EmailMessage
from email.parser import BytesParser
from typing import Any

_BROKEN = (MessageError, ValueError, LookupError, TypeError, AttributeError, RecursionError)


class NoLetter(ValueError):
    """Bytes that are no letter, or one without sender or id."""


@dataclass(frozen=True)
class Sound:
    """A recording that is attached to a letter."""

    name: str
    media_type: str
    body: bytes


@dataclass(frozen=True)
class Letter:
    """`answers` are the ids that In-Reply-To and References name, the oldest first. Addresses are in lower case."""

    id: str
    answers: tuple[str, ...]
    sender: str
    sender_name: str
    recipients: tuple[tuple[str, str], ...]
    at: str | None
    subject: str
    text: str
    sounds: tuple[Sound, ...]


def read(raw: bytes) -> Letter:
    """Raises NoLetter."""
    try:
        return _letter(BytesParser(_class=EmailMessage, policy=policy.default).parsebytes(raw))
    except _BROKEN as error:
        raise NoLetter(
            str(error) if isinstance(error, NoLetter) else f"it is no letter ({type(error).__name__})"
        ) from None


def _letter(message: EmailMessage) -> Letter:
    senders, letter_id = _addresses(message["From"]), _ids(message["Message-ID"])
    if not senders or not letter_id:
        raise NoLetter("it has no From or no Message-ID")
    at = getattr(message["Date"], "datetime", None)
    return Letter(
        id=letter_id[0],
        answers=tuple(dict.fromkeys((*_ids(message["References"]), *_ids(message["In-Reply-To"])))),
        sender=senders[0][0],
        sender_name=senders[0][1],
        recipients=tuple(_addresses(message["To"]) + _addresses(message["Cc"])),
        at=at.isoformat() if isinstance(at, datetime) else None,
        subject=str(message["Subject"] or ""),
        text=_text(message),
        sounds=tuple(_sounds(message)),
    )


def _ids(header: Any) -> list[str]:
    return [one.strip("<>,") for one in str(header or "").split() if one.strip("<>,")]


def _addresses(header: Any) -> list[tuple[str, str]]:
    found = header.addresses if header is not None else ()
    return [(one.addr_spec.lower(), one.display_name) for one in found if one.addr_spec]


def _text(message: EmailMessage) -> str:
    for kind in ("plain", "html"):
        part = message.get_body(preferencelist=(kind,))
        text = part.get_content() if part is not None else ""
        if isinstance(text, str) and text.strip():
            return text
    return ""


def _sounds(message: EmailMessage) -> list[Sound]:
    parts = [part for part in message.iter_attachments() if part.get_content_maintype() == "audio"]
    found = [(part, part.get_payload(decode=True)) for part in parts]
    return [
        Sound(part.get_filename() or f"recording-{number}", part.get_content_type(), body)
        for number, (part, body) in enumerate(found, 1)
        if isinstance(body, bytes) and body
    ]
