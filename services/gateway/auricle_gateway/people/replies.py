"""Bodies and replies of the people and teams routes."""

from datetime import datetime
from typing import Annotated

from auricle_contracts import Contract, MemberRole
from auricle_contracts.conversations import Reference
from pydantic import Field, StringConstraints

from auricle_gateway.sessions.replies import Email

Name = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=200)]
Roles = Annotated[tuple[MemberRole, ...], Field(max_length=len(MemberRole))]
References = Annotated[tuple[Reference, ...], Field(max_length=20)]


class PersonIn(Contract):
    """A person to add. `references` are what telephony calls this agent; each is one person's. Without a password nobody signs in: make a
    one-time link, or let the identity provider vouch for the e-mail.
    """

    email: Email
    name: Name
    roles: Roles = ()
    team_id: str | None = None
    references: References = ()


class PersonPatch(Contract):
    """Given fields replace; `roles` and `references` whole. `active: false` signs out at once."""

    email: Email | None = None
    name: Name | None = None
    roles: Roles | None = None
    team_id: str | None = None
    references: References | None = None
    active: bool | None = None


class PersonView(Contract):
    """A person of the workspace; of what opens the door only whether it is there."""

    id: str
    email: str
    name: str
    roles: tuple[MemberRole, ...]
    team_id: str | None
    team: str | None
    references: tuple[str, ...]
    active: bool
    has_password: bool
    has_second_factor: bool
    has_provider: bool
    created_at: datetime
    updated_at: datetime


class PersonPage(Contract):
    """In the order in which they were added. `next_cursor` asks for the next page; null on the last."""

    items: tuple[PersonView, ...]
    next_cursor: str | None


class OneTimeLink(Contract):
    """Sets a password once; give it to the person by a safe way. `url` is null where this gateway does not know the review page."""

    token: str
    url: str | None
    expires_at: datetime


class RefusedPerson(Contract):
    """A row of the list that became nobody, and why; `row` counts from 1, the header's line."""

    row: int
    why: str


class PeopleImport(Contract):
    """What came of a list. `rows` = added + changed + same + refused."""

    dry_run: bool
    rows: int
    added: int
    changed: int
    same: int
    refused: tuple[RefusedPerson, ...]


class TeamIn(Contract):
    """A team's name."""

    name: Name


class TeamView(Contract):
    """A team, and how many active people are in it."""

    id: str
    name: str
    people: int
    created_at: datetime


class TeamList(Contract):
    """By name; at most 1,000."""

    items: tuple[TeamView, ...]
