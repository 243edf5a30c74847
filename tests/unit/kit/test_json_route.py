"""A route between services: bytes in, bytes out; what is no such body is the problem that every other route gives."""

import httpx
import pytest
from auricle_kit import json_route
from auricle_kit.errors import InvalidRequest
from auricle_kit.web import create_app
from pydantic import BaseModel


class Asked(BaseModel, extra="forbid"):
    """A request."""

    words: tuple[str, ...]


class Told(BaseModel):
    """An answer."""

    count: int
    first: str | None


async def told(asked: Asked) -> Told:
    """How many, and the first; none at all is refused."""
    if not asked.words:
        raise InvalidRequest("no words")
    return Told(count=len(asked.words), first=asked.words[0])


async def post(content: bytes) -> httpx.Response:
    app = create_app("test")
    json_route.add(app, "/v1/told", Asked, told)
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://test") as client:
        return await client.post("/v1/told", content=content)


async def test_an_answer_is_json() -> None:
    reply = await post('{"words": ["да", "нет"]}'.encode())
    assert (reply.status_code, reply.json()) == (200, {"count": 2, "first": "да"})
    assert reply.headers["content-type"] == "application/json"


@pytest.mark.parametrize(
    ("content", "at"),
    [
        (b"", "body"),
        (b"{", "body"),
        (b"[]", "body"),
        (b"{}", "body.words"),
        (b'{"words": [1]}', "body.words.0"),
        (b'{"words": [], "more": 1}', "body.more"),
    ],
)
async def test_a_wrong_body_is_told_where(content: bytes, at: str) -> None:
    reply = await post(content)
    problem = reply.json()
    assert (reply.status_code, problem["code"]) == (422, "invalid_request")
    assert problem["errors"][0]["at"] == at
    assert reply.headers["content-type"] == "application/problem+json"


async def test_a_body_that_is_no_text_is_told_so() -> None:
    reply = await post(b'{"words": ["\xff"]}')
    assert (reply.status_code, reply.json()["code"]) == (400, "invalid_request")


async def test_a_refusal_is_the_usual_problem() -> None:
    reply = await post(b'{"words": []}')
    assert (reply.status_code, reply.json()["detail"]) == (422, "no words")
