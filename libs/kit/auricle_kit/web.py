"""What every HTTP surface has: health, metrics, problems, one span a request; and a server that drains."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager, nullcontext
from typing import Any

import uvicorn
from fastapi import FastAPI
from fastapi.responses import JSONResponse, Response
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest
from starlette.types import ASGIApp, Receive, Scope, Send

from auricle_kit import log, metrics, problems, tracing
from auricle_kit.drain import Drain

logger = log.get("web")
Ready = Callable[[], Awaitable[dict[str, str]]]
Lifespan = Callable[[FastAPI], AbstractAsyncContextManager[Any]]
REQUESTS = metrics.counter(
    "auricle_http_requests", "HTTP requests by service, method and status.", ("service", "method", "status")
)
QUIET_PATHS = frozenset({"/healthz", "/readyz", "/metrics"})


LAST_WORDS_S = 2.0
"""For what a request that is cut off still takes back, after the grace and before the lifespan closes its stores."""
InFlight = set[asyncio.Task[Any]]


class Telemetry:
    """One server span and one count a request, and the list of those in flight; probes are left out."""

    def __init__(self, app: ASGIApp, service: str, in_flight: InFlight) -> None:
        self.app = app
        self.service = service
        self.in_flight = in_flight

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or scope["path"] in QUIET_PATHS:
            await self.app(scope, receive, send)
            return
        status = [500]
        if task := asyncio.current_task():
            self.in_flight.add(task)
            task.add_done_callback(self.in_flight.discard)

        async def remember(message: Any) -> None:
            if message["type"] == "http.response.start":
                status[0] = message["status"]
            await send(message)

        parent = dict(scope["headers"]).get(b"traceparent", b"").decode("latin-1")
        with tracing.span(f"{self.service} {scope['method']}", parent) as span:
            try:
                await self.app(scope, receive, remember)
            finally:
                span.set_attribute("http.response.status_code", status[0])
                route = scope.get("route")
                span.set_attribute("http.route", getattr(route, "path", ""))
                REQUESTS.labels(self.service, scope["method"], str(status[0])).inc()


def create_app(service: str, *, lifespan: Lifespan | None = None, ready: Ready | None = None, **kwargs: Any) -> FastAPI:
    """An app with `/healthz` (the process lives), `/readyz` (200 when every value of `ready()` is "ok"), `/metrics`, problems."""
    kwargs.setdefault("openapi_url", None)
    # `Telemetry` below is the one span a request; FastAPI's own would double it, and its logs carry exception messages.
    kwargs.setdefault("telemetry", {"tracing": False, "metrics": False, "logs": False, "operation_spans": False})
    in_flight: InFlight = set()
    app = FastAPI(title=f"Auricle {service}", lifespan=_outliving(in_flight, lifespan), **kwargs)
    problems.install(app)
    app.add_middleware(Telemetry, service=service, in_flight=in_flight)

    @app.get("/healthz", include_in_schema=False)
    async def healthz() -> dict[str, str]:
        return {"status": "ok", "service": service}

    @app.get("/readyz", include_in_schema=False)
    async def readyz() -> JSONResponse:
        checks = await ready() if ready else {}
        fine = all(value == "ok" for value in checks.values())
        return JSONResponse({"ready": fine, "checks": checks}, status_code=200 if fine else 503)

    @app.get("/metrics", include_in_schema=False)
    async def metrics_page() -> Response:
        return Response(generate_latest(), media_type=CONTENT_TYPE_LATEST)

    return app


def _outliving(in_flight: InFlight, lifespan: Lifespan | None) -> Lifespan:
    """The lifespan, open until the requests that uvicorn cancelled have ended: uvicorn itself does not wait for them."""

    @asynccontextmanager
    async def outliving(app: FastAPI) -> AsyncIterator[Any]:
        async with lifespan(app) if lifespan else nullcontext() as state:
            yield state
            if in_flight:
                await asyncio.wait(in_flight, timeout=LAST_WORDS_S)

    return outliving


class _Server(uvicorn.Server):
    """uvicorn without its own signal handlers: `Drain` owns them."""

    def capture_signals(self) -> Any:
        """Uvicorn's hook since 0.29, here a context that captures nothing."""
        return nullcontext()


def _server(app: FastAPI, host: str, port: int, grace_seconds: float, trusted_proxies: Sequence[str] = ()) -> _Server:
    config = uvicorn.Config(
        app, host=host, port=port, log_config=None, access_log=False, timeout_graceful_shutdown=int(grace_seconds),
        server_header=False, h11_max_incomplete_event_size=64 * 1024,
        proxy_headers=bool(trusted_proxies), forwarded_allow_ips=list(trusted_proxies),
    )  # fmt: skip
    return _Server(config)


async def serve(
    app: FastAPI,
    host: str,
    port: int,
    *,
    drain: Drain | None = None,
    grace_seconds: float = 20.0,
    trusted_proxies: Sequence[str] = (),
) -> None:
    """Serve until a signal, then let requests in flight end within the grace. `trusted_proxies`: networks whose X-Forwarded-For is
    believed.
    """
    stop = drain or Drain().install()
    server = _server(app, host, port, grace_seconds, trusted_proxies)
    running = asyncio.create_task(server.serve())
    waiting = asyncio.create_task(stop.stopping.wait())
    await asyncio.wait({running, waiting}, return_when=asyncio.FIRST_COMPLETED)
    server.should_exit = True
    waiting.cancel()
    await running


@asynccontextmanager
async def health_server(service: str, host: str, port: int, ready: Ready | None = None) -> AsyncIterator[FastAPI]:
    """Health and metrics beside a worker's loop; port 0 turns it off."""
    app = create_app(service, ready=ready)
    if port == 0:
        yield app
        return
    server = _server(app, host, port, 1.0)
    running = asyncio.create_task(server.serve())
    try:
        yield app
    finally:
        server.should_exit = True
        await running
