"""Who is logged in: the API key, encrypted and signed in an http-only cookie, so that the console keeps nothing itself."""

import hashlib
import hmac
import secrets
from base64 import urlsafe_b64encode
from dataclasses import dataclass

from auricle_contracts import Contract, Scope
from cryptography.fernet import Fernet, InvalidToken

COOKIE = "auricle_session"


class Session(Contract):
    """What the cookie holds. `nonce` makes the form token of this login."""

    key: str
    workspace: str
    scopes: tuple[Scope, ...]
    nonce: str

    def may(self, scope: Scope) -> bool:
        """Whether the key has this scope."""
        return scope in self.scopes


@dataclass(frozen=True)
class Sessions:
    """Seals and opens cookies; `secret` is any bytes."""

    secret: bytes
    seconds: int

    def begin(self, key: str, workspace: str, scopes: tuple[Scope, ...]) -> Session:
        """A new session with a nonce of its own."""
        return Session(key=key, workspace=workspace, scopes=scopes, nonce=secrets.token_urlsafe(12))

    def seal(self, session: Session) -> str:
        """The cookie's value."""
        return self._fernet.encrypt(session.model_dump_json().encode()).decode()

    def open(self, cookie: str | None) -> Session | None:
        """The session; None for a cookie that is missing, forged, of another secret, or too old."""
        if not cookie:
            return None
        try:
            return Session.model_validate_json(self._fernet.decrypt(cookie.encode(), ttl=self.seconds))
        except (InvalidToken, ValueError):
            return None

    def form_token(self, session: Session) -> str:
        """What every form of this session carries."""
        return hmac.new(self.secret, session.nonce.encode(), hashlib.sha256).hexdigest()

    def is_form_token(self, session: Session, token: str) -> bool:
        """Compared in constant time."""
        return hmac.compare_digest(self.form_token(session).encode(), token.encode())

    @property
    def _fernet(self) -> Fernet:
        return Fernet(urlsafe_b64encode(hashlib.sha256(b"cookie" + self.secret).digest()))
