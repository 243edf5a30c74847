"""People: who may sign in, as what, and which agent's references are theirs."""

from dataclasses import asdict
from datetime import UTC, datetime, timedelta
from typing import Annotated, Any

from auricle_contracts import MemberRole
from auricle_contracts.audit import AuditAction
from auricle_contracts.conversations import Reference
from auricle_identity import sheets
from auricle_kit import log
from auricle_kit.errors import InvalidRequest
from auricle_records.people import credentials, directory
from auricle_records.people.directory import NewPerson
from fastapi import APIRouter, Query, Request
from fastapi.responses import Response
from pydantic import BaseModel, ConfigDict, Field

from auricle_gateway.access.callers import PeopleAdmin
from auricle_gateway.audit.trail import note
from auricle_gateway.errors import UnsupportedMediaType
from auricle_gateway.parts import PartsOf
from auricle_gateway.people.replies import (
    OneTimeLink,
    PeopleImport,
    PersonIn,
    PersonPage,
    PersonPatch,
    PersonView,
    RefusedPerson,
)
from auricle_gateway.rest import bodies, problem_docs

router = APIRouter(tags=["people"])
logger = log.get("gateway.people")
EXAMPLE = {"email": "anna@example.com", "name": "Анна Ким", "roles": ["agent"], "references": ["A-7"]}
CSV = ("text/csv", "application/octet-stream")
SHEET = {"requestBody": {"required": True, "content": {CSV[0]: {"schema": {"type": "string"}}}}}


class PeopleQuery(BaseModel):
    """All given ones must hold."""

    model_config = ConfigDict(extra="forbid")

    role: MemberRole | None = None
    team_id: Reference | None = None
    active: bool | None = None
    search: Annotated[Reference | None, Field(description="A part of a name, an e-mail or a reference.")] = None
    cursor: Annotated[str | None, Field(max_length=512, description="`next_cursor` of the page before.")] = None
    limit: Annotated[int, Field(ge=1, le=200)] = 50


@router.get("/people", summary="Who may sign in", responses=problem_docs.of())
async def list_people(parts: PartsOf, caller: PeopleAdmin, query: Annotated[PeopleQuery, Query()]) -> PersonPage:
    """Inactive ones too, page by page."""
    page = await directory.page(parts.db, caller.workspace, **query.model_dump())
    return PersonPage(items=tuple(_view(one) for one in page.items), next_cursor=page.cursor)


@router.post(
    "/people",
    status_code=201,
    summary="Add a person",
    responses=problem_docs.of(404, 409, 413, 415),
    openapi_extra=problem_docs.json_body(PersonIn, EXAMPLE),
)
async def post_person(request: Request, parts: PartsOf, caller: PeopleAdmin) -> PersonView:
    """409 `name_taken` where the e-mail or a reference is somebody's already."""
    wanted = await bodies.read_json(request, PersonIn, bodies.SMALL_BYTES)
    added = await directory.add(parts.db, caller.workspace, NewPerson(**dict(wanted)))
    details = {"roles": sorted(added.roles)}
    await note(parts.db, caller, AuditAction.PERSON_ADDED, subject=added.id, details=details)
    logger.info("person_added", person=added.id, by=caller.id)
    return _view(added)


