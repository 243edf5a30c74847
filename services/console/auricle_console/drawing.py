"""Templates into answers: language and session are the same for every page, so they are put in here."""

from typing import Any

from fastapi import Request
from starlette.responses import HTMLResponse

from auricle_console import sessions
from auricle_console.formatting import zone_name
from auricle_console.sessions import Session
from auricle_console.views.shell import section_of, sections_for
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
    settings = parts_of(request).settings
    language = choose(request.cookies.get(LANGUAGE_COOKIE), asked, settings.console_language)
    return wording(language, settings.console_timezone)


def address(request: Request) -> str:
    """Where a browser may come back to by GET: a form's answer belongs to the conversation, or page, above it."""
    path, query = request.url.path, request.url.query
    if request.method not in {"GET", "HEAD"}:
        return path.rpartition("/")[0] if path.startswith("/conversations/") else "/"
    return f"{path}?{query}" if query else path


def page(request: Request, template: str, *, status: int = 200, **context: Any) -> HTMLResponse:
    """A template as an answer."""
    parts, session, words = parts_of(request), session_of(request), words_of(request)
    common = {
        "words": words,
        "session": session,
        "form_token": parts.sessions.form_token(session) if session else "",
        "path": request.url.path,
        "here": address(request),
        "status": status,
        "zone": zone_name(words),
        "sections": sections_for(session),
        "section": section_of(request.url.path),
    }
    return HTMLResponse(parts.templates.get_template(template).render(common | context), status_code=status)
