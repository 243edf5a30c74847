"""Lengths of the work queues for operators: counts over all workspaces, no ids."""

from auricle_contracts import STREAMS, Priority, Step
from auricle_kit.errors import AuricleError
from fastapi import APIRouter

from auricle_gateway.access.callers import Operator
from auricle_gateway.operations.replies import QueueList, QueueView
from auricle_gateway.parts import Parts, PartsOf
from auricle_gateway.rest import problem_docs

router = APIRouter(tags=["queues"])


@router.get("/queues", summary="Lengths and ages of the queues", responses=problem_docs.of())
async def list_queues(parts: PartsOf, caller: Operator) -> QueueList:  # noqa: ARG001 (the caller must be one)
    """Live and backfill streams of both steps."""
    items = [await _queue(parts, step, priority, stream) for (step, priority), stream in STREAMS.items()]
    is_answering = all(item.length is not None for item in items)
    await parts.workers.ask()
    return QueueList(answering=is_answering, workers=parts.workers.known(), items=tuple(items))


async def _queue(parts: Parts, step: Step, priority: Priority, stream: str) -> QueueView:
    try:
        length: int | None = await parts.streams.length(stream)
        age = await parts.streams.oldest_age_ms(stream)
    except AuricleError:
        length, age = None, None
    return QueueView(stream=stream, step=step, priority=priority, length=length, oldest_age_ms=age)
