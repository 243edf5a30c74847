"""Evaluations with their answers, findings and steps. Writes `evaluations`, `answers`, `findings`, `flow_steps`, for the scorer."""

from collections.abc import Sequence
from typing import Any

from auricle_contracts import Answer, Evaluation, Finding, FlowStepResult
from sqlalchemy import Row, Table, TableClause, bindparam, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from auricle_records.database import from_json, new_id
from auricle_records.runs.models import RunRow
from auricle_records.tables import answers, effective_findings, evaluations, findings, flow_steps

_CURRENT = (evaluations.c.conversation_id == bindparam("conversation")) & evaluations.c.current
_DEMOTE = update(evaluations).where(_CURRENT, evaluations.c.revision <= bindparam("upto")).values(current=False)
_ADD = insert(evaluations).values(current=~select(evaluations.c.id).where(_CURRENT).exists())
_ADD_ANSWERS = from_json(answers)
_ADD_FINDINGS = from_json(findings)
_ADD_STEPS = from_json(flow_steps)


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
        "outcomes": [one.model_dump(mode="json") for one in evaluation.outcomes],
        "overall": evaluation.overall.model_dump(mode="json") if evaluation.overall else None,
    }
    await connection.execute(_ADD, values)
    of_evaluation = {"workspace_id": run.workspace, "evaluation_id": evaluation_id}
    of_run = {"workspace_id": run.workspace, "run_id": run.id}
    for statement, key, parts in (
        (_ADD_ANSWERS, of_evaluation, evaluation.answers),
        (_ADD_FINDINGS, of_evaluation, evaluation.findings),
        (_ADD_STEPS, of_run, evaluation.steps),
    ):
        if parts:
            rows = [{**key, "position": number, **part.model_dump(mode="json")} for number, part in enumerate(parts)]
            await connection.execute(statement, {"rows": rows})
    return evaluation_id


async def load(connection: AsyncConnection, rows: Sequence[Row[Any]]) -> list[Evaluation]:
    """Evaluations in full, from rows of the table, in their order; three queries however many there are.

    Answers are the model's own; findings have the verdicts of people, and those that people added stand behind the model's.
    """
    ids = [row.id for row in rows]
    answered = await _parts(connection, answers, "evaluation_id", ids, Answer)
    found = await _parts(connection, effective_findings, "evaluation_id", ids, Finding)
    steps = await _parts(connection, flow_steps, "run_id", [row.run_id for row in rows], FlowStepResult)
    return [_evaluation(row, answered[row.id], found[row.id], steps[row.run_id]) for row in rows]


async def _parts(
    connection: AsyncConnection, table: Table | TableClause, key: str, ids: Sequence[str], kind: type[Any]
) -> dict[str, list[Any]]:
    parts: dict[str, list[Any]] = {one: [] for one in ids}
    statement = select(table).where(table.c[key].in_(ids)).order_by(table.c[key], table.c.position)
    for row in await connection.execute(statement):
        parts[getattr(row, key)].append(kind.model_validate({name: getattr(row, name) for name in kind.model_fields}))
    return parts


def _evaluation(row: Row[Any], answered: list[Answer], found: list[Finding], steps: list[FlowStepResult]) -> Evaluation:
    return Evaluation(
        id=row.id,
        conversation_id=row.conversation_id,
        revision=row.revision,
        recipe=row.recipe,
        current=row.current,
        answers=tuple(answered),
        findings=tuple(found),
        outcomes=row.outcomes,
        steps=tuple(steps),
        overall=row.overall,
        summary=row.summary,
        dropped_quotes=row.dropped_quotes,
        flags=tuple(row.flags),
        demo_weights=row.demo_weights,
        created_at=row.created_at,
    )
