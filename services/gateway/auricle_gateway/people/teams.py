"""Teams."""

from dataclasses import asdict

from auricle_records.people import teams
from fastapi import APIRouter, Request
from fastapi.responses import Response

from auricle_gateway.access.callers import PeopleAdmin
from auricle_gateway.parts import PartsOf
from auricle_gateway.people.replies import TeamIn, TeamList, TeamView
from auricle_gateway.rest import bodies, problem_docs

router = APIRouter(tags=["people"])
EXAMPLE = {"name": "Вечерняя смена"}


@router.get("/teams", summary="Teams", responses=problem_docs.of())
async def list_teams(parts: PartsOf, caller: PeopleAdmin) -> TeamList:
    """By name."""
    found = await teams.list_teams(parts.db, caller.workspace)
    return TeamList(items=tuple(_view(one) for one in found))


@router.post(
    "/teams",
    status_code=201,
    summary="Add a team",
    responses=problem_docs.of(409, 413, 415),
    openapi_extra=problem_docs.json_body(TeamIn, EXAMPLE),
)
async def post_team(request: Request, parts: PartsOf, caller: PeopleAdmin) -> TeamView:
    """409 `name_taken` where a team has the name."""
    wanted = await bodies.read_json(request, TeamIn, bodies.SMALL_BYTES)
    return _view(await teams.add(parts.db, caller.workspace, wanted.name))


@router.put(
    "/teams/{team_id}",
    summary="Rename a team",
    responses=problem_docs.of(404, 409, 413, 415),
    openapi_extra=problem_docs.json_body(TeamIn, EXAMPLE),
)
async def put_team(team_id: str, request: Request, parts: PartsOf, caller: PeopleAdmin) -> TeamView:
    """Its people stay in it."""
    wanted = await bodies.read_json(request, TeamIn, bodies.SMALL_BYTES)
    return _view(await teams.rename(parts.db, caller.workspace, team_id, wanted.name))


@router.delete("/teams/{team_id}", status_code=204, summary="Remove a team", responses=problem_docs.of(404))
async def delete_team(team_id: str, parts: PartsOf, caller: PeopleAdmin) -> Response:
    """Its people stay, without a team."""
    await teams.remove(parts.db, caller.workspace, team_id)
    return Response(status_code=204)


def _view(team: teams.Team) -> TeamView:
    return TeamView.model_validate(asdict(team))
