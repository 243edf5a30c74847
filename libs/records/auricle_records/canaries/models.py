"""Values of the canaries' rows."""

import hashlib
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from auricle_contracts.artefacts import ArtefactKind
from auricle_contracts.canaries import CanaryState
from sqlalchemy import Row

from auricle_records.callers import Actor

PARTS = 10_000


@dataclass(frozen=True, slots=True)
class OpenCanary:
    """What the door needs of a canary that runs."""

    id: str
    artefact_id: str
    share: int

    def holds(self, conversation_id: str) -> bool:
        """Whether the candidate judges this conversation: by a hash of both ids, so the same again for every revision, and whoever is in
        a share is in every larger one.
        """
        digest = hashlib.sha256(f"{self.id} {conversation_id}".encode()).digest()
        return int.from_bytes(digest[:8]) % PARTS < self.share * PARTS // 100


@dataclass(frozen=True, slots=True)
class Canary:
    """A row, with what its version is called."""

    id: str
    artefact_id: str
    kind: ArtefactKind
    name: str
    hash: str
    live_hash: str | None
    share: int
    state: CanaryState
    reason: str
    end_reason: str | None
    actor: Actor
    created_at: datetime
    ended_at: datetime | None


def canary_of(row: Row[Any]) -> Canary:
    """From a row of `shares.SHOWN`."""
    return Canary(
        row.id, row.artefact_id, ArtefactKind(row.kind), row.name, row.hash, row.live_hash, row.share,
        CanaryState(row.state), row.reason, row.end_reason, Actor(row.actor_kind, row.actor, row.actor_name),
        row.created_at, row.ended_at,
    )  # fmt: skip
