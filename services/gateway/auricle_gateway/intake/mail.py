"""An e-mail as it was sent (RFC 5322, what a mail program saves as `.eml`) as the description of a conversation. Pure.

Sender and first recipient become customer and agent by the direction, the plain part (else the HTML one) becomes the turn; quoted tails
and signatures are set apart behind the door, as in JSON. What the caller says beside the message wins over its headers.
"""

from collections.abc import Mapping
from datetime import datetime
from email import policy
from email.errors import MessageError
from email.message import EmailMessage
from email.parser import BytesParser
from typing import Any

from auricle_contracts import Channel, Direction
from pydantic import JsonValue

from auricle_gateway.errors import BodyMissing, InvalidRequest

MEDIA_TYPE = "message/rfc822"
HEADERS = {"message_id": "Message-ID", "in_reply_to": "In-Reply-To", "subject": "Subject"}
_BROKEN = (MessageError, ValueError, LookupError, TypeError, AttributeError, RecursionError)
"""What the parser raises on headers and encodings that nobody should have written."""


def described(raw: bytes, said: Mapping[str, JsonValue]) -> dict[str, Any]:
    """The fields of a `ConversationIn`, not yet checked. Raises BodyMissing without any text, InvalidRequest for what is no e-mail."""
    if said.keys() & {"turns", "recording_url", "upload_id"}:
        raise InvalidRequest("the e-mail comes with the request; turns, recording_url and upload_id do not go with it")
    try:
        message = BytesParser(_class=EmailMessage, policy=policy.default).parsebytes(raw)
        fields = _fields(message, outbound=said.get("direction") == Direction.OUTBOUND)
    except _BROKEN as error:
        raise InvalidRequest(f"this is not an e-mail of RFC 5322 ({type(error).__name__})") from None
    metadata = fields["metadata"] | _mapping(said.get("metadata"))
    return fields | dict(said) | {"channel": Channel.EMAIL.value, "metadata": metadata}


def _fields(message: EmailMessage, *, outbound: bool) -> dict[str, Any]:
    if message["From"] is None:
        raise InvalidRequest("the e-mail has no From", action="Send the message whole, with its headers.")
    sender, receiver = ("agent", "customer") if outbound else ("customer", "agent")
    people = [_participant(role, message[header]) for role, header in ((sender, "From"), (receiver, "To"))]
    at = _date(message)
    turn = {"participant": sender, "text": _text(message)} | ({"at": at} if at else {})
    fields: dict[str, Any] = {"participants": people, "turns": [turn], "metadata": _metadata(message)}
    if at:
        fields["started_at"] = at
    if message_id := str(message["Message-ID"] or "").strip().strip("<>"):
        fields["external_id"] = message_id
    return fields


def _participant(role: str, header: Any) -> dict[str, str]:
    address = header.addresses[0] if header is not None and header.addresses else None
    told = {"name": address.display_name, "reference": address.addr_spec} if address else {}
    return {"id": role, "role": role} | {key: value for key, value in told.items() if value}


def _text(message: EmailMessage) -> str:
    """The words of the plain part, else of the HTML one. Raises BodyMissing."""
    for kind in ("plain", "html"):
        part = message.get_body(preferencelist=(kind,))
        text = part.get_content() if part is not None else ""
        if isinstance(text, str) and text.strip():
            return text
    raise BodyMissing("the e-mail has no text", action="Send a message with a text/plain or text/html part.")


def _date(message: EmailMessage) -> str | None:
    """The Date in ISO 8601; None where there is none that can be read."""
    at = getattr(message["Date"], "datetime", None)
    return at.isoformat() if isinstance(at, datetime) else None


def _metadata(message: EmailMessage) -> dict[str, JsonValue]:
    told: dict[str, JsonValue] = {key: str(message[name]) for key, name in HEADERS.items() if message[name]}
    files = [name for part in message.iter_attachments() if (name := part.get_filename())]
    return told | ({"attachments": "; ".join(files)} if files else {})


def _mapping(value: JsonValue) -> dict[str, JsonValue]:
    if value is None:
        return {}
    if not isinstance(value, dict):
        raise InvalidRequest("metadata must be a JSON object")
    return value
