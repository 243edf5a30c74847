"""Events that are posted to a workspace's webhook, and the secret that signs them (Standard Webhooks: the id is stable over retries)."""

import binascii
from base64 import b64decode
from datetime import datetime
from typing import Annotated, Literal

from pydantic import AfterValidator, Field

from auricle_contracts.contract import Contract


class EventData(Contract):
    """Ids only: a receiver fetches the content with its own key."""

    workspace: str
    conversation_id: str
    external_id: str | None = None
    run_id: str | None = None
    evaluation_id: str | None = None
    error: str | None = None
    appeal_id: str | None = None
    coaching_task_id: str | None = None
    artefact_id: str | None = None


EventType = Literal[
    "evaluation.completed",
    "conversation.dead",
    "conversation.deleted",
    "appeal.opened",
    "appeal.decided",
    "appeal.led_to_change",
    "coaching.assigned",
    "coaching.acknowledged",
    "coaching.done",
]


class WebhookEvent(Contract):
    """The body of a webhook."""

    type: EventType
    timestamp: datetime
    data: EventData


SECRET_PREFIX = "whsec_"  # noqa: S105 - what every secret begins with
MIN_KEY_BYTES, MAX_KEY_BYTES = 24, 66


def signing_key(secret: str) -> bytes:
    """The key in a secret: `whsec_` and base64 of 24 to 66 bytes, padded or not. Raises ValueError for what can never sign."""
    body = secret.removeprefix(SECRET_PREFIX)
    try:
        key = b64decode(body.rstrip("=") + "=" * (-len(body.rstrip("=")) % 4), validate=True)
    except (binascii.Error, ValueError):
        raise ValueError("the secret is not base64") from None
    if not secret.startswith(SECRET_PREFIX) or not MIN_KEY_BYTES <= len(key) <= MAX_KEY_BYTES:
        raise ValueError(f"a secret is {SECRET_PREFIX} and the base64 of {MIN_KEY_BYTES} to {MAX_KEY_BYTES} bytes")
    return key


def _that_signs(secret: str) -> str:
    signing_key(secret)
    return secret


WebhookSecret = Annotated[
    str,
    Field(pattern=r"^whsec_[A-Za-z0-9+/]{32,88}={0,2}$", description="`whsec_` and the base64 of 24 to 66 bytes."),
    AfterValidator(_that_signs),
]
