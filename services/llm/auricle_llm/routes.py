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
from auricle_llm.wiring import Parts

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
    return JSONResponse((await _call(parts, parts.engine.build_request("GET", "/health"))).json())


@router.get("/v1/models")
async def models(parts: Given) -> JSONResponse:
    """The names that can be asked. `meta.demo_weights` travels into every report."""
    entries = [_entry(parts, name) for name in parts.serving.models]
    return JSONResponse({"object": "list", "data": entries})


@router.post("/v1/chat/completions")
async def chat(request: Request, parts: Given) -> Response:
    """A completion by the named model, whole or as a stream."""
    body = await _body(request)
    name = body.get("model") or next(iter(parts.serving.models))
    scales = parts.serving.scales(str(name))
    if scales is None:
        raise UnknownModel(f"no model {str(name)[:64]!r} is served", action=f"one of {sorted(parts.serving.models)}")
    asked = {**bound(body), "model": name, "lora": scales}
    sent = parts.engine.build_request("POST", "/v1/chat/completions", json=asked)
    return await (_streamed(parts, sent) if body.get("stream") else _whole(parts, sent))


@router.post("/tokenize")
async def tokenize(request: Request, parts: Given) -> Response:
    """Token ids of `content` (llama.cpp) or `prompt` (vLLM)."""
    body = await _body(request)
    content = body.get("content", body.get("prompt", ""))
    sent = parts.engine.build_request("POST", "/tokenize", json={"content": content, "parse_special": False})
    return await _whole(parts, sent)


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
        "weights": parts.weights[name],
    }  # fmt: skip
    return {"id": name, "object": "model", "created": 0, "owned_by": "auricle", "meta": meta}


async def _whole(parts: Parts, sent: httpx.Request) -> Response:
    reply = await _call(parts, sent)
    return Response(reply.content, reply.status_code, media_type=reply.headers.get("content-type"))


async def _streamed(parts: Parts, sent: httpx.Request) -> Response:
    reply = await _call(parts, sent, stream=True)

    async def chunks() -> AsyncIterator[bytes]:
        try:
            async for chunk in reply.aiter_raw():
                yield chunk
        finally:
            await reply.aclose()

    return StreamingResponse(chunks(), reply.status_code, media_type=reply.headers.get("content-type"))


async def _call(parts: Parts, sent: httpx.Request, *, stream: bool = False) -> httpx.Response:
    try:
        return await parts.engine.send(sent, stream=stream)
    except httpx.HTTPError as error:
        raise EngineFailed(f"the engine does not answer ({type(error).__name__})") from None
