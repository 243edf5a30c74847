"""POST /v1/answer, POST /v1/check."""

from auricle_contracts import RuleChanges, RuleFaults, RulesReply, RulesRequest
from auricle_kit import json_route, metrics
from fastapi import FastAPI
from starlette.concurrency import run_in_threadpool

from auricle_rules.wiring import Parts

SECONDS = metrics.histogram("auricle_rules_seconds", "Seconds that the whole rule set takes on one conversation.")


def add(app: FastAPI, parts: Parts) -> None:
    """Every rule's answer, by what the request brings in the place of released rules; and whether such changes can be used."""

    def answered(body: RulesRequest) -> RulesReply:
        rules = parts.rule_sets.of(body.changes)
        with SECONDS.time():
            return rules.answer(body)

    async def answer(body: RulesRequest) -> RulesReply:
        return await run_in_threadpool(answered, body)

    async def check(body: RuleChanges) -> RuleFaults:
        return await run_in_threadpool(parts.rule_sets.check, body)

    json_route.add(app, "/v1/answer", RulesRequest, answer)
    json_route.add(app, "/v1/check", RuleChanges, check)
