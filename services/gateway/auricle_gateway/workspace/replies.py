"""Bodies and replies of the workspace routes."""

from datetime import datetime

from auricle_contracts import CompressionSettings, Contract, MemberRole, Scope


class UnmaskingView(Contract):
    """Somebody was shown what is hidden in a conversation."""

    conversation_id: str
    key_id: str
    what: str
    created_at: datetime


class CompressionView(CompressionSettings):
    """The choice, the key that made it, and when; null where nobody did."""

    chosen_by: str | None = None
    chosen_at: datetime | None = None


class UnmaskingPage(Contract):
    """Newest first. `next_cursor` asks for the next page; null on the last."""

    items: tuple[UnmaskingView, ...]
    next_cursor: str | None


class PersonOfSession(Contract):
    """The person who asks; `limited_to_own`: sees own conversations only."""

    id: str
    name: str
    roles: tuple[MemberRole, ...]
    session_id: str
    limited_to_own: bool


class WhoAmI(Contract):
    """Who asks and what they may do: a key (`key_id`), or a person who is signed in."""

    workspace: str
    key_id: str | None
    scopes: tuple[Scope, ...]
    person: PersonOfSession | None = None
