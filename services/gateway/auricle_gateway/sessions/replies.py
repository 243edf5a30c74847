"""Bodies and replies of the sessions routes."""

from datetime import datetime
from typing import Annotated, Literal

from auricle_contracts import Contract
from auricle_identity.passwords import LONGEST
from pydantic import Field, StringConstraints

Email = Annotated[
    str,
    StringConstraints(strip_whitespace=True, to_lower=True, pattern=r"^[^@\s]{1,64}@[^@\s]{1,180}$", max_length=245),
]
Workspace = Annotated[str, StringConstraints(min_length=1, max_length=63)]
Password = Annotated[str, Field(min_length=1, max_length=LONGEST)]
OneTimeCode = Annotated[str, StringConstraints(min_length=1, max_length=16)]
Opaque = Annotated[str, StringConstraints(min_length=1, max_length=4096)]


class SignInByPassword(Contract):
    """`code` of the authenticator app, where the person has one; `workspace` where the same credentials open several."""

    email: Email
    password: Password
    code: OneTimeCode | None = None
    workspace: Workspace | None = None


class OidcFlow(Contract):
    """A sign-in at the identity provider that was begun: send the browser to `url`, and keep the rest with that browser only. When it comes
    back, compare `state`, then finish with its `code` and what was kept.
    """

    url: str
    state: str
    nonce: str
    verifier: str


class SignInByProvider(Contract):
    """What the browser brought back (`code`), and what was kept of the flow."""

    code: Opaque
    nonce: Opaque
    verifier: Opaque
    workspace: Workspace | None = None


class SessionView(Contract):
    """Somebody who is signed in. Without a request it ends after the idle time that is set, and at `until` in any case."""

    id: str
    person_id: str
    person_name: str
    client: str
    method: Literal["password", "oidc"]
    created_at: datetime
    seen_at: datetime
    until: datetime


class NewSession(SessionView):
    """The only answer that holds the token, which goes with every request as a key does: `Authorization: Bearer <token>`."""

    token: str
    workspace: str


class SessionList(Contract):
    """Open ones, the last seen first; at most 200."""

    items: tuple[SessionView, ...]


class SignInMethods(Contract):
    """How people of this installation sign in."""

    password: bool
    oidc: bool


class PasswordByLink(Contract):
    """A new password, by the token of a one-time link."""

    token: Annotated[str, StringConstraints(min_length=1, max_length=200)]
    password: Password


class PasswordChange(Contract):
    """A new password, by the one that holds."""

    old_password: Password
    password: Password


class FactorSecret(Contract):
    """What the authenticator app needs, by hand or as a QR code of `uri`; it counts when one of its codes came back."""

    secret: str
    uri: str


class FactorCode(Contract):
    """A code that the authenticator app shows now."""

    code: OneTimeCode
