"""The handler of `evaluate`: what the loop hands it, it loads, scores and commits in one transaction."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass

from auricle_contracts import FlowStepState, Meaning, Recipe, Role
from auricle_contracts.judges import Reasoning
from auricle_judging import ModelUnavailable, ServedModel
from auricle_kit import failpoints, tracing
from auricle_kit.errors import AuricleError
from auricle_kit.metering import Job, Meter
from auricle_records import conversations, dry_runs, paid_completions, paths, results
from auricle_records.blobs import BlobStore
from auricle_records.database import Database
from auricle_records.errors import DeletedMeanwhile
from auricle_records.masking import SealedMap
from auricle_records.messages import AgentMessage
from auricle_records.results import Committed
from auricle_records.runs import RunRow
from auricle_streams import Held, NextRun

from auricle_scorer.adapters import AdapterModels
from auricle_scorer.article_search import WorkspaceArticles
from auricle_scorer.case_search import WorkspaceCases
from auricle_scorer.errors import RecipePending
from auricle_scorer.message_history import AgentMessageHistory
from auricle_scorer.metered import Metered
from auricle_scorer.paid_completions import PaidAnswers
from auricle_scorer.pinned_recipe import Pinned, PinnedRecipes
from auricle_scorer.privacy import Privacy
from auricle_scorer.readiness import Readiness
from auricle_scorer.scoring import Scored, Scorer, Served, Subject

AUTO = Recipe.model_fields["compression"].default
PAUSE_S = 2.0


@dataclass(frozen=True)
class ModelSettings:
    """What is said of the model where its server does not tell: device, context in tokens, hash of the weights, whether it reasons."""

    device: str
    context: int
    weights: str | None = None
    reasoning: Reasoning = Reasoning.SHORT


@dataclass(frozen=True)
class Evaluate:
    """Handles one `evaluate` run. Results are committed at most once per run, under the recipe that it was pinned to."""

    db: Database
    store: BlobStore
    scorer: Scorer
    recipes: PinnedRecipes
    readiness: Readiness
    privacy: Privacy
    history: AgentMessageHistory
    meter: Meter
    model: ModelSettings
    adapters: AdapterModels

    async def __call__(self, run: RunRow, held: Held) -> Sequence[NextRun]:
        """Score the run's revision; nothing follows an evaluation but its event in the outbox."""
        with self.meter.job() as job:
            pinned = await self.recipes.of(run)
            subject, own = await self._subject(run, pinned.recipe)
            scored = await self._scored(run, pinned, subject)
            failpoints.passed("during_work")
            if run.dry_run is not None:
                return await self._tried(run, held, scored, job)
            committed = await self._commit(run, held, scored, self.privacy.seal(run, subject.mask), own)
            if committed.first:
                job.keep()
                await self.history.trim(run, own)
        failpoints.passed("after_result")
        return committed.next_runs

    async def _tried(self, run: RunRow, held: Held, scored: Scored, job: Job) -> Sequence[NextRun]:
        """A dry run's result is kept beside the evaluation that counts; no event, digest, message or reverse map comes of it."""
        await held.confirm()
        committed = await dry_runs.finish(self.db, run, scored.evaluation, scored.usages)
        if committed.first:
            job.keep()
        return committed.next_runs

    async def _scored(self, run: RunRow, pinned: Pinned, subject: Subject) -> Scored:
        """A part of another version is given a moment, so that a run does not come back at once again and again."""
        adapter = await self.adapters.of(pinned.recipe)
        asked = self.scorer.asking(Metered(adapter.client)) if adapter else self.scorer
        served = self._served(adapter.served if adapter else self.readiness.model)
        paid = PaidAnswers(await paid_completions.load(self.db, run))
        scorer = asked.pinned_to(pinned.bundle).remembering(served, paid)
        try:
            scored = await scorer.score(subject, served, recipe=run.recipe, pinned=pinned.recipe)
        except RecipePending:
            await asyncio.sleep(PAUSE_S)
            raise
        except AuricleError:
            await paid_completions.keep(self.db, run, paid.fresh)
            raise
        if any(step.state is FlowStepState.FAILED for step in scored.evaluation.steps):
            await paid_completions.keep(self.db, run, paid.fresh)
        return scored

    async def _subject(self, run: RunRow, pinned: Recipe) -> tuple[Subject, Sequence[AgentMessage]]:
        """What is scored, and the agents' messages in it that are kept."""
        source = await conversations.load_source(self.db, run)
        transcript = await results.read_transcript(self.store, source)
        mask = await self.privacy.mask(run, transcript)
        meaning = Meaning.MODEL if pinned.compression != AUTO else Meaning.EXTRACTIVE
        agents = tuple(one.reference for one in source.participants if one.role is Role.AGENT and one.reference)
        looked = await self.history.lookup(run, source.channel, source.participants, mask.transcript if mask else None)
        subject = Subject(
            transcript,
            source.channel,
            source.direction,
            source.line,
            source.metadata,
            mask,
            meaning,
            pinned.deepest,
            looked.past,
            WorkspaceArticles(self.db, run.workspace),
            WorkspaceCases(self.db, run, source.channel, agents),
        )
        return subject, looked.own

    def _served(self, model: ServedModel | None) -> Served:
        if model is None:
            raise ModelUnavailable("the model server has not said what it serves")
        return Served(
            model.id,
            self.model.device,
            model.demo_weights,
            model.context or self.model.context,
            model.weights or self.model.weights,
            model.reasoning or self.model.reasoning,
        )

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
