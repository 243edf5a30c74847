"""What decides in a workspace now: the files of the release, with what live pointers hold in their place.

A pointer moved at another gateway holds here after `POINTER_SECONDS`. Runs are pinned to the content, so those that exist keep theirs.
"""

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property

from auricle_criteria import Bundle, Library, admit, documents, fit
from auricle_criteria.artefact import Artefact
from auricle_criteria.errors import BadArtefact
from auricle_kit import log
from auricle_records import artefacts, canaries
from auricle_records.artefacts import Name, NewVersion, StoredBody
from auricle_records.canaries import OpenCanary
from auricle_records.database import Database

POINTER_SECONDS = 5.0
logger = log.get("gateway.artefacts")


@dataclass(frozen=True)
class Composed:
    """A workspace's library and the bundle of its scorecard, as of the pointers that were read.

    `trying` is the canary that runs, and `canary` what its share of conversations is judged by, None where that does not go together.
    """

    held: frozenset[str]
    library: Library
    bundle: Bundle
    trying: OpenCanary | None = None
    canary: "Composed | None" = None


@dataclass(frozen=True)
class LiveArtefacts:
    """`shipped` is the library of the release, `scorecard` the id of the scorecard that conversations are judged by."""

    shipped: Library
    scorecard: str
    _composed: dict[str, tuple[float, Composed]] = field(default_factory=dict, compare=False, repr=False)
    _seeded: set[str] = field(default_factory=set, compare=False, repr=False)

    @cached_property
    def as_shipped(self) -> Composed:
        """Where no pointer holds anything."""
        return Composed(frozenset(), self.shipped, Bundle.of(self.shipped, self.scorecard))

    @cached_property
    def shipped_hashes(self) -> Mapping[Name, str]:
        """The hash of what the release brought of each name."""
        return {Name(kind, name): one.hash for kind, of in self.shipped.by_kind.items() for name, one in of.items()}

    async def of(self, db: Database, workspace: str) -> Composed:
        """What decides there. Where it cannot be composed (a newer release, whose files it does not fit), it is what was shipped."""
        until, known = self._composed.get(workspace, (0.0, self.as_shipped))
        if until > time.monotonic():
            return known
        held, trying = await artefacts.held_ids(db, workspace), await canaries.running(db, workspace)
        if held != known.held:
            known = self._compose_or_shipped(workspace, await artefacts.held(db, workspace))
        if trying != known.trying:
            canary = await self._tried(db, workspace, trying) if trying else None
            known = replace(known, trying=trying, canary=canary)
        self._composed[workspace] = time.monotonic() + POINTER_SECONDS, known
        return known

    def forget(self, workspace: str) -> None:
        """A pointer of it moved here."""
        self._composed.pop(workspace, None)

    async def seed(self, db: Database, workspace: str) -> None:
        """Keep the release's files as versions of the workspace, once a process."""
        if workspace not in self._seeded:
            shipped = [one for of in self.shipped.by_kind.values() for one in of.values()]
            await artefacts.seed(db, workspace, [new_version(one) for one in shipped])
            self._seeded.add(workspace)

    def check(self, held: Sequence[StoredBody], promoted: str | None = None) -> None:
        """Raises BadArtefact where held bodies do not go together; `promoted` is the id of the one that is looked at for itself too."""
        library = self._library(held)
        Bundle.of(library, self.scorecard)
        fit(library)
        for one in held:
            if one.id == promoted:
                admit(library, documents.of_body(one.kind, one.body))

    async def with_version(
        self, db: Database, workspace: str, tried: StoredBody, scorecard: str | None = None
    ) -> Composed:
        """A version in the place of the one that is live, all else as it is. Raises BadArtefact for what could not become live."""
        others = [
            one for one in await artefacts.held(db, workspace) if (one.kind, one.name) != (tried.kind, tried.name)
        ]
        held = [*others, tried]
        library = self._library(held)
        admit(library, documents.of_body(tried.kind, tried.body))
        return Composed(frozenset(one.id for one in held), library, Bundle.of(library, scorecard or self.scorecard))

    def compose(self, held: Sequence[StoredBody]) -> Composed:
        """Raises BadArtefact."""
        library = self._library(held)
        fit(library)
        return Composed(frozenset(one.id for one in held), library, Bundle.of(library, self.scorecard))

    async def _tried(self, db: Database, workspace: str, trying: OpenCanary) -> Composed | None:
        """What the canary's share is judged by; None, and all of it by what is live, where that does not go together any more."""
        try:
            return await self.with_version(db, workspace, await artefacts.load(db, workspace, trying.artefact_id))
        except BadArtefact as error:
            logger.warning("canary_unfit", workspace=workspace, canary=trying.id, code=error.code)
            return None

    def _library(self, held: Sequence[StoredBody]) -> Library:
        return self.shipped.replacing([documents.of_body(one.kind, one.body) for one in held])

    def _compose_or_shipped(self, workspace: str, held: Sequence[StoredBody]) -> Composed:
        """A recording is not refused for a scorecard: it is judged by the shipped one, and its recipe says so."""
        try:
            return self.compose(held)
        except BadArtefact as error:
            logger.warning("live_artefacts_unfit", workspace=workspace, code=error.code, held=len(held))
            return Composed(frozenset(one.id for one in held), self.shipped, self.as_shipped.bundle)


def new_version(artefact: Artefact) -> NewVersion:
    """As records keep it."""
    return NewVersion(
        documents.kind_of(artefact),
        artefact.id,
        artefact.hash,
        artefact.version,
        documents.body_of(artefact),
        artefact.note,
        documents.served_by(artefact),
    )
