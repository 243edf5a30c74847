"""How a run ends: the result, `done`, the next run, the event and the ledger in one transaction. The first writer wins.

commit ── conversation locked ──► none: DeletedMeanwhile
             └── run was waiting or working ──► done: write everything              first=True
                 run was done or dead already ─► write nothing, name what is next   first=False
"""

from collections.abc import Sequence
from dataclasses import dataclass

from auricle_contracts import Evaluation, EventData, FlowStepState, Step, Transcript, Usage
from auricle_kit.errors import NotFound
from sqlalchemy import select

from auricle_records import evaluations, ledger, masking, outbox, paid_completions, tombstones, transcripts
from auricle_records import messages as agent_messages
from auricle_records.blobs import BlobStore
from auricle_records.conversations.queries import Source, source_of
from auricle_records.database import Database
from auricle_records.masking import SealedMap
from auricle_records.messages import AgentMessage
from auricle_records.runs.lifecycle import complete, follow, successors
from auricle_records.runs.models import RunRow
from auricle_records.tables import conversations
from auricle_records.tables import evaluations as evaluation_rows
from auricle_records.transcripts import Heard

__all__ = [
    "Committed",
    "Heard",
    "StoredEvaluation",
    "commit_evaluation",
    "commit_transcript",
    "load_evaluation",
    "load_transcript",
    "read_transcript",
]


@dataclass(frozen=True, slots=True)
class Committed:
    """`next` are the runs to publish. Not `first`: another worker's result stands; delete the blobs that you wrote for yours."""

    first: bool
    next: tuple[RunRow, ...] = ()
    evaluation_id: str | None = None

    @property
    def next_runs(self) -> tuple[tuple[str, str], ...]:
        """`next` as (run id, stream), the way auricle_streams publishes."""
        return tuple((run.id, run.stream) for run in self.next)


@dataclass(frozen=True, slots=True)
class StoredEvaluation:
    """An evaluation, where its digest lies, and what the conversation used in all (prices are applied at reading)."""

    evaluation: Evaluation
    digest_key: str | None
    usages: tuple[Usage, ...]


async def commit_transcript(
    db: Database, run: RunRow, heard: Heard, *, usages: Sequence[Usage] = (), traceparent: str = ""
) -> Committed:
    """End a `transcribe` run; next comes `evaluate` under the same recipe. Raises DeletedMeanwhile."""
    async with db.transaction(run.workspace) as connection:
        if await complete(connection, run) is None:
            return Committed(first=False, next=await successors(connection, run))
        await transcripts.add(connection, run, heard)
        await ledger.add(connection, run, usages)
        following = await follow(connection, run, Step.EVALUATE, traceparent or run.traceparent)
    return Committed(first=True, next=(following,))


async def commit_evaluation(
    db: Database,
    run: RunRow,
    evaluation: Evaluation,
    *,
    digest_key: str | None = None,
    secrets: SealedMap | None = None,
    messages: Sequence[AgentMessage] = (),
    usages: Sequence[Usage] = (),
    traceparent: str = "",
) -> Committed:
    """End an `evaluate` run; the evaluation becomes the current one unless a later revision's is. Raises DeletedMeanwhile.

    The database gives id, `current` and the time; those in `evaluation` are ignored.
    """
    async with db.transaction(run.workspace) as connection:
        completed = await complete(connection, run)
        if completed is None:
            return Committed(first=False)
        evaluation_id = await evaluations.add(connection, run, evaluation, digest_key)
        if secrets is not None:
            await masking.add(connection, run.workspace, secrets)
        await agent_messages.replace(connection, run, messages)
        await ledger.add(connection, run, usages)
        if not any(step.state is FlowStepState.FAILED for step in evaluation.steps):
            await paid_completions.forget(connection, run)
        data = EventData(
            workspace=run.workspace,
            conversation_id=run.conversation_id,
            external_id=completed.external_id,
            run_id=run.id,
            evaluation_id=evaluation_id,
        )
        await outbox.add(
            connection, "evaluation.completed", f"evt_{run.id}", data, traceparent=traceparent or run.traceparent
        )
    return Committed(first=True, evaluation_id=evaluation_id)


async def load_transcript(
    db: Database, store: BlobStore, workspace: str, conversation_id: str, *, revision: int | None = None
) -> Transcript:
    """The transcript of a revision (None: the newest), heard or received as turns. Raises NotFound while there is none, Gone."""
    return await read_transcript(store, await source_of(db, workspace, conversation_id, revision=revision))


async def read_transcript(store: BlobStore, source: Source) -> Transcript:
    """The transcript that the source names. Raises NotFound while there is none."""
    if source.inline is not None:
        return Transcript.model_validate_json(source.inline)
    if source.transcript_key is None:
        raise NotFound(
            f"conversation {source.conversation_id} has no transcript yet",
            action="Ask again when its transcribe run is done.",
        )
    return Transcript.model_validate_json(await store.get_bytes(source.transcript_key))


async def load_evaluation(db: Database, workspace: str, conversation_id: str) -> StoredEvaluation:
    """The current evaluation with the conversation's whole ledger. Raises NotFound while there is none, Gone."""
    current = select(evaluation_rows).where(
        evaluation_rows.c.conversation_id == conversation_id, evaluation_rows.c.current
    )
    async with db.transaction(workspace) as connection:
        row = (await connection.execute(current)).one_or_none()
        if row is None:
            known = await connection.scalar(select(conversations.c.id).where(conversations.c.id == conversation_id))
            if known is None:
                raise await tombstones.absence(connection, conversation_id)
            raise NotFound(
                f"conversation {conversation_id} has no evaluation yet",
                action="Ask again when its evaluate run is done.",
            )
        (evaluation,) = await evaluations.load(connection, [row])
        usages = await ledger.of_conversations(connection, [conversation_id])
    return StoredEvaluation(evaluation, row.digest_key, usages[conversation_id])
