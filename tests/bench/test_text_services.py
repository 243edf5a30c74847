"""CPU of one request to compressor and rules: the work itself, their route around it, and FastAPI's own route around the same work.

FastAPI's route is the named alternative: it parses JSON into dictionaries, validates them, and validates the answer again. All three
take turns in one run, each request's least time of several rounds counts, and no socket is in between. Writes
docs/evidence/text-services.json.
"""

import asyncio
import json
import os
import time
from collections.abc import Awaitable, Callable, Sequence
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from auricle_compressor import routes as compressor_routes
from auricle_compressor import wiring as compressor_wiring
from auricle_compressor.settings import CompressorSettings
from auricle_contracts import Channel, CompressRequest, Contract, Role, RulesRequest, Transcript, Turn
from auricle_kit import json_route, web
from auricle_rules import wiring as rules_wiring
from auricle_rules.settings import RulesSettings
from fastapi import FastAPI
from fixtures.storm import load
from pydantic import BaseModel

pytestmark = [pytest.mark.bench, pytest.mark.timeout(900)]
EVIDENCE = Path("docs/evidence/text-services.json")
PROMPTS = Path("prompts")
CHATS, ROUNDS = 20, 15
Handle = Callable[[Any], Awaitable[BaseModel]]
Once = Callable[[], Awaitable[None]]


def transcript(number: int) -> Transcript:
    """An eight-turn chat of the storm."""
    posted = json.loads(load.mixture(number, 5)[3].content)
    roles = {"a": Role.AGENT, "c": Role.CUSTOMER}
    turns = [
        Turn(id=place, participant=turn["participant"], role=roles[turn["participant"]], text=turn["text"])
        for place, turn in enumerate(posted["turns"], start=1)
    ]
    return Transcript(conversation_id=f"bench-{number}", language="ru", turns=tuple(turns))


def with_route(kind: type[Contract], handle: Handle) -> FastAPI:
    """As the services are."""
    app = web.create_app("bench")
    json_route.add(app, "/ask", kind, handle)
    return app


def with_fastapi_route(kind: type[Contract], handle: Handle, answer: type[BaseModel]) -> FastAPI:
    """The same work behind `@app.post`."""
    app = web.create_app("bench")

    async def endpoint(body: Any) -> Any:
        return await handle(body)

    endpoint.__annotations__ = {"body": kind, "return": answer}
    app.post("/ask")(endpoint)
    return app


async def post(app: FastAPI, body: bytes) -> None:
    """One request, as the server hands it to the app."""
    sent: list[Any] = []
    waiting = [{"type": "http.request", "body": body, "more_body": False}]

    async def receive() -> Any:
        return waiting.pop() if waiting else {"type": "http.disconnect"}

    async def send(message: Any) -> None:
        sent.append(message)

    headers = [(b"content-type", b"application/json"), (b"content-length", str(len(body)).encode())]
    scope = {
        "type": "http", "asgi": {"version": "3.0"}, "http_version": "1.1", "method": "POST", "scheme": "http", "path": "/ask",
        "raw_path": b"/ask", "query_string": b"", "root_path": "", "headers": headers,
        "client": ("127.0.0.1", 1), "server": ("127.0.0.1", 2),
    }  # fmt: skip
    await app(scope, receive, send)
    assert sent[0]["status"] == 200, sent


async def least(ways: dict[str, Sequence[Once]]) -> dict[str, float]:
    """Milliseconds of CPU of one request, each way: the mean over requests of their least times."""
    best = {name: [float("inf")] * len(requests) for name, requests in ways.items()}
    for _ in range(ROUNDS):
        for name, requests in ways.items():
            for place, once in enumerate(requests):
                began = time.process_time()
                await once()
                best[name][place] = min(best[name][place], time.process_time() - began)
    return {name: round(1000 * sum(times) / len(times), 2) for name, times in best.items()}


async def measured(kind: type[Contract], handle: Handle, requests: Sequence[Contract]) -> dict[str, float]:
    """The work alone, behind our route, behind FastAPI's."""
    answer = type(await handle(requests[0]))
    ours, theirs = with_route(kind, handle), with_fastapi_route(kind, handle, answer)

    async def work(request: Contract) -> None:
        await handle(request)

    bodies = [request.model_dump_json().encode() for request in requests]
    return await least(
        {
            "work": [partial(work, request) for request in requests],
            "route": [partial(post, ours, body) for body in bodies],
            "fastapi_route": [partial(post, theirs, body) for body in bodies],
        }
    )


async def both() -> dict[str, dict[str, float]]:
    """Of each service, over the shipped prompts; the compressor counts tokens by its approximation."""
    chats = [transcript(number) for number in range(CHATS)]
    async with (
        compressor_wiring.wire(CompressorSettings(prompts_dir=PROMPTS, model_url="")) as cutting,
        rules_wiring.wire(RulesSettings(prompts_dir=PROMPTS)) as ruling,
    ):

        async def compress(body: CompressRequest) -> BaseModel:
            return await compressor_routes.compress_transcript(cutting, body)

        async def answer(body: RulesRequest) -> BaseModel:
            return await asyncio.to_thread(ruling.rule_sets.released.answer, body)

        return {
            "compressor": await measured(CompressRequest, compress, [CompressRequest(transcript=one) for one in chats]),
            "rules": await measured(
                RulesRequest, answer, [RulesRequest(transcript=one, channel=Channel.CHAT) for one in chats]
            ),
        }


def test_the_route_costs_less_than_fastapis_own() -> None:
    figures = asyncio.run(both())
    evidence = {
        "command": "make bench, or pytest -m bench tests/bench/test_text_services.py",
        "date": datetime.now(UTC).date().isoformat(),
        "machine": f"{os.cpu_count()} cores, Linux x86-64, load {os.getloadavg()[0]:.1f} at the end",
        "requests": f"{CHATS} chats of 8 turns, the least time of {ROUNDS} rounds of each",
        "cpu_ms_per_request": figures,
    }
    print(json.dumps(evidence, indent=2))
    EVIDENCE.write_text(json.dumps(evidence, indent=2) + "\n")
    assert all(one["route"] < one["fastapi_route"] for one in figures.values()), figures
