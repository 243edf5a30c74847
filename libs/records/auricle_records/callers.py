"""Whoever asks: an API key, or a person who is signed in. What they do is written down under this identity."""

from dataclasses import dataclass
from typing import Literal

from auricle_contracts import MemberRole, Scope

CallerKind = Literal["api_key", "person"]


@dataclass(frozen=True, slots=True)
class Actor:
    """Who did it: an API key or a person."""

    kind: str
    id: str
    name: str | None = None


@dataclass(frozen=True, slots=True)
class Caller:
    """Who a valid token speaks for: `id` is the key's or the person's. `is_limited`: sees own conversations only (row security)."""

    workspace: str
    scopes: frozenset[Scope]
    id: str
    kind: CallerKind = "api_key"
    name: str | None = None
    session_id: str | None = None
    roles: tuple[MemberRole, ...] = ()
    is_limited: bool = False

    @property
    def actor(self) -> Actor:
        """Who it is, as what they do is kept."""
        return Actor(self.kind, self.id, self.name)
