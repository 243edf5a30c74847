"""What a version was asked of a golden item by its gate, and what it answered."""

from auricle_contracts.gate_traces import MOST_BYTES, GateTrace, GateTraceIn
from auricle_records import artefacts, gate_traces
from fastapi import APIRouter, Request

from auricle_gateway.access.callers import GoldenReader, Promoter
from auricle_gateway.parts import PartsOf
from auricle_gateway.rest import bodies, problem_docs

router = APIRouter(tags=["artefacts"])
EXAMPLE = {"calls": [{"messages": [], "answer": "{…}", "tokens_in": 900, "tokens_out": 40, "seconds": 1.2}]}
ADDRESS = "/artefacts/{artefact_id}/gate-traces/{golden_id}"


@router.put(
    ADDRESS,
    status_code=204,
    summary="Keep what a gate asked of an item",
    responses=problem_docs.of(404, 413, 415),
    openapi_extra=problem_docs.json_body(GateTraceIn, EXAMPLE),
)
async def put_trace(artefact_id: str, golden_id: str, request: Request, parts: PartsOf, caller: Promoter) -> None:
    """In the place of an earlier one; removed after 30 days, and with its golden item."""
    await artefacts.get(parts.db, caller.workspace, artefact_id)
    wanted = await bodies.read_json(request, GateTraceIn, 2 * MOST_BYTES)
    await gate_traces.put(parts.db, caller.workspace, artefact_id, golden_id, wanted)


@router.get(ADDRESS, summary="What a gate asked of an item", responses=problem_docs.of(404))
async def get_trace(artefact_id: str, golden_id: str, parts: PartsOf, caller: GoldenReader) -> GateTrace:
    """Prompts, answers and tokens of the item's first run, as far as they are kept."""
    return await gate_traces.get(parts.db, caller.workspace, artefact_id, golden_id)
