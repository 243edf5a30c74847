"""The application: routes, problems, health. No logic."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from auricle_kit import web
from auricle_kit.errors import AuricleError
from fastapi import FastAPI

from auricle_gateway.parts import Parts
from auricle_gateway.rest import method_not_allowed, problem_docs
from auricle_gateway.settings import GatewaySettings
from auricle_gateway.v1 import v1
from auricle_gateway.wiring import open_parts

DESCRIPTION = """Conversations of a contact centre in, evaluations with evidence out.

Errors are problems (RFC 9457) with a stable `code`. Ids of other workspaces do not exist for a key."""
DOCUMENT = "/v1/openapi.json"


def create_app(settings: GatewaySettings | None = None) -> FastAPI:
    """The app; without settings it can describe itself and do nothing else."""

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        assert settings is not None, "an app without settings is for its OpenAPI document only"
        async with open_parts(settings) as parts:
            app.state.parts = parts
            yield

    async def ready() -> dict[str, str]:
        return await readiness(app.state.parts)

    app = web.create_app(
        "gateway",
        lifespan=lifespan,
        ready=ready,
        version="1",
        description=DESCRIPTION,
        openapi_url=DOCUMENT,
        docs_url=None,
        redoc_url=None,
    )
    app.include_router(v1())
    problem_docs.install(app)
    method_not_allowed.install(app)
    return app


async def readiness(parts: Parts) -> dict[str, str]:
    """Postgres and the blob store must answer. Redis may be away: what comes in meanwhile is fed by keeper."""
    checks = {"postgres": parts.db.check, "blobs": parts.store.check}
    found: dict[str, str] = {}
    for name, check in checks.items():
        try:
            await check()
            found[name] = "ok"
        except AuricleError as error:
            found[name] = error.code.value
    return found
