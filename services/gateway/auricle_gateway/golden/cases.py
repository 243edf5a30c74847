"""Golden cases for a golden item: what a question about its dialogue would show. So a flow that shows cases is measured on items."""

from auricle_contracts.golden import GoldenCasesAsked, GoldenCasesFound
from auricle_records.golden import cases, items
from auricle_records.golden.cases import CasesAsked
from fastapi import APIRouter, Request

from auricle_gateway.access.callers import GoldenReader
from auricle_gateway.parts import PartsOf
from auricle_gateway.rest import bodies, problem_docs

router = APIRouter(tags=["golden"])
EXAMPLE = {"error_classes": ["blame"], "words": "Где мой заказ? Сами виноваты", "language": "ru", "most": 2}


@router.post(
    "/golden-items/{golden_id}/cases",
    summary="Cases that a question about an item would show",
    responses=problem_docs.of(404, 413, 415),
    openapi_extra=problem_docs.json_body(GoldenCasesAsked, EXAMPLE),
)
async def post_cases(golden_id: str, request: Request, parts: PartsOf, caller: GoldenReader) -> GoldenCasesFound:
    """The nearest golden items of the training split, as the scorer finds them for a conversation: never the item itself, one of its
    conversation or of its agent, or one of nearly the same words. Nothing where the workspace does not consent.
    """
    item = await items.get(parts.db, caller.workspace, golden_id)
    wanted = await bodies.read_json(request, GoldenCasesAsked, bodies.SMALL_BYTES)
    agents = (item.dialogue.agent,) if item.dialogue.agent else ()
    conversation = item.conversation_id or ""
    asked = CasesAsked(
        conversation, item.dialogue.channel, wanted.language, agents, wanted.error_classes, item_id=item.id
    )
    found = await cases.nearest(parts.db, caller.workspace, asked, wanted.words, most=wanted.most)
    return GoldenCasesFound(items=found)
