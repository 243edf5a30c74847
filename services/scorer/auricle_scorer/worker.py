"""The handler of `evaluate`: what the loop hands it, it loads, scores and commits in one transaction."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from auricle_contracts import Level, Meaning, Recipe
from auricle_judging import ModelUnavailable
from auricle_kit import failpoints, tracing
from auricle_kit.metering import Meter
from auricle_records import conversations, paths, recipes, results
from auricle_records.blobs import BlobStore
from auricle_records.database import Database
from auricle_records.errors import DeletedMeanwhile, NotFound
from auricle_records.masking import SealedMap
from auricle_records.messages import AgentMessage
from auricle_records.results import Committed
from auricle_records.runs import RunRow
from auricle_streams import Held, NextRun

from auricle_scorer.privacy import Privacy
from auricle_scorer.readiness import Readiness
from auricle_scorer.remembering import Memory
from auricle_scorer.scoring import Scored, Scorer, Served, Subject

AUTO = Recipe.model_fields["compression"].default


@dataclass(frozen=True)
class Evaluate:
    """Called for each run; everything that it writes is written once. `known` recipes by workspace and hash: their rows never change."""

    db: Database
    store: BlobStore
    scorer: Scorer
    readiness: Readiness
    privacy: Privacy
    memory: Memory
    meter: Meter
    device: str
    context: int
    known: dict[tuple[str, str], Recipe] = field(default_factory=dict)

    async def __call__(self, run: RunRow, held: Held) -> Sequence[NextRun]:
        """Score the run's revision; nothing follows an evaluation but its event in the outbox."""
        with self.meter.job() as job:
            pinned = await self._pinned(run)
            subject, own = await self._subject(run, pinned)
            scored = await self.scorer.score(subject, self._served(), recipe=run.recipe, flags=self._drift(pinned))
            failpoints.passed("during_work")
            committed = await self._commit(run, held, scored, self.privacy.seal(run, subject.mask), own)
            if committed.first:
                job.keep()
        failpoints.passed("after_result")
        return committed.next_runs

    async def _subject(self, run: RunRow, pinned: Recipe | None) -> tuple[Subject, Sequence[AgentMessage]]:
        """What is scored, and the agents' messages in it that are kept."""
        source = await conversations.load_source(self.db, run)
        transcript = await results.read_transcript(self.store, source)
        mask = await self.privacy.mask(run, transcript)
        meaning = Meaning.MODEL if pinned and pinned.compression != AUTO else Meaning.EXTRACTIVE
        looked = await self.memory.look(run, source.channel, source.participants, mask.transcript if mask else None)
        subject = Subject(
            transcript,
            source.channel,
            source.direction,
            source.line,
            source.metadata,
            mask,
            meaning,
            pinned.deepest if pinned else Level.HARD,
            looked.past,
        )
        return subject, looked.own

    def _served(self) -> Served:
        model = self.readiness.model
        if model is None:
            raise ModelUnavailable("the model server has not said what it serves")
        return Served(model.id, self.device, model.demo_weights, model.context or self.context)

    async def _pinned(self, run: RunRow) -> Recipe | None:
        key = run.workspace, run.recipe
        if key not in self.known:
            try:
                self.known[key] = await recipes.load(self.db, *key)
            except NotFound:
                return None
        return self.known[key]

    def _drift(self, pinned: Recipe | None) -> tuple[str, ...]:
        """A flag when the scorecard or prompts here are not those that the run was pinned to."""
        if pinned is None:
            return ("recipe_unknown",)
        return () if self._is_ours(pinned) else ("recipe_drift",)

    def _is_ours(self, pinned: Recipe) -> bool:
        flow = "+".join(prompt.pin for prompt in self.scorer.prompts)
        return (pinned.scorecard, pinned.flow) == (self.scorer.scorecard.pin, flow)

    async def _commit(
        self, run: RunRow, held: Held, scored: Scored, secrets: SealedMap | None, own: Sequence[AgentMessage]
    ) -> Committed:
        """The digest's blob first. It goes again when its row surely did not come to be; after another error nobody knows, so it stays,
        and keeper removes it if no row names it.
        """
        key = await self._write_digest(run, scored)
        await held.confirm()
        try:
            committed = await results.commit_evaluation(
                self.db,
                run,
                scored.evaluation,
                digest_key=key,
                secrets=secrets,
                messages=own,
                keep_messages=self.memory.keep,
                usages=scored.usages,
                traceparent=tracing.traceparent(),
            )
        except DeletedMeanwhile:
            if key is not None:
                await self.store.delete(key)
            raise
        if key is not None and not committed.first:
            await self.store.delete(key)
        return committed

    async def _write_digest(self, run: RunRow, scored: Scored) -> str | None:
        if scored.digest is None:
            return None
        key = paths.digest(run.workspace, run.conversation_id, run.revision, run.id)
        await self.store.put_bytes(key, scored.digest.model_dump_json().encode())
        return key
