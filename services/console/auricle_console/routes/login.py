"""In as a person or with an API key, out, and the choice of language."""

from contextlib import suppress
from typing import Annotated, Literal

from auricle_kit.errors import AuricleError
from fastapi import APIRouter, Form, Request
from starlette.responses import RedirectResponse, Response

from auricle_console import sessions
from auricle_console.drawing import LANGUAGE_COOKIE, page, session_of
from auricle_console.errors import Forged, GatewaySaid, LoginNeeded
from auricle_console.protection import check_origin
from auricle_console.replies import NewSession, OidcFlow, SignInMethods
from auricle_console.routes.callers import OwnForm, PartsOf
from auricle_console.sessions import Session
from auricle_console.sign_in import SignIn
from auricle_console.wiring import Parts

router = APIRouter()
YEAR_SECONDS = 365 * 24 * 3600
FLOW_COOKIE = "auricle_flow"
FLOW_SECONDS = 600
Short = Annotated[str, Form(max_length=512)]
Long = Annotated[str, Form(max_length=2048)]


def local(path: str) -> str:
    """A path of this page to go on to; anything that could lead elsewhere leads home."""
    inside = path.startswith("/") and not path.startswith(("//", "/\\")) and all(" " <= sign != "\\" for sign in path)
    return path if inside else "/"


@router.get("/login")
async def show_login(
    request: Request,
    parts: PartsOf,
    next: str = "/",  # noqa: A002
    another: bool = False,
) -> Response:
    """The form, or home for those who are in. `another`: into another workspace; a name in one proves nothing in another, so the
    password, or the identity provider, is asked again.
    """
    if session_of(request) and not another:
        return RedirectResponse(local(next), status_code=303)
    return await _form(request, parts, next, another=another)


@router.post("/login")
async def log_in(
    request: Request,
    parts: PartsOf,
    key: Short = "",
    email: Short = "",
    password: Long = "",
    code: Short = "",
    workspace: Short = "",
    next: Long = "/",  # noqa: A002
) -> Response:
    """The gateway decides whether it is good; the cookie then carries the key, or the session's token, sealed."""
    check_origin(request)
    if email.strip():
        said = {"email": email.strip(), "password": password, "code": code.strip(), "workspace": workspace.strip()}
        try:
            begun = await SignIn(parts.client).by_password(said)
        except GatewaySaid as error:
            return await _form(request, parts, next, refused=error, email=email.strip())
        await _leave(request, parts)
        return await _entered(parts, begun, next)
    try:
        who = await parts.gateway(key.strip() or "none").whoami()
    except LoginNeeded:
        return await _form(request, parts, next, wrong_key=True)
    return _sealed(parts, parts.sessions.begin(key.strip(), who.workspace, who.scopes), next)


@router.get("/sign-in/begin")
async def begin_at_provider(parts: PartsOf, next: str = "/", workspace: str = "") -> Response:  # noqa: A002
    """On to the identity provider, by a link: a form may lead to this origin only. What the answer must fit stays here, sealed, with
    the workspace that was chosen.
    """
    flow = await SignIn(parts.client).at_provider()
    answer = RedirectResponse(flow.url, status_code=303)
    kept = parts.sessions.seal(flow.model_copy(update={"url": local(next), "workspace": workspace[:200]}))
    answer.set_cookie(FLOW_COOKIE, kept, max_age=FLOW_SECONDS, httponly=True, samesite="lax", secure=_secure(parts))
    return answer


@router.get("/sign-in/oidc")
async def back_from_provider(request: Request, parts: PartsOf, code: str = "", state: str = "") -> Response:
    """The provider sends the browser here. Raises Forged where this browser began no such sign-in."""
    flow = parts.sessions.unseal(OidcFlow, request.cookies.get(FLOW_COOKIE), FLOW_SECONDS)
    if flow is None or not state or state != flow.state:
        raise Forged("this browser did not begin this sign-in")
    try:
        begun = await SignIn(parts.client).by_provider(code, flow)
    except GatewaySaid as error:
        return await _form(request, parts, flow.url, refused=error, by_provider=True)
    await _leave(request, parts)
    answer = await _entered(parts, begun, flow.url)
    answer.delete_cookie(FLOW_COOKIE)
    return answer


@router.get("/password")
async def show_password(request: Request, token: str = "") -> Response:
    """The form behind a one-time link."""
    return page(request, "password.html", token=token[:200], refused=None)


@router.post("/password")
async def set_password(
    request: Request, parts: PartsOf, token: Annotated[str, Form(max_length=200)] = "", password: Long = ""
) -> Response:
    """Then the way in."""
    check_origin(request)
    try:
        await SignIn(parts.client).set_password(token, password)
    except GatewaySaid as error:
        return page(request, "password.html", status=error.said_status, token=token, refused=error)
    return RedirectResponse("/login", status_code=303)


@router.post("/logout")
async def log_out(session: OwnForm, parts: PartsOf) -> Response:
    """Forget the session; a person's ends at the gateway too."""
    await _end(session, parts)
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


async def _leave(request: Request, parts: Parts) -> None:
    """The session in whose place another one begins."""
    if left := session_of(request):
        await _end(left, parts)


async def _end(session: Session, parts: Parts) -> None:
    if session.session_id:
        with suppress(AuricleError):  # it is over there already, or ends by itself
            await parts.gateway(session.key).end_session(session.session_id)


async def _form(
    request: Request,
    parts: Parts,
    onto: str,
    *,
    refused: GatewaySaid | None = None,
    wrong_key: bool = False,
    by_provider: bool = False,
    email: str = "",
    another: bool = False,
) -> Response:
    """With the reason why nobody is in yet. A gateway that does not say how people sign in still lets keys in."""
    try:
        methods = await SignIn(parts.client).methods()
    except AuricleError:
        methods = SignInMethods(password=True, oidc=False)
    status = refused.said_status if refused else 401 if wrong_key else 200
    several = [one["problem"] for one in refused.errors if one["at"] == "workspace"] if refused else []
    shown = {"next": local(onto), "methods": methods, "refused": refused, "wrong_key": wrong_key, "email": email}
    shown |= {"workspaces": several, "by_provider": by_provider, "another": another}
    return page(request, "login.html", status=status, **shown)


async def _entered(parts: Parts, begun: NewSession, onto: str) -> Response:
    """Onto the page; an agent at first onto what people at work are told, until it was read."""
    who = await parts.gateway(begun.token).whoami()
    name = who.person.name if who.person else ""
    if who.person is not None and who.person.limited_to_own:
        own = await parts.gateway(begun.token).disclosure()
        onto = "/disclosure" if own.disclosure and not own.acknowledged_at else onto
    entered = parts.sessions.begin(begun.token, who.workspace, who.scopes, person=name, session_id=begun.id)
    return _sealed(parts, entered, onto)


def _sealed(parts: Parts, session: Session, onto: str) -> Response:
    answer = RedirectResponse(local(onto), status_code=303)
    kept = parts.sessions.seal(session)
    answer.set_cookie(
        sessions.COOKIE, kept, max_age=parts.sessions.seconds, httponly=True, samesite="lax", secure=_secure(parts)
    )
    return answer


def _secure(parts: Parts) -> bool:
    return parts.settings.console_cookie_secure
