"""POST /v1/answer."""

from auricle_contracts import RulesReply, RulesRequest
from auricle_kit import json_route, metrics
from fastapi import FastAPI
from starlette.concurrency import run_in_threadpool

from auricle_rules.wiring import Parts

SECONDS = metrics.histogram("auricle_rules_seconds", "Seconds that the whole rule set takes on one conversation.")


def add(app: FastAPI, parts: Parts) -> None:
    """Every rule's answer."""

    async def answer(body: RulesRequest) -> RulesReply:
        with SECONDS.time():
            return await run_in_threadpool(parts.rules.answer, body)

    json_route.add(app, "/v1/answer", RulesRequest, answer)
