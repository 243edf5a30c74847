"""405 with every method that a path has: the router knows only the first route that it met, the document knows them all."""

import re
from functools import cache

from auricle_contracts import Code
from auricle_kit import problems
from fastapi import FastAPI, Request
from fastapi.responses import Response
from starlette.exceptions import HTTPException
from starlette.routing import compile_path


def install(app: FastAPI) -> None:
    """Answer 405 with a full Allow header."""

    @cache
    def documented() -> list[tuple[re.Pattern[str], str]]:
        paths = app.openapi()["paths"]
        return [
            (compile_path(path)[0], ", ".join(sorted(method.upper() for method in item)))
            for path, item in paths.items()
        ]

    async def method_not_allowed(request: Request, error: Exception) -> Response:
        assert isinstance(error, HTTPException)
        own = (error.headers or {}).get("Allow", "")
        allow = next((methods for pattern, methods in documented() if pattern.match(request.url.path)), own)
        return problems.render(problems.of(Code.METHOD_NOT_ALLOWED, 405, f"this path takes {allow}"), {"Allow": allow})

    app.add_exception_handler(405, method_not_allowed)
