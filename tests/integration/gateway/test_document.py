"""docs/openapi.json is what the app says of itself, and every route says which problems it has."""

import json
from pathlib import Path

import pytest
from auricle_gateway.app import create_app

DOCUMENT = create_app().openapi()
COMMITTED = Path(__file__).parents[3] / "docs" / "openapi.json"
OPERATIONS = [
    (method, path, operation)
    for path, item in DOCUMENT["paths"].items()
    for method, operation in item.items()
    if method in ("get", "post", "put", "patch", "delete")
]


def test_the_committed_document_is_fresh() -> None:
    assert json.loads(COMMITTED.read_text()) == DOCUMENT, (
        "write it again: python -m auricle_gateway openapi > docs/openapi.json"
    )


@pytest.mark.parametrize(("method", "path", "operation"), OPERATIONS)
def test_every_route_declares_its_problems(method: str, path: str, operation: dict[str, object]) -> None:
    assert operation["summary"], (method, path)
    responses = operation["responses"]
    assert isinstance(responses, dict)
    problems = {status: one for status, one in responses.items() if status >= "400"}
    assert {"401", "403", "422", "429", "503"} <= problems.keys()
    assert all("application/problem+json" in one["content"] for one in problems.values())
    if "{" in path:
        assert "404" in problems


def test_references_lead_somewhere() -> None:
    schemas = DOCUMENT["components"]["schemas"]
    text = json.dumps(DOCUMENT)
    named = {piece.split('"')[0] for piece in text.split("#/components/schemas/")[1:]}
    assert named <= schemas.keys()
    assert "HTTPValidationError" not in text
