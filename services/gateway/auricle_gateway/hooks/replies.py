"""Bodies and replies of the hooks routes."""

from datetime import datetime
from typing import Annotated, Literal

from auricle_contracts import Contract
from pydantic import Field, StringConstraints

SettingName = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]{0,63}$")]
SettingValue = Annotated[str, StringConstraints(min_length=1, max_length=1024)]


class HookIn(Contract):
    """A hook for one vendor. The secret is what the vendor signs with (auth token, signing secret, API salt); without one it is made."""

    integration: Annotated[str, StringConstraints(min_length=1, max_length=64)]
    secret: Annotated[str, StringConstraints(min_length=8, max_length=512)] | None = None
    settings: Annotated[dict[SettingName, SettingValue], Field(max_length=32)] = Field(default_factory=dict)


class HookView(Contract):
    """A hook; its secret is never shown again. `url` is what the vendor is given."""

    id: str
    integration: str
    title: str
    url: str
    settings: dict[str, str]
    created_at: datetime


class NewHook(HookView):
    """The only answer that holds the secret."""

    secret: str


class HookList(Contract):
    """Oldest first."""

    items: tuple[HookView, ...]


class IntegrationView(Contract):
    """A vendor's form that hooks can have. `settings` are its names, each with what it says."""

    id: str
    title: str
    docs: str
    expects: str
    settings: dict[str, str]


class IntegrationList(Contract):
    """By id."""

    items: tuple[IntegrationView, ...]


class HookEventView(Contract):
    """What became of one event of a post. `last_error` is a code with its detail; a `dead` one can be sent again."""

    id: str
    kind: Literal["conversation", "message", "patch"]
    source: str
    external_id: str
    state: Literal["pending", "done", "dead"]
    attempts: int
    last_error: str | None
    conversation_id: str | None
    next_at: datetime
    created_at: datetime


class HookEventPage(Contract):
    """The newest first. `next_before` asks for the next page; null on the last."""

    items: tuple[HookEventView, ...]
    next_before: str | None


class HookReceipt(Contract):
    """What was kept of a post: it is durable now and becomes conversations by itself. Empty: the vendor told more than is asked."""

    events: tuple[HookEventView, ...]
    conversation_id: str | None = None
