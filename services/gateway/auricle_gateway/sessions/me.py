"""What people change about their own sign-in: password and second factor."""

from auricle_contracts.audit import AuditAction
from fastapi import APIRouter, Request
from fastapi.responses import Response

from auricle_gateway.access.callers import Person
from auricle_gateway.audit.trail import note
from auricle_gateway.parts import PartsOf
from auricle_gateway.rest import bodies, problem_docs
from auricle_gateway.sessions.replies import FactorCode, FactorSecret, PasswordChange

router = APIRouter(tags=["sessions"])
CODE = {"code": "492039"}


@router.post(
    "/me/password",
    status_code=204,
    summary="Change one's password",
    responses=problem_docs.of(413, 415),
    openapi_extra=problem_docs.json_body(PasswordChange, {"old_password": "…", "password": "…"}),
)
async def post_own_password(request: Request, parts: PartsOf, caller: Person) -> Response:
    """Ends every session of the person, this one too."""
    wanted = await bodies.read_json(request, PasswordChange, bodies.SMALL_BYTES)
    await parts.sign_in.change_password(caller.workspace, caller.id, wanted.old_password, wanted.password)
    parts.callers.forget(person_id=caller.id)
    await note(parts.db, caller, AuditAction.PASSWORD_SET, subject=caller.id)
    return Response(status_code=204)


@router.post(
    "/me/second-factor", status_code=201, summary="Prepare a second factor", responses=problem_docs.of(404, 409)
)
async def post_factor(parts: PartsOf, caller: Person) -> FactorSecret:
    """The answer holds the secret, this once. It counts when one of its codes came back."""
    secret, uri = await parts.sign_in.prepare_factor(caller.workspace, caller.id)
    return FactorSecret(secret=secret, uri=uri)


@router.post(
    "/me/second-factor/confirm",
    status_code=204,
    summary="Switch the second factor on",
    responses=problem_docs.of(404, 413, 415),
    openapi_extra=problem_docs.json_body(FactorCode, CODE),
)
async def post_factor_confirm(request: Request, parts: PartsOf, caller: Person) -> Response:
    """By a code that the app shows; from now on signing in by password needs one."""
    wanted = await bodies.read_json(request, FactorCode, bodies.SMALL_BYTES)
    await parts.sign_in.confirm_factor(caller.workspace, caller.id, wanted.code)
    await note(parts.db, caller, AuditAction.SECOND_FACTOR_ON, subject=caller.id)
    return Response(status_code=204)


@router.post(
    "/me/second-factor/remove",
    status_code=204,
    summary="Switch the second factor off",
    responses=problem_docs.of(404, 413, 415),
    openapi_extra=problem_docs.json_body(FactorCode, CODE),
)
async def post_factor_remove(request: Request, parts: PartsOf, caller: Person) -> Response:
    """By one of its codes; whoever lost the app asks an admin."""
    wanted = await bodies.read_json(request, FactorCode, bodies.SMALL_BYTES)
    await parts.sign_in.drop_factor(caller.workspace, caller.id, wanted.code)
    await note(parts.db, caller, AuditAction.SECOND_FACTOR_OFF, subject=caller.id)
    return Response(status_code=204)
