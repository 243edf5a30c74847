"""Values of the registry's rows."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, NamedTuple

from auricle_contracts.artefacts import ArtefactKind, ArtefactState, PromotionAction
from sqlalchemy import Row

from auricle_records.callers import Actor

SHIPPED = Actor("shipped", "prompts")
"""The author of what came with a release."""


class Name(NamedTuple):
    """What has versions: of one kind and name at most one is live."""

    kind: ArtefactKind
    name: str


@dataclass(frozen=True, slots=True)
class NewVersion:
    """A version to be kept. `body` is JSON; `hash` names its content, so that the same content is kept once."""

    kind: ArtefactKind
    name: str
    hash: str
    version: int
    body: Mapping[str, Any]
    note: str
    serves: tuple[str, ...] = ()

    @property
    def of(self) -> Name:
        """Whose version it is."""
        return Name(self.kind, self.name)


@dataclass(frozen=True, slots=True)
class Version:
    """A version without its body. `title` is the body's own, by language, where it has one; `held`: a pointer names it."""

    id: str
    kind: ArtefactKind
    name: str
    hash: str
    version: int
    state: ArtefactState
    author: Actor
    note: str
    serves: tuple[str, ...]
    figures: Mapping[str, Any]
    title: Mapping[str, str] | None
    held: bool
    created_at: datetime

    @property
    def of(self) -> Name:
        """Whose version it is."""
        return Name(self.kind, self.name)


@dataclass(frozen=True, slots=True)
class StoredBody:
    """A version's content as it was kept."""

    id: str
    kind: ArtefactKind
    name: str
    hash: str
    body: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class VersionFilters:
    """All given ones must hold. `search` is a part of the name or the note."""

    kind: ArtefactKind | None = None
    name: str | None = None
    state: ArtefactState | None = None
    search: str | None = None


@dataclass(frozen=True, slots=True)
class Evidence:
    """Who moves a pointer, why, and what shows that it is right (ids and figures)."""

    actor: Actor
    reason: str
    shown: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Promotion:
    """A pointer that moved. None in `from_*` or `to_*`: nothing was live there.

    Not `held`: the version was live because it was shipped, and would have gone with the next release. `appeals`: ids of those that it
    answers.
    """

    id: str
    kind: ArtefactKind
    name: str
    action: PromotionAction
    from_id: str | None
    from_hash: str | None
    from_held: bool
    to_id: str | None
    to_hash: str | None
    to_held: bool
    evidence: Evidence
    created_at: datetime
    appeals: tuple[str, ...] = ()


def version_of(row: Row[Any]) -> Version:
    """From a row of `versions.SHOWN`."""
    return Version(
        row.id, ArtefactKind(row.kind), row.name, row.hash, row.version, ArtefactState(row.state),
        Actor(row.author_kind, row.author, row.author_name), row.note, tuple(row.serves), row.figures, row.title,
        row.held, row.created_at,
    )  # fmt: skip


def stored_body(row: Row[Any]) -> StoredBody:
    """From a row of `artefacts`."""
    return StoredBody(row.id, ArtefactKind(row.kind), row.name, row.hash, row.body)


def promotion_of(row: Row[Any]) -> Promotion:
    """From a row of `pointers.SHOWN`."""
    evidence = Evidence(Actor(row.actor_kind, row.actor, row.actor_name), row.reason, row.evidence)
    return Promotion(
        row.id, ArtefactKind(row.kind), row.name, PromotionAction(row.action), row.from_id, row.from_hash,
        row.from_held, row.to_id, row.to_hash, row.to_held, evidence, row.created_at, tuple(row.appeals),
    )  # fmt: skip
