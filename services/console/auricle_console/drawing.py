"""Templates into answers: language and session are the same for every page, so they are put in here."""

from typing import Any

from fastapi import Request
from starlette.responses import HTMLResponse

from auricle_console import sessions
from auricle_console.sessions import Session
from auricle_console.wiring import Parts
from auricle_console.wording import Wording, choose, wording

LANGUAGE_COOKIE = "auricle_language"


def parts_of(request: Request) -> Parts:
    """The parts that the app was made with."""
    parts: Parts = request.app.state.parts
    return parts


def session_of(request: Request) -> Session | None:
    """Who is logged in."""
    return parts_of(request).sessions.open(request.cookies.get(sessions.COOKIE))


def words_of(request: Request) -> Wording:
    """The page's language."""
    asked = request.headers.get("accept-language", "")
    default = parts_of(request).settings.console_language
    return wording(choose(request.cookies.get(LANGUAGE_COOKIE), asked, default))


def page(request: Request, template: str, *, status: int = 200, **context: Any) -> HTMLResponse:
    """A template as an answer."""
    parts, session, words = parts_of(request), session_of(request), words_of(request)
    here = request.url.path + (f"?{request.url.query}" if request.url.query else "")
    common = {
        "words": words,
        "session": session,
        "form_token": parts.sessions.form_token(session) if session else "",
        "path": request.url.path,
        "here": here,
        "status": status,
    }
    return HTMLResponse(parts.templates.get_template(template).render(common | context), status_code=status)
