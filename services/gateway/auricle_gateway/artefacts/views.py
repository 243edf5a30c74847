"""Versions as a caller sees them: what acts now is told beside what the rows say."""

from dataclasses import dataclass

from auricle_contracts.artefacts import ArtefactKind, ArtefactState
from auricle_criteria import Bundle, Library, documents
from auricle_criteria.adapters import JUDGE
from auricle_criteria.artefact import Artefact
from auricle_records import artefacts
from auricle_records.artefacts import Name, Promotion, Version, VersionFilters
from auricle_records.errors import NothingBefore

from auricle_gateway.artefacts.live import Composed
from auricle_gateway.artefacts.replies import ArtefactPage, ArtefactView, PromotionView, VersionView
from auricle_gateway.parts import Parts


@dataclass(frozen=True)
class Views:
    """Of one workspace, as of one moment."""

    parts: Parts
    workspace: str
    composed: Composed

    @classmethod
    async def of(cls, parts: Parts, workspace: str) -> "Views":
        """The release's files are versions of the workspace from then on."""
        await parts.pinned.live.seed(parts.db, workspace)
        return cls(parts, workspace, await parts.pinned.live.of(parts.db, workspace))

    async def live(self, filters: VersionFilters) -> tuple[VersionView, ...]:
        """What decides, by kind and name, as far as the filters leave it."""
        found = await artefacts.live(self.parts.db, self.workspace, self.parts.pinned.live.shipped_hashes)
        return tuple(self.version(one) for one in found if _passes(one, filters))

    async def page(self, filters: VersionFilters, cursor: str | None, limit: int) -> ArtefactPage:
        """Versions of a state other than live, newest first."""
        found = await artefacts.versions_of(self.parts.db, self.workspace, filters, before=cursor, limit=limit + 1)
        items = tuple(self.version(one) for one in found[:limit] if not self._acts(one))
        return ArtefactPage(items=items, next_cursor=found[limit - 1].id if len(found) > limit else None)

    async def beside(self, version: Version, against: str | None) -> Version:
        """The version that is named, else the one of the same name that is live. Raises NotFound, NothingBefore."""
        if against is not None:
            return await artefacts.get(self.parts.db, self.workspace, against)
        found = await artefacts.live(self.parts.db, self.workspace, self.parts.pinned.live.shipped_hashes)
        live = next((one for one in found if one.of == version.of), None)
        if live is None:
            raise NothingBefore(f"no version of {version.name} is live")
        return live

    def version(self, version: Version) -> VersionView:
        """Without its text."""
        acts = self._acts(version)
        return VersionView(
            id=version.id, kind=version.kind, name=version.name, title=dict(version.title) if version.title else None,
            hash=version.hash, version=version.version, state=ArtefactState.LIVE if acts else version.state,
            held=version.held, shipped=self.parts.pinned.live.shipped_hashes.get(version.of) == version.hash,
            in_use=acts and version.of in self._asked(), author_kind=version.author.kind, author=version.author.id,
            author_name=version.author.name, note=version.note, serves=version.serves, figures=dict(version.figures),
            created_at=version.created_at,
        )  # fmt: skip

    def with_text(self, version: Version, artefact: Artefact) -> ArtefactView:
        """With it."""
        return ArtefactView(
            **dict(self.version(version)), text=documents.as_yaml(artefact), body=documents.body_of(artefact)
        )

    def _acts(self, version: Version) -> bool:
        now = self.composed.library.by_kind[version.kind].get(version.name)
        return now is not None and now.hash == version.hash

    def _asked(self) -> frozenset[Name]:
        """What takes part in judging what comes in now."""
        bundle = self.composed.bundle
        flow = [Name(ArtefactKind.FLOW, bundle.flow.id)] if bundle.flow else []
        prompts = (Name(ArtefactKind.PROMPT, one.id) for one in (*bundle.prompts, *bundle.flow_prompts))
        classes = (Name(ArtefactKind.ERROR_CLASS, one.id) for one in bundle.classes)
        adapter = [Name(ArtefactKind.ADAPTER, JUDGE)] if JUDGE in self.composed.library.adapters else []
        rules = (Name(ArtefactKind.RULE, name) for name in _rules_of(bundle, self.composed.library))
        detectors = (Name(ArtefactKind.DETECTOR, one.rule) for one in bundle.classes if one.rule)
        card = Name(ArtefactKind.SCORECARD, bundle.scorecard.id)
        return frozenset((card, *flow, *prompts, *classes, *adapter, *rules, *detectors))


def _rules_of(bundle: Bundle, library: Library) -> set[str]:
    """Rules that the scorecard or the flow's route asks, and those whose hit such a rule waits for."""
    asked = {one.rule for one in bundle.scorecard.criteria if one.rule}
    asked |= {name for names in bundle.flow.route.met_by.values() for name in names} if bundle.flow else set()
    awaited = (library.rules[name].where.after for name in asked if name in library.rules)
    return asked | {name for name in awaited if name}


def promotion_view(moved: Promotion) -> PromotionView:
    """As the history lists it."""
    actor = moved.evidence.actor
    return PromotionView(
        id=moved.id, action=moved.action, from_id=moved.from_id, from_hash=moved.from_hash, from_held=moved.from_held,
        to_id=moved.to_id, to_hash=moved.to_hash, to_held=moved.to_held, reason=moved.evidence.reason,
        evidence=dict(moved.evidence.shown), actor_kind=actor.kind, actor=actor.id, actor_name=actor.name,
        appeals=moved.appeals, created_at=moved.created_at,
    )  # fmt: skip


def _passes(version: Version, filters: VersionFilters) -> bool:
    search = (filters.search or "").casefold()
    return (
        filters.kind in (None, version.kind)
        and filters.name in (None, version.name)
        and (search in version.name.casefold() or search in version.note.casefold())
    )
