"""The console's app: pages, assets of its own, and errors that a person can read."""

from urllib.parse import quote

from auricle_contracts import Code
from auricle_kit import problems, web
from auricle_kit.errors import AuricleError
from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
from starlette.middleware.gzip import DEFAULT_EXCLUDED_CONTENT_TYPES, GZipMiddleware
from starlette.responses import PlainTextResponse, RedirectResponse, Response

from auricle_console import assets
from auricle_console.drawing import page, words_of
from auricle_console.errors import GatewaySaid, LoginNeeded
from auricle_console.protection import SecurityHeaders
from auricle_console.routes import (
    access,
    agent_page,
    agents,
    alerts,
    analytics,
    appeals,
    artefacts,
    bulk,
    calibration,
    canaries,
    coaching,
    conversations,
    dashboards,
    dry_runs,
    editors,
    findings,
    golden,
    golden_imports,
    judges,
    knowledge,
    login,
    notices,
    operations,
    oversight,
    people,
    quizzes,
    report,
    review,
    samples,
    trainings,
    uploads,
    views,
    workspace_settings,
)
from auricle_console.wiring import Parts

AS_THEY_ARE = (*DEFAULT_EXCLUDED_CONTENT_TYPES, "application/*")
"""Recordings, which are asked for by ranges, and files that are compressed already."""
Wrong = AuricleError | RequestValidationError | HTTPException


def create_app(parts: Parts) -> FastAPI:
    """The app over these parts."""
    app = web.create_app("console")
    app.state.parts = parts
    app.add_middleware(SecurityHeaders)
    app.add_middleware(GZipMiddleware, exclude_content_types=AS_THEY_ARE)
    for room in (
        assets,
        login,
        conversations,
        views,
        findings,
        bulk,
        review,
        appeals,
        uploads,
        samples,
        agents,
        notices,
        agent_page,
        quizzes,
        coaching,
        calibration,
        alerts,
        dashboards,
        analytics,
        people,
        access,
        artefacts,
        judges,
        canaries,
        trainings,
        dry_runs,
        editors,
        knowledge,
        golden,
        golden_imports,
        oversight,
        workspace_settings,
        operations,
        report,
    ):
        app.include_router(room.router)
    for kind in (AuricleError, RequestValidationError, HTTPException):
        app.add_exception_handler(kind, show_error)
    app.add_exception_handler(Exception, show_crash)
    return app


async def show_error(request: Request, error: Exception) -> Response:
    """Login when nobody is logged in, else a page, or for a player or program a line, that says what happened."""
    assert isinstance(error, Wrong)
    if isinstance(error, LoginNeeded):
        return _to_login(request)
    status, code, detail = _problem_of(error)
    if "text/html" in request.headers.get("accept", ""):
        return page(request, "error.html", status=status, code=code, detail=detail)
    return PlainTextResponse(words_of(request).known(f"code.{code}", detail), status)


async def show_crash(request: Request, error: Exception) -> Response:
    """Logged as in every service; a page for whoever looks by a browser."""
    answer = await problems.crashed(request, error)
    if "text/html" not in request.headers.get("accept", ""):
        return answer
    return page(request, "error.html", status=answer.status_code, code=Code.INTERNAL, detail="")


def _to_login(request: Request) -> Response:
    if "text/html" not in request.headers.get("accept", "") or request.headers.get("authorization"):
        return Response("log in first", status_code=401, media_type="text/plain")
    asked = request.url.path + (f"?{request.url.query}" if request.url.query else "")
    return RedirectResponse(f"/login?next={quote(asked)}", status_code=303)


def _problem_of(error: Wrong) -> tuple[int, str, str]:
    """Status, code and detail."""
    if isinstance(error, GatewaySaid):
        return error.said_status, error.said_code, error.detail
    if isinstance(error, HTTPException):
        return error.status_code, problems.CODES_BY_STATUS.get(error.status_code, Code.INVALID_REQUEST), ""
    if isinstance(error, AuricleError):
        return error.status, error.code, error.detail
    return 422, "invalid_request", "; ".join(str(one["msg"]) for one in error.errors()[:3])
