"""Bodies and replies of the workspace routes."""

from datetime import datetime
from typing import Annotated

from auricle_contracts import CompressionSettings, Contract, MemberRole, Scope
from pydantic import Field, StringConstraints

MOST_DAYS = 36_500


class Retention(Contract):
    """Days from their arrival that conversations are kept; null: for good."""

    days: Annotated[int | None, Field(ge=1, le=MOST_DAYS)]


class RetentionView(Retention):
    """`older` conversations came in before that, or before the days that were asked about."""

    older: int


class ApiKeyIn(Contract):
    """A key to be: what it is for, and what it may do."""

    name: Annotated[str, StringConstraints(min_length=1, max_length=100, strip_whitespace=True)]
    scopes: Annotated[tuple[Scope, ...], Field(min_length=1, max_length=len(Scope))]


class ApiKeyView(Contract):
    """A key without its token, of which `prefix` is the public beginning. `last_used_at` is told to within an hour; null: never.

    `made_by_name` is null of a key that a command made; `revoked_at` is null of one that opens.
    """

    id: str
    name: str
    prefix: str
    scopes: frozenset[Scope]
    created_at: datetime
    revoked_at: datetime | None
    made_by_name: str | None
    last_used_at: datetime | None


class ApiKeyList(Contract):
    """Oldest first."""

    items: tuple[ApiKeyView, ...]


class NewApiKey(ApiKeyView):
    """The only answer that holds the token, which goes with every request: `Authorization: Bearer <token>`."""

    token: str


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
