"""Evaluations with their answers and findings. Writes `evaluations`, `answers` and `findings`, for the scorer."""

from collections.abc import Sequence
from typing import Any

from auricle_contracts import Answer, Evaluation, Finding
from sqlalchemy import Row, Table, bindparam, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from auricle_records.bulk import from_json
from auricle_records.ids import new_id
from auricle_records.runs.rows import RunRow
from auricle_records.tables import answers, evaluations, findings

_CURRENT = (evaluations.c.conversation_id == bindparam("conversation")) & evaluations.c.current
_DEMOTE = update(evaluations).where(_CURRENT, evaluations.c.revision <= bindparam("upto")).values(current=False)
_ADD = insert(evaluations).values(current=~select(evaluations.c.id).where(_CURRENT).exists())
_ADD_ANSWERS = from_json(answers)
_ADD_FINDINGS = from_json(findings)


async def add(connection: AsyncConnection, run: RunRow, evaluation: Evaluation, digest_key: str | None) -> str:
    """Write the result of a run that has just become `done`; its id. The caller holds the conversation's lock.

    It becomes the current one, and the current one of the same or an earlier revision stops being it.
    """
    evaluation_id = new_id()
    await connection.execute(_DEMOTE, {"conversation": run.conversation_id, "upto": run.revision})
    values = {
        "workspace_id": run.workspace,
        "id": evaluation_id,
        "run_id": run.id,
        "conversation_id": run.conversation_id,
        "revision": run.revision,
        "recipe": run.recipe,
        "conversation": run.conversation_id,
        "summary": evaluation.summary,
        "dropped_quotes": evaluation.dropped_quotes,
        "flags": list(evaluation.flags),
        "demo_weights": evaluation.demo_weights,
        "digest_key": digest_key,
    }
    await connection.execute(_ADD, values)
    key = {"workspace_id": run.workspace, "evaluation_id": evaluation_id}
    for statement, parts in ((_ADD_ANSWERS, evaluation.answers), (_ADD_FINDINGS, evaluation.findings)):
        if parts:
            rows = [{**key, "position": number, **part.model_dump(mode="json")} for number, part in enumerate(parts)]
            await connection.execute(statement, {"rows": rows})
    return evaluation_id


async def load(connection: AsyncConnection, rows: Sequence[Row[Any]]) -> list[Evaluation]:
    """Evaluations in full, from rows of the table, in their order; two queries however many there are."""
    ids = [row.id for row in rows]
    answered = await _parts(connection, answers, ids, Answer)
    found = await _parts(connection, findings, ids, Finding)
    return [_evaluation(row, answered[row.id], found[row.id]) for row in rows]


async def _parts(
    connection: AsyncConnection, table: Table, ids: Sequence[str], kind: type[Any]
) -> dict[str, list[Any]]:
    parts: dict[str, list[Any]] = {evaluation_id: [] for evaluation_id in ids}
    statement = select(table).where(table.c.evaluation_id.in_(ids)).order_by(table.c.evaluation_id, table.c.position)
    for row in await connection.execute(statement):
        parts[row.evaluation_id].append(kind.model_validate({name: getattr(row, name) for name in kind.model_fields}))
    return parts


def _evaluation(row: Row[Any], answered: list[Answer], found: list[Finding]) -> Evaluation:
    return Evaluation(
        id=row.id,
        conversation_id=row.conversation_id,
        revision=row.revision,
        recipe=row.recipe,
        current=row.current,
        answers=tuple(answered),
        findings=tuple(found),
        summary=row.summary,
        dropped_quotes=row.dropped_quotes,
        flags=tuple(row.flags),
        demo_weights=row.demo_weights,
        created_at=row.created_at,
    )
