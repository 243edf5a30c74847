"""Signing in and out, and what is open."""

from dataclasses import asdict
from typing import Annotated

from auricle_contracts import Scope
from auricle_contracts.audit import AuditAction
from auricle_records.people import sessions
from fastapi import APIRouter, Query, Request
from fastapi.responses import Response

from auricle_gateway.access.callers import Anyone
from auricle_gateway.audit.trail import note
from auricle_gateway.errors import Forbidden
from auricle_gateway.parts import PartsOf
from auricle_gateway.rest import bodies, problem_docs
from auricle_gateway.sessions.replies import (
    NewSession,
    OidcFlow,
    PasswordByLink,
    SessionList,
    SessionView,
    SignInByPassword,
    SignInByProvider,
    SignInMethods,
)
from auricle_gateway.sessions.sign_in import Begun

router = APIRouter(tags=["sessions"])
SIGN_IN = {"email": "anna@example.com", "password": "a long sentence of hers"}
FINISH = {"code": "…", "nonce": "…", "verifier": "…"}


@router.get("/sign-in", summary="How people sign in here", responses=problem_docs.of())
async def get_sign_in(parts: PartsOf) -> SignInMethods:
    """Needs no key."""
    return SignInMethods(password=True, oidc=parts.sign_in.provider is not None)


@router.post(
    "/sessions",
    status_code=201,
    summary="Sign in by password",
    responses=problem_docs.of(409, 413, 415),
    openapi_extra=problem_docs.json_body(SignInByPassword, SIGN_IN),
)
async def post_session(request: Request, parts: PartsOf) -> NewSession:
    """Needs no key. 401 `second_factor_required`: send the code as well; 409 `workspace_required`: name one that `detail` lists."""
    wanted = await bodies.read_json(request, SignInByPassword, bodies.SMALL_BYTES)
    begun = await parts.sign_in.by_password(
        wanted.email, wanted.password, code=wanted.code, workspace=wanted.workspace, client=_client(request)
    )
    return _new(begun)


@router.post(
    "/sessions/oidc",
    status_code=201,
    summary="Begin a sign-in at the identity provider",
    responses=problem_docs.of(404),
)
async def post_oidc(parts: PartsOf) -> OidcFlow:
    """Needs no key. 404 where this installation has no provider."""
    return OidcFlow.model_validate(asdict(await parts.sign_in.required_provider.begin()))


@router.post(
    "/sessions/oidc/finish",
    status_code=201,
    summary="Sign in by what the identity provider says",
    responses=problem_docs.of(404, 409, 413, 415),
    openapi_extra=problem_docs.json_body(SignInByProvider, FINISH),
)
async def post_oidc_finish(request: Request, parts: PartsOf) -> NewSession:
    """Needs no key. Known by the provider's subject, at first by the e-mail that it verified; nobody is added by signing in."""
    wanted = await bodies.read_json(request, SignInByProvider, bodies.SMALL_BYTES)
    begun = await parts.sign_in.by_provider(**wanted.model_dump(), client=_client(request))
    return _new(begun)


@router.post(
    "/passwords",
    status_code=204,
    summary="Set a password by a one-time link",
    responses=problem_docs.of(410, 413, 415),
    openapi_extra=problem_docs.json_body(PasswordByLink, {"token": "auricle_reset_…", "password": "…"}),
)
async def post_password(request: Request, parts: PartsOf) -> Response:
    """Needs no key. Twelve characters or more. Ends every session of the person."""
    wanted = await bodies.read_json(request, PasswordByLink, bodies.SMALL_BYTES)
    found = await parts.sign_in.by_link(wanted.token, wanted.password)
    parts.callers.forget(person_id=found.person_id)
    return Response(status_code=204)


@router.get("/sessions", summary="Who is signed in", responses=problem_docs.of())
async def list_sessions(
    parts: PartsOf,
    caller: Anyone,
    everybody: Annotated[bool, Query(description="All of the workspace: needs the scope `people`.")] = False,
) -> SessionList:
    """One's own, or everybody's. A key has none of its own."""
    if everybody and Scope.PEOPLE not in caller.scopes:
        raise Forbidden(Scope.PEOPLE)
    if not everybody and caller.kind != "person":
        return SessionList(items=())
    found = await sessions.list_open(parts.db, caller.workspace, person_id=None if everybody else caller.id)
    return SessionList(items=tuple(SessionView.model_validate(asdict(one)) for one in found))


@router.delete("/sessions/{session_id}", status_code=204, summary="End a session", responses=problem_docs.of(404))
async def delete_session(session_id: str, parts: PartsOf, caller: Anyone) -> Response:
    """One's own, which is signing out; another's with the scope `people`. Other gateways know within five seconds."""
    own_only = Scope.PEOPLE not in caller.scopes
    await sessions.end(parts.db, caller.workspace, session_id, person_id=caller.id if own_only else None)
    parts.callers.forget(session_id=session_id)
    await note(parts.db, caller, AuditAction.SIGNED_OUT, subject=session_id)
    return Response(status_code=204)


def _client(request: Request) -> str:
    return request.headers.get("user-agent", "")


def _new(begun: Begun) -> NewSession:
    return NewSession.model_validate(asdict(begun.session) | {"token": begun.token, "workspace": begun.workspace})
