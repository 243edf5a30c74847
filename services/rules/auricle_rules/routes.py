"""POST /v1/answer."""

from auricle_contracts import RulesReply, RulesRequest
from auricle_kit import metrics
from fastapi import APIRouter, Request
from starlette.concurrency import run_in_threadpool

from auricle_rules.wiring import Parts

router = APIRouter()
SECONDS = metrics.histogram("auricle_rules_seconds", "Seconds that the whole rule set takes on one conversation.")


@router.post("/v1/answer")
async def answer(body: RulesRequest, request: Request) -> RulesReply:
    """Every rule's answer, and the caller's own metadata as answers."""
    parts: Parts = request.app.state.parts
    with SECONDS.time():
        return await run_in_threadpool(parts.rules.answer, body)
