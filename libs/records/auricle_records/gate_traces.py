"""What candidates were asked of golden items. Writes `gate_traces`: the gateway; keeper removes what is old. Goes with its item."""

from auricle_contracts.gate_traces import GateTrace, GateTraceIn
from sqlalchemy import delete, func, select
from sqlalchemy.dialects.postgresql import insert

from auricle_records.database import Database, seconds
from auricle_records.errors import NotFound
from auricle_records.golden import items
from auricle_records.tables import gate_traces


async def put(db: Database, workspace: str, artefact_id: str, golden_id: str, trace: GateTraceIn) -> None:
    """In the place of an earlier one of the version and the item. Raises NotFound where there is no such item."""
    await items.get(db, workspace, golden_id)
    values = {
        "workspace_id": workspace, "artefact_id": artefact_id, "item_id": golden_id, "body": trace.model_dump(mode="json"),
    }  # fmt: skip
    here = (gate_traces.c.artefact_id == artefact_id, gate_traces.c.item_id == golden_id)
    async with db.transaction(workspace) as connection:
        await connection.execute(delete(gate_traces).where(*here))
        await connection.execute(insert(gate_traces).values(values))


async def get(db: Database, workspace: str, artefact_id: str, golden_id: str) -> GateTrace:
    """Raises NotFound, also where the item may not be read."""
    statement = select(gate_traces.c.body, gate_traces.c.created_at).where(
        gate_traces.c.artefact_id == artefact_id, gate_traces.c.item_id == golden_id
    )
    async with db.transaction(workspace) as connection:
        row = (await connection.execute(statement)).one_or_none()
    if row is None:
        raise NotFound("nothing is kept of what this version was asked of the item")
    named = {"artefact_id": artefact_id, "golden_id": golden_id, "created_at": row.created_at}
    return GateTrace.model_validate(row.body | named)


async def prune(db: Database, workspace: str, *, older_s: float) -> int:
    """Remove what is this old; how many."""
    old = gate_traces.c.created_at < func.now() - seconds(older_s)
    async with db.transaction(workspace) as connection:
        return (await connection.execute(delete(gate_traces).where(old))).rowcount