@router.post(
    "/people/import",
    summary="Bring a list of people",
    responses=problem_docs.of(413, 415),
    openapi_extra=SHEET,
)
async def import_people(
    request: Request,
    parts: PartsOf,
    caller: PeopleAdmin,
    dry_run: Annotated[bool, Query(description="Say what would come of it, and change nothing.")] = False,
) -> PeopleImport:
    """CSV with the columns email, name, roles, team, references (lists by commas). Who is there already gets what the list says and keeps
    what it does not; nobody is removed. Every row is accounted for.
    """
    if bodies.media_type(request) not in CSV:
        raise UnsupportedMediaType("this is not a CSV file's content type", action=f"Send Content-Type: {CSV[0]}.")
    listed, refused = sheets.read(await bodies.read_bytes(request, sheets.MAX_BYTES))
    wanted = ((NewPerson(one.email, one.name, one.roles, None, one.references), one.team) for one in listed)
    came = await directory.bring(parts.db, caller.workspace, wanted, dry_run=dry_run)
    if not dry_run:
        details = {"added": len(came.added), "changed": len(came.changed)}
        await note(parts.db, caller, AuditAction.PEOPLE_IMPORTED, details=details)
    rows = {one.email: one.row for one in listed}
    stopped = [RefusedPerson(row=one.row, why=one.why) for one in refused]
    stopped += [RefusedPerson(row=rows[email], why=why) for email, why in came.refused.items()]
    return PeopleImport(
        dry_run=dry_run,
        rows=len(listed) + len(refused),
        added=len(came.added),
        changed=len(came.changed),
        same=len(came.same),
        refused=tuple(sorted(stopped, key=lambda one: one.row)),
    )


@router.get("/people/{person_id}", summary="One person", responses=problem_docs.of(404))
async def get_person(person_id: str, parts: PartsOf, caller: PeopleAdmin) -> PersonView:
    """Without what opens the door."""
    return _view(await directory.get(parts.db, caller.workspace, person_id))


@router.patch(
    "/people/{person_id}",
    summary="Change a person",
    responses=problem_docs.of(404, 409, 413, 415),
    openapi_extra=problem_docs.json_body(PersonPatch, {"roles": ["reviewer"], "active": True}),
)
async def patch_person(person_id: str, request: Request, parts: PartsOf, caller: PeopleAdmin) -> PersonView:
    """Holds from the next request on (at other gateways within five seconds). 409 `last_admin` where nobody could give the role back."""
    wanted = await bodies.read_json(request, PersonPatch, bodies.SMALL_BYTES)
    given = wanted.model_dump(include=wanted.model_fields_set)
    if any(given[name] is None for name in given if name != "team_id"):
        raise InvalidRequest("only `team_id` may be null")
    roles, references = given.pop("roles", None), given.pop("references", None)
    changed = await directory.change(parts.db, caller.workspace, person_id, given, roles=roles, references=references)
    parts.callers.forget(person_id=person_id)
    details = {"fields": sorted(wanted.model_fields_set), "roles": sorted(changed.roles), "active": changed.active}
    await note(parts.db, caller, AuditAction.PERSON_CHANGED, subject=person_id, details=details)
    logger.info("person_changed", person=person_id, by=caller.id, fields=sorted(wanted.model_fields_set))
    return _view(changed)


@router.post(
    "/people/{person_id}/link",
    status_code=201,
    summary="Make a one-time link that sets the password",
    responses=problem_docs.of(404),
)
async def post_link(person_id: str, parts: PartsOf, caller: PeopleAdmin) -> OneTimeLink:
    """In the place of an earlier one. The answer holds it, this once."""
    token = await parts.sign_in.make_link(caller.workspace, person_id)
    await note(parts.db, caller, AuditAction.PASSWORD_LINK, subject=person_id)
    logger.info("link_made", person=person_id, by=caller.id)
    page = parts.page_url and f"{parts.page_url.rstrip('/')}/password?token={token}"
    return OneTimeLink(
        token=token, url=page or None, expires_at=datetime.now(UTC) + timedelta(seconds=parts.sign_in.link_s)
    )


@router.delete(
    "/people/{person_id}/second-factor",
    status_code=204,
    summary="Remove a person's second factor",
    responses=problem_docs.of(404),
)
async def delete_factor(person_id: str, parts: PartsOf, caller: PeopleAdmin) -> Response:
    """For who lost the authenticator app."""
    await credentials.drop_factor(parts.db, caller.workspace, person_id)
    await note(parts.db, caller, AuditAction.SECOND_FACTOR_OFF, subject=person_id)
    logger.info("factor_removed", person=person_id, by=caller.id)
    return Response(status_code=204)


def _view(person: Any) -> PersonView:
    return PersonView.model_validate(asdict(person))
