"""The HTTP surface: OpenAI's routes, llama.cpp's `/tokenize`, and the platform's health and metrics."""

import httpx
from auricle_kit import web
from fastapi import FastAPI

from auricle_llm import routes
from auricle_llm.wiring import Parts


def create(parts: Parts) -> FastAPI:
    """The app over a running engine."""

    async def ready() -> dict[str, str]:
        return {"engine": await _engine_state(parts.engine)}

    app = web.create_app("llm", ready=ready)
    app.state.parts = parts
    app.include_router(routes.router)
    return app


async def _engine_state(engine: httpx.AsyncClient) -> str:
    try:
        reply = await engine.get("/health", timeout=2.0)
    except httpx.HTTPError:
        return "unreachable"
    return "ok" if reply.status_code == httpx.codes.OK else "loading"
