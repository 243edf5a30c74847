"""Names and products of a workspace that its speech engines are told."""

from auricle_contracts.audit import AuditAction
from auricle_contracts.vocabularies import Vocabulary, VocabularyView
from auricle_records import vocabularies
from fastapi import APIRouter, Request

from auricle_gateway.access.callers import Operator
from auricle_gateway.audit.trail import note
from auricle_gateway.parts import PartsOf
from auricle_gateway.rest import bodies, problem_docs

router = APIRouter(tags=["vocabulary"])
EXAMPLE = {"terms": ["Аурикл", "ОСАГО Плюс", "SberPay", "Тагир Юнусов"]}


@router.get("/vocabulary", summary="Names and products that speech engines are told", responses=problem_docs.of())
async def get_vocabulary(parts: PartsOf, caller: Operator) -> VocabularyView:
    """None, where nobody chose any."""
    return await vocabularies.get(parts.db, caller.workspace)


@router.put(
    "/vocabulary",
    summary="Choose the names and products that speech engines are told",
    responses=problem_docs.of(413, 415),
    openapi_extra=problem_docs.json_body(Vocabulary, EXAMPLE),
)
async def put_vocabulary(request: Request, parts: PartsOf, caller: Operator) -> VocabularyView:
    """Replaces the list, most important first. Its version is a part of the recipe of what comes in from now on (at other gateways
    seconds later); engines that can be told hear by it: docs/speech.md.
    """
    chosen = await bodies.read_json(request, Vocabulary, bodies.SMALL_BYTES)
    kept = await vocabularies.choose(parts.db, caller.workspace, chosen, caller.id)
    parts.pinned.forget_choices(caller.workspace)
    await note(parts.db, caller, AuditAction.VOCABULARY_CHANGED, details={"terms": len(kept.terms)})
    return kept
