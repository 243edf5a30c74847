"""What a version would make of the workspace's scorecard, and whether that asks a model at all."""

from dataclasses import dataclass

from auricle_contracts import Channel, Evaluation
from auricle_contracts.artefacts import ArtefactKind, DryRunMethod
from auricle_criteria import Bundle, ErrorClass, UnfitArtefact, documents
from auricle_criteria.adapters import JUDGE
from auricle_criteria.artefact import Artefact
from auricle_records import artefacts
from auricle_records.artefacts import StoredBody
from auricle_records.dry_runs import Past
from auricle_records.results import load_transcript

from auricle_gateway.artefacts.live import Composed
from auricle_gateway.dry_runs import reckoning
from auricle_gateway.parts import Parts


@dataclass(frozen=True)
class Trial:
    """A version of the registry in the place of the one that is live, all else as it is."""

    version: StoredBody
    live: Bundle
    tried: Composed

    @classmethod
    async def of(cls, parts: Parts, workspace: str, artefact_id: str) -> "Trial":
        """Raises NotFound; UnfitArtefact for what could not become live, and where nobody would be judged by it."""
        version = await artefacts.load(parts.db, workspace, artefact_id)
        composed = await parts.pinned.live.of(parts.db, workspace)
        card = version.name if version.kind is ArtefactKind.SCORECARD else None
        trial = cls(version, composed.bundle, await parts.pinned.live.with_version(parts.db, workspace, version, card))
        trial.check_asked()
        return trial

    @property
    def candidate(self) -> Bundle:
        """What conversations would be judged by."""
        return self.tried.bundle

    def check_asked(self) -> None:
        """Raises UnfitArtefact where what comes in would not be judged by the version."""
        asked: list[Artefact | None] = [
            self.candidate.scorecard,
            self.candidate.flow,
            *self.candidate.classes,
            *self.candidate.prompts,
        ]
        asked += [*self.candidate.flow_prompts, self.tried.library.adapters.get(JUDGE)]
        if self.version.hash not in {one.hash for one in asked if one is not None}:
            raise UnfitArtefact(
                f"the scorecard {self.candidate.scorecard.id} does not look for {self.version.name}",
                action="Let the scorecard look for it first.",
            )

    def check_comes_in(self, scorecard: str) -> None:
        """Raises UnfitArtefact for another scorecard than the one that new conversations are judged by."""
        if self.version.kind is ArtefactKind.SCORECARD and self.version.name != scorecard:
            raise UnfitArtefact(f"new conversations are judged by the scorecard {scorecard}")

    @property
    def method(self) -> DryRunMethod:
        """Without a model where only the counting differs."""
        stored = self.version.kind is ArtefactKind.SCORECARD and reckoning.only_counts(self.live, self.candidate)
        return DryRunMethod.STORED if stored and self.candidate != self.live else DryRunMethod.JUDGED

    def channels(self, wanted: Channel | None) -> tuple[Channel, ...]:
        """Where it is tried."""
        if wanted is not None:
            return (wanted,)
        artefact = documents.of_body(self.version.kind, self.version.body)
        return artefact.opportunity.channels if isinstance(artefact, ErrorClass) else ()

    async def counted_anew(self, parts: Parts, workspace: str, past: list[Past]) -> dict[str, Evaluation]:
        """By conversation; transcripts are read only where the scorecard asks how long a conversation is."""
        reads = reckoning.counts_turns(self.candidate)
        found = {}
        for one in past:
            turns = await _turns(parts, workspace, one) if reads else 0
            found[one.conversation_id] = reckoning.counted_anew(one, self.candidate, turns)
        return found


async def _turns(parts: Parts, workspace: str, past: Past) -> int:
    of = past.evaluation
    transcript = await load_transcript(parts.db, parts.store, workspace, of.conversation_id, revision=of.revision)
    return len(transcript.turns)
