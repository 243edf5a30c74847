"""Rows for exports, one conversation at a time, however many there are."""

from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass, field

from auricle_contracts import ConversationView, Evaluation, Label, Usage
from sqlalchemy import select

from auricle_records import evaluations, labels, ledger
from auricle_records.conversations import Filters, Order, page
from auricle_records.database import Database
from auricle_records.labels import Verdict
from auricle_records.tables import evaluations as evaluation_rows


@dataclass(frozen=True, slots=True)
class Report:
    """A conversation, its current evaluation if there is one, its ledger, and all its labels, those of earlier evaluations too.

    `verdicts` count in the place of the evaluation's own answers, by criterion.
    """

    conversation: ConversationView
    evaluation: Evaluation | None
    usages: tuple[Usage, ...]
    labels: tuple[Label, ...] = ()
    verdicts: Mapping[str, Verdict] = field(default_factory=dict)


async def iter_reports(
    db: Database, workspace: str, filters: Filters | None = None, *, batch: int = 100, order: Order = Order.NEWEST
) -> AsyncIterator[Report]:
    """In this order; holds `batch` conversations in memory and no transaction between batches."""
    cursor: str | None = None
    while True:
        found = await page(db, workspace, filters, order=order, cursor=cursor, limit=batch, with_matches=False)
        for report in await of(db, workspace, found.items):
            yield report
        cursor = found.cursor
        if cursor is None:
            return


async def of(db: Database, workspace: str, conversations: Sequence[ConversationView]) -> list[Report]:
    """The reports of these conversations, in their order; six queries however many there are."""
    ids = [conversation.id for conversation in conversations]
    current = select(evaluation_rows).where(evaluation_rows.c.conversation_id.in_(ids), evaluation_rows.c.current)
    async with db.transaction(workspace) as connection:
        rows = (await connection.execute(current)).all()
        evaluated = {evaluation.conversation_id: evaluation for evaluation in await evaluations.load(connection, rows)}
        usages = await ledger.of_conversations(connection, ids)
        labelled = await labels.of_conversations(connection, ids)
        counting = await labels.verdicts(connection, [evaluation.id for evaluation in evaluated.values()])
    return [
        Report(
            view, evaluation, usages[view.id], labelled[view.id], counting.get(evaluation.id, {}) if evaluation else {}
        )
        for view in conversations
        for evaluation in [evaluated.get(view.id)]
    ]
