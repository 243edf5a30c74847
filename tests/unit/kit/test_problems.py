"""Every error becomes a problem with a stable code, whatever the request was made of."""

from collections.abc import AsyncIterator

import httpx
import pytest
from auricle_contracts import Code, Problem
from auricle_kit.errors import AuricleError, DependencyUnavailable, NotFound
from auricle_kit.web import create_app
from pydantic import BaseModel


class Body(BaseModel):
    count: int


@pytest.fixture
async def client() -> AsyncIterator[httpx.AsyncClient]:
    app = create_app("test")

    @app.get("/missing")
    async def missing() -> None:
        raise NotFound("no such conversation")

    @app.get("/busy")
    async def busy() -> None:
        raise DependencyUnavailable("redis does not answer", action="Try again.", headers={"Retry-After": "2"})

    @app.get("/crash")
    async def crash() -> None:
        raise RuntimeError("with a secret inside")

    @app.post("/count")
    async def count(body: Body) -> int:
        return body.count

    transport = httpx.ASGITransport(app, raise_app_exceptions=False)
    async with httpx.AsyncClient(transport=transport, base_url="http://test") as client:
        yield client


async def problem(response: httpx.Response) -> Problem:
    assert response.headers["content-type"] == "application/problem+json"
    found = Problem.model_validate(response.json())
    assert found.status == response.status_code
    return found


async def test_an_auricle_error(client: httpx.AsyncClient) -> None:
    found = await problem(await client.get("/missing"))
    assert (found.status, found.code) == (404, Code.NOT_FOUND)


async def test_headers_and_action_travel(client: httpx.AsyncClient) -> None:
    response = await client.get("/busy")
    assert response.headers["retry-after"] == "2"
    assert (await problem(response)).action == "Try again."


async def test_an_unknown_error_says_nothing_of_itself(client: httpx.AsyncClient) -> None:
    response = await client.get("/crash")
    assert (await problem(response)).code == Code.INTERNAL
    assert "secret" not in response.text


async def test_an_unknown_route(client: httpx.AsyncClient) -> None:
    assert (await problem(await client.get("/nowhere"))).code == Code.NOT_FOUND
    assert (await problem(await client.put("/count"))).code == Code.METHOD_NOT_ALLOWED


@pytest.mark.parametrize(
    "body", [b"", b"{", b"[" * 5000, b'{"count": "\\ud800"}', b'{"count": "\\u0000"}', b'{"count": 1e999}', b"\xff\xfe"]
)
async def test_hostile_bodies(client: httpx.AsyncClient, body: bytes) -> None:
    response = await client.post("/count", content=body, headers={"content-type": "application/json"})
    assert (await problem(response)).code in (Code.INVALID_REQUEST, Code.INTERNAL)
    assert response.status_code < 500 or body.startswith(b"[")


def test_every_error_class_has_a_code_of_the_contract() -> None:
    def tree(kind: type[AuricleError]) -> set[type[AuricleError]]:
        return {kind}.union(*(tree(one) for one in kind.__subclasses__()))

    for kind in tree(AuricleError):
        assert isinstance(kind.code, Code)
        assert 400 <= kind.status < 600
