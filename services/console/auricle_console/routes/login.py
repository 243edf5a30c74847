"""In with an API key, out, and the choice of language."""

from typing import Annotated, Literal

from fastapi import APIRouter, Form, Request
from starlette.responses import RedirectResponse, Response

from auricle_console import sessions
from auricle_console.drawing import LANGUAGE_COOKIE, page, session_of
from auricle_console.errors import LoginNeeded
from auricle_console.protection import check_origin
from auricle_console.routes.callers import OwnForm, PartsOf

router = APIRouter()
YEAR_SECONDS = 365 * 24 * 3600


def local(path: str) -> str:
    """A path of this page to go on to; anything that could lead elsewhere leads home."""
    inside = path.startswith("/") and not path.startswith(("//", "/\\")) and all(" " <= sign != "\\" for sign in path)
    return path if inside else "/"


@router.get("/login")
async def show_login(request: Request, next: str = "/") -> Response:  # noqa: A002
    """The form, or home for those who are in."""
    if session_of(request):
        return RedirectResponse(local(next), status_code=303)
    return page(request, "login.html", next=local(next), refused=False)


@router.post("/login")
async def log_in(
    request: Request,
    parts: PartsOf,
    key: Annotated[str, Form(max_length=512)] = "",
    next: Annotated[str, Form(max_length=2048)] = "/",  # noqa: A002
) -> Response:
    """The gateway decides whether the key is good; the cookie then carries it sealed."""
    check_origin(request)
    try:
        who = await parts.gateway(key.strip() or "none").whoami()
    except LoginNeeded:
        return page(request, "login.html", status=401, next=local(next), refused=True)
    session = parts.sessions.begin(key.strip(), who.workspace, who.scopes)
    answer = RedirectResponse(local(next), status_code=303)
    answer.set_cookie(
        sessions.COOKIE,
        parts.sessions.seal(session),
        max_age=parts.sessions.seconds,
        httponly=True,
        samesite="lax",
        secure=parts.settings.console_cookie_secure,
    )
    return answer


@router.post("/logout")
async def log_out(_: OwnForm) -> Response:
    """Forget the session."""
    answer = RedirectResponse("/login", status_code=303)
    answer.delete_cookie(sessions.COOKIE)
    return answer


@router.post("/language")
async def choose_language(
    request: Request,
    language: Annotated[Literal["ru", "en"], Form()],
    next: Annotated[str, Form(max_length=2048)] = "/",  # noqa: A002
) -> Response:
    """Remembered for a year."""
    check_origin(request)
    answer = RedirectResponse(local(next), status_code=303)
    answer.set_cookie(LANGUAGE_COOKIE, language, max_age=YEAR_SECONDS, httponly=True, samesite="lax")
    return answer
