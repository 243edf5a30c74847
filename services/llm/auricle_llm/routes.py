"""A thin proxy: the model's name becomes llama.cpp's per-request `lora` field, everything else passes unchanged."""

import json
from collections.abc import AsyncIterator
from typing import Annotated, Any

import httpx
from auricle_kit.errors import InvalidRequest
from fastapi import APIRouter, Depends, Request
from fastapi.responses import JSONResponse, Response, StreamingResponse

from auricle_llm.engine import grammar_of
from auricle_llm.errors import EngineFailed, UnknownModel
from auricle_llm.wiring import Engine, Parts

MAX_BODY_BYTES = 8 * 1024 * 1024
router = APIRouter()


def parts_of(request: Request) -> Parts:
    """The parts that wiring made."""
    parts: Parts = request.app.state.parts
    return parts


Given = Annotated[Parts, Depends(parts_of)]


@router.get("/health")
async def health(parts: Given) -> JSONResponse:
    """llama.cpp's spelling of readiness."""
    return JSONResponse((await _call(parts.engine, parts.engine.build_request("GET", "/health"))).json())


@router.get("/v1/models")
async def models(parts: Given) -> JSONResponse:
    """The names that can be asked. `meta.demo_weights` travels into every report."""
    await parts.look()
    entries = [_entry(parts, name) for name in parts.serving.models]
    return JSONResponse({"object": "list", "data": entries})


@router.post("/v1/chat/completions")
async def chat(request: Request, parts: Given) -> Response:
    """A completion by the named model, whole or as a stream."""
    body = await _body(request)
    name = body.get("model") or next(iter(parts.serving.models))
    if name not in parts.serving.models:
        await parts.look()
    engine = parts.enter()
    try:
        scales = engine.serving.scales(str(name))
        if scales is None:
            known = sorted(engine.serving.models)
            raise UnknownModel(f"no model {str(name)[:64]!r} is served", action=f"one of {known}")
        asked = {**bound(body), "model": name, "lora": scales}
        sent = engine.client.build_request("POST", "/v1/chat/completions", json=asked)
        if body.get("stream"):
            return await _streamed(engine, sent)
        return await _whole(engine.client, sent)
    finally:
        await engine.leave()


@router.post("/tokenize")
async def tokenize(request: Request, parts: Given) -> Response:
    """Token ids of `content` (llama.cpp) or `prompt` (vLLM)."""
    body = await _body(request)
    content = body.get("content", body.get("prompt", ""))
    sent = parts.engine.build_request("POST", "/tokenize", json={"content": content, "parse_special": False})
    return await _whole(parts.engine, sent)


def bound(body: dict[str, Any]) -> dict[str, Any]:
    """The request with OpenAI's `json_schema` response format put as the engine's grammar."""
    wanted = body.get("response_format")
    if not isinstance(wanted, dict) or wanted.get("type") != "json_schema":
        return body
    described = wanted.get("json_schema")
    schema = described.get("schema") if isinstance(described, dict) else None
    if not isinstance(schema, dict):
        raise InvalidRequest("response_format.json_schema.schema must be an object")
    return {key: value for key, value in body.items() if key != "response_format"} | {"grammar": grammar_of(schema)}


async def _body(request: Request) -> dict[str, Any]:
    raw = bytearray()
    async for chunk in request.stream():
        raw += chunk
        if len(raw) > MAX_BODY_BYTES:
            raise InvalidRequest(f"the body is larger than {MAX_BODY_BYTES} bytes")
    try:
        body = json.loads(raw)
    except (ValueError, RecursionError):
        raise InvalidRequest("the body is not JSON") from None
    if not isinstance(body, dict):
        raise InvalidRequest("the body is not a JSON object")
    return body


def _entry(parts: Parts, name: str) -> dict[str, Any]:
    variant = parts.serving.models[name]
    meta = {
        "demo_weights": parts.serving.demo_weights, "n_ctx": parts.context, "adapter": variant.adapter,
        "weights": parts.weights[name], "reasoning": variant.reasoning.value,
    }  # fmt: skip
    return {"id": name, "object": "model", "created": 0, "owned_by": "auricle", "meta": meta}


async def _whole(client: httpx.AsyncClient, sent: httpx.Request) -> Response:
    reply = await _call(client, sent)
    return Response(reply.content, reply.status_code, media_type=reply.headers.get("content-type"))


async def _streamed(engine: Engine, sent: httpx.Request) -> Response:
    """The engine stays until the last word."""
    reply = await _call(engine.client, sent, stream=True)
    engine.waiting += 1

    async def chunks() -> AsyncIterator[bytes]:
        try:
            async for chunk in reply.aiter_raw():
                yield chunk
        finally:
            await reply.aclose()
            await engine.leave()

    return StreamingResponse(chunks(), reply.status_code, media_type=reply.headers.get("content-type"))


async def _call(client: httpx.AsyncClient, sent: httpx.Request, *, stream: bool = False) -> httpx.Response:
    try:
        return await client.send(sent, stream=stream)
    except httpx.HTTPError as error:
        raise EngineFailed(f"the engine does not answer ({type(error).__name__})") from None
