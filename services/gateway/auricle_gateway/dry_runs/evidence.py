"""The newest dry run of a version, as what its promotion rests on."""

from auricle_records import dry_runs
from pydantic import JsonValue

from auricle_gateway.dry_runs import comparison
from auricle_gateway.parts import Parts


async def dry_run_evidence(parts: Parts, workspace: str, artefact_id: str) -> dict[str, JsonValue]:
    """Of so many conversations that were judged so many changed; empty where nobody tried the version."""
    found = await dry_runs.of_artefact(parts.db, workspace, artefact_id)
    if not found:
        return {}
    compared = await dry_runs.compared(parts.db, workspace, found[0].id)
    changed = sum(bool(comparison.changes((one.before.evaluation, one.after))) for one in compared if one.after)
    told: dict[str, JsonValue] = {
        "id": found[0].id,
        "method": found[0].method.value,
        "judged": found[0].judged,
        "changed": changed,
    }
    return {"dry_run": told}
