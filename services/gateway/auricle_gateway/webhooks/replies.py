"""Bodies and replies of the webhooks routes."""

from datetime import datetime
from typing import Annotated, get_args

from auricle_contracts import Contract
from auricle_contracts.webhooks import EventType, WebhookSecret
from pydantic import Field, StringConstraints


class WebhookIn(Contract):
    """Where to send events (Standard Webhooks). No `events` hears all; without a `secret` one is made."""

    url: Annotated[str, StringConstraints(min_length=1, max_length=2048)]
    events: Annotated[tuple[EventType, ...], Field(max_length=len(get_args(EventType)))] = ()
    secret: WebhookSecret | None = None


class WebhookView(Contract):
    """An endpoint; its secret is never shown again. After `failures` in a row nothing is sent to it before `paused_until`."""

    id: str
    url: str
    events: tuple[str, ...]
    active: bool
    created_at: datetime
    failures: int
    paused_until: datetime | None


class NewWebhook(WebhookView):
    """The only answer that holds the secret."""

    secret: str


class WebhookList(Contract):
    """Oldest first."""

    items: tuple[WebhookView, ...]
