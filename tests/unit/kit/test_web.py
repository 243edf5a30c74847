"""Health, readiness, metrics, spans, and a server that lets requests end."""

import asyncio
import json
from pathlib import Path

import httpx
import pytest
from auricle_kit import metrics, tracing
from auricle_kit.drain import Drain
from auricle_kit.web import create_app, health_server, serve

PORT = 18431


async def test_readiness_tells_what_is_missing() -> None:
    async def ready() -> dict[str, str]:
        return {"redis": "ok", "model": "asleep"}

    transport = httpx.ASGITransport(create_app("test", ready=ready))
    async with httpx.AsyncClient(transport=transport, base_url="http://test") as client:
        response = await client.get("/readyz")
        assert response.status_code == 503
        assert response.json()["checks"]["model"] == "asleep"
        assert (await client.get("/healthz")).json() == {"status": "ok", "service": "test"}
        assert "auricle_http_requests_total" in (await client.get("/metrics")).text


async def test_a_request_in_flight_ends_before_the_server() -> None:
    app = create_app("test")
    entered = asyncio.Event()

    @app.get("/slow")
    async def slow() -> str:
        entered.set()
        await asyncio.sleep(0.3)
        return "done"

    drain = Drain()
    running = asyncio.create_task(serve(app, "127.0.0.1", PORT, drain=drain))
    async with httpx.AsyncClient(base_url=f"http://127.0.0.1:{PORT}") as client:
        for _ in range(100):
            try:
                await client.get("/healthz")
                break
            except httpx.ConnectError:
                await asyncio.sleep(0.02)
        answer = asyncio.create_task(client.get("/slow"))
        await entered.wait()
        drain.stopping.set()
        assert (await answer).json() == "done"
    await running


async def test_the_health_server_opens_and_closes() -> None:
    async with health_server("worker", "127.0.0.1", PORT + 1), httpx.AsyncClient() as client:
        for _ in range(100):
            try:
                response = await client.get(f"http://127.0.0.1:{PORT + 1}/healthz")
                break
            except httpx.ConnectError:
                await asyncio.sleep(0.02)
        assert response.json()["service"] == "worker"
    async with httpx.AsyncClient() as client:
        with pytest.raises(httpx.ConnectError):
            await client.get(f"http://127.0.0.1:{PORT + 1}/healthz")


def test_a_trace_goes_on_where_the_traceparent_says(tmp_path: Path) -> None:
    exporter = tracing.FileSpanExporter(tmp_path / "traces.jsonl")
    parent = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"
    tracing.configure("test")
    with tracing.span("work", parent, run="r1") as span:
        assert tracing.traceparent().split("-")[1] == parent.split("-")[1]
    exporter.export([span])  # type: ignore[list-item]
    facts = json.loads((tmp_path / "traces.jsonl").read_text())
    assert facts["trace_id"] == parent.split("-")[1]
    assert facts["parent_id"] == parent.split("-")[2]
    assert facts["attributes"] == {"run": "r1"}


def test_metrics_are_ours_and_known() -> None:
    metrics.counter("auricle_test_things", "Things of this test.")
    assert metrics.known()["auricle_test_things"] == "Things of this test."
    with pytest.raises(ValueError, match="auricle_"):
        metrics.gauge("things", "A name that is not ours.")
