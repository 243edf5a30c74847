"""The routes of /v1, one module a noun. Each parses, calls the domain or records, and shapes the reply."""

from fastapi import APIRouter

from auricle_gateway.routes import (
    agents,
    compression,
    conversations,
    dashboards,
    exports,
    intake,
    labels,
    masking,
    queues,
    recordings,
    results,
    runs,
    shifts,
    uploads,
    webhooks,
    whoami,
)

MODULES = (
    intake,
    conversations,
    results,
    recordings,
    uploads,
    agents,
    labels,
    masking,
    compression,
    exports,
    runs,
    webhooks,
    queues,
    shifts,
    dashboards,
    whoami,
)


def v1() -> APIRouter:
    """All of them under /v1."""
    router = APIRouter(prefix="/v1")
    for module in MODULES:
        router.include_router(module.router)
    return router
