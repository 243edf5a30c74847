"""The console's app: pages, assets of its own, and errors that a person can read."""

from importlib.resources import files
from urllib.parse import quote

from auricle_kit import web
from auricle_kit.errors import AuricleError
from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from starlette.responses import RedirectResponse, Response
from starlette.staticfiles import StaticFiles

from auricle_console.drawing import page
from auricle_console.errors import GatewaySaid, LoginNeeded
from auricle_console.protection import SecurityHeaders
from auricle_console.routes import agents, conversations, dashboards, login, operations, report
from auricle_console.wiring import Parts

Wrong = AuricleError | RequestValidationError


def create_app(parts: Parts) -> FastAPI:
    """The app over these parts."""
    app = web.create_app("console")
    app.state.parts = parts
    app.add_middleware(SecurityHeaders)
    app.mount("/static", StaticFiles(directory=str(files("auricle_console") / "static")), name="static")
    for room in (login, conversations, agents, dashboards, operations, report):
        app.include_router(room.router)
    app.add_exception_handler(AuricleError, show_error)
    app.add_exception_handler(RequestValidationError, show_error)
    return app


async def show_error(request: Request, error: Exception) -> Response:
    """Login when nobody is logged in, else a page that says what happened and what its code is."""
    assert isinstance(error, Wrong)
    if isinstance(error, LoginNeeded):
        return _to_login(request)
    status, code, detail = _said(error)
    return page(request, "error.html", status=status, code=code, detail=detail)


def _to_login(request: Request) -> Response:
    if "text/html" not in request.headers.get("accept", "") or request.headers.get("authorization"):
        return Response("log in first", status_code=401, media_type="text/plain")
    asked = request.url.path + (f"?{request.url.query}" if request.url.query else "")
    return RedirectResponse(f"/login?next={quote(asked)}", status_code=303)


def _said(error: Wrong) -> tuple[int, str, str]:
    """Status, code and detail."""
    if isinstance(error, GatewaySaid):
        return error.said_status, error.said_code, error.detail
    if isinstance(error, AuricleError):
        return error.status, error.code, error.detail
    return 422, "invalid_request", "; ".join(str(one["msg"]) for one in error.errors()[:3])
