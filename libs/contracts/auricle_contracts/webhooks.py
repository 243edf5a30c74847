"""The events that are posted to a workspace's webhook (Standard Webhooks: the id is stable over retries)."""

from datetime import datetime
from typing import Literal

from auricle_contracts.contract import Contract


class EventData(Contract):
    """Ids only: a receiver fetches the content with its own key."""

    workspace: str
    conversation_id: str
    external_id: str | None = None
    run_id: str | None = None
    evaluation_id: str | None = None
    error: str | None = None


class WebhookEvent(Contract):
    """The body of a webhook."""

    type: Literal["evaluation.completed", "conversation.dead", "conversation.deleted"]
    timestamp: datetime
    data: EventData
