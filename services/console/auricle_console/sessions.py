"""Who is logged in: the API key, encrypted and signed in an http-only cookie, so that the console keeps nothing itself."""

import hashlib
import hmac
import secrets
from base64 import urlsafe_b64encode
from dataclasses import dataclass
from typing import TypeVar

from auricle_contracts import Contract, Scope
from cryptography.fernet import Fernet, InvalidToken
from pydantic import BaseModel

COOKIE = "auricle_session"
SALT_BYTES = 8
M = TypeVar("M", bound=BaseModel)


class Session(Contract):
    """What the cookie holds. `nonce` makes the form token of this login.

    `key` is an API key, or the token of a person's session; then `person` is the name, and `session_id` the session at the gateway.
    """

    key: str
    workspace: str
    scopes: tuple[Scope, ...]
    nonce: str
    person: str = ""
    session_id: str = ""

    def may(self, scope: Scope) -> bool:
        """Whether the key has this scope."""
        return scope in self.scopes


@dataclass(frozen=True)
class Sessions:
    """Seals and opens cookies; `secret` is any bytes."""

    secret: bytes
    seconds: int

    def begin(
        self, key: str, workspace: str, scopes: tuple[Scope, ...], *, person: str = "", session_id: str = ""
    ) -> Session:
        """A new session with a nonce of its own."""
        nonce = secrets.token_urlsafe(12)
        return Session(key=key, workspace=workspace, scopes=scopes, nonce=nonce, person=person, session_id=session_id)

    def seal(self, kept: BaseModel) -> str:
        """The cookie's value."""
        return self._fernet.encrypt(kept.model_dump_json().encode()).decode()

    def open(self, cookie: str | None) -> Session | None:
        """The session; None for a cookie that is missing, forged, of another secret, or too old."""
        return self.unseal(Session, cookie, self.seconds)

    def unseal(self, kind: type[M], cookie: str | None, seconds: int) -> M | None:
        """What a cookie was sealed with within so many seconds; None where it was not, or is something else."""
        if not cookie:
            return None
        try:
            return kind.model_validate_json(self._fernet.decrypt(cookie.encode(), ttl=seconds))
        except (InvalidToken, ValueError):
            return None

    def form_token(self, session: Session) -> str:
        """What every form of this session carries: another text in each answer, so that compression tells nothing of it."""
        salt = secrets.token_hex(SALT_BYTES)
        return salt + self._signed(session, salt)

    def is_form_token(self, session: Session, token: str) -> bool:
        """Compared in constant time."""
        salt, signed = token[: 2 * SALT_BYTES], token[2 * SALT_BYTES :]
        return hmac.compare_digest(self._signed(session, salt).encode(), signed.encode())

    def _signed(self, session: Session, salt: str) -> str:
        return hmac.new(self.secret, f"{session.nonce}:{salt}".encode(), hashlib.sha256).hexdigest()

    @property
    def _fernet(self) -> Fernet:
        return Fernet(urlsafe_b64encode(hashlib.sha256(b"cookie" + self.secret).digest()))
