"""How OpenAPI tells which problems a route can answer with; FastAPI's own validation error is replaced by ours."""

from typing import Any

from auricle_contracts import Code, ConversationIn, Problem
from auricle_kit import problems
from fastapi import FastAPI
from fastapi.openapi.utils import get_openapi
from pydantic import BaseModel
from pydantic.json_schema import models_json_schema

Responses = dict[int | str, dict[str, Any]]
MEANINGS: dict[int, tuple[Code, str]] = {
    400: (Code.INVALID_REQUEST, "The body cannot be read as what it says it is."),
    401: (Code.UNAUTHENTICATED, "No valid key or session."),
    403: (Code.FORBIDDEN, "The key or the role lacks the scope."),
    404: (Code.NOT_FOUND, "Not in this workspace."),
    409: (Code.STILL_RECEIVING, "It contradicts what is there, or comes too early; `code` says which."),
    410: (Code.GONE, "It was deleted."),
    413: (Code.BODY_TOO_LARGE, "The body is too large."),
    415: (Code.UNSUPPORTED_MEDIA_TYPE, "A body of a kind that this route does not take."),
    416: (Code.RANGE_NOT_SATISFIABLE, "The range starts behind the end."),
    422: (Code.INVALID_REQUEST, "Well-formed, and wrong: `errors` lists the fields."),
    424: (Code.FETCH_FAILED, "The recording_url did not give a recording."),
    429: (Code.RATE_LIMITED, "Too many requests; see Retry-After."),
    503: (Code.STORE_UNAVAILABLE, "A store does not answer; ask again."),
    507: (Code.QUOTA_EXCEEDED, "The workspace keeps as much as it may; delete something first."),
}
_read_by_hand: list[type[BaseModel]] = [ConversationIn]
EVERYWHERE = (401, 403, 422, 429, 503)


def of(*statuses: int) -> Responses:
    """The problems that every route with a key has, and these."""
    return {status: _response(status) for status in sorted({*EVERYWHERE, *statuses})}


def _response(status: int) -> dict[str, Any]:
    code, meaning = MEANINGS[status]
    example = problems.of(code, status, meaning).model_dump(mode="json", exclude_defaults=True)
    schema = {"$ref": "#/components/schemas/Problem"}
    return {"description": meaning, "content": {problems.MEDIA_TYPE: {"schema": schema, "example": example}}}


def json_body(model: type[BaseModel], example: dict[str, Any]) -> dict[str, Any]:
    """`openapi_extra` of a route that reads its JSON body by itself (`bodies.read_json`: bounded, and strict about its type)."""
    _read_by_hand.append(model)
    schema = {"$ref": f"#/components/schemas/{model.__name__}"}
    return {"requestBody": {"required": True, "content": {"application/json": {"schema": schema, "example": example}}}}


def install(app: FastAPI) -> None:
    """Let the app describe itself with our problems."""

    def openapi() -> dict[str, Any]:
        if app.openapi_schema is None:
            app.openapi_schema = _described(app)
        return app.openapi_schema

    app.openapi = openapi  # type: ignore[method-assign]  # FastAPI's documented way to extend OpenAPI


def _described(app: FastAPI) -> dict[str, Any]:
    document = get_openapi(
        title=app.title, version=app.version, description=app.description, routes=app.routes, tags=app.openapi_tags
    )
    schemas = document.setdefault("components", {}).setdefault("schemas", {})
    for unused in ("HTTPValidationError", "ValidationError"):
        schemas.pop(unused, None)
    schemas |= _schemas_by_hand()
    return document


def _schemas_by_hand() -> dict[str, Any]:
    """Models that routes read or answer with by themselves, where FastAPI does not see them."""
    reference = "#/components/schemas/{model}"
    _, read = models_json_schema([(model, "validation") for model in _read_by_hand], ref_template=reference)
    _, written = models_json_schema([(Problem, "serialization")], ref_template=reference)
    found: dict[str, Any] = read["$defs"] | written["$defs"]
    return found
