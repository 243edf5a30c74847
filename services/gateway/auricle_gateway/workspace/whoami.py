"""Whom the key or the session speaks for; the first call that a new client makes."""

from auricle_records.callers import Caller
from fastapi import APIRouter

from auricle_gateway.access.callers import Anyone
from auricle_gateway.rest import problem_docs
from auricle_gateway.workspace.replies import PersonOfSession, WhoAmI

router = APIRouter(tags=["keys"])


@router.get("/whoami", summary="Workspace and scopes of who asks", responses=problem_docs.of())
async def whoami(caller: Anyone) -> WhoAmI:
    """Any valid key or session may ask."""
    return WhoAmI(
        workspace=caller.workspace,
        key_id=caller.id if caller.kind == "api_key" else None,
        scopes=tuple(sorted(caller.scopes)),
        person=_person(caller),
    )


def _person(caller: Caller) -> PersonOfSession | None:
    if caller.session_id is None:
        return None
    return PersonOfSession(
        id=caller.id,
        name=caller.name or "",
        roles=caller.roles,
        session_id=caller.session_id,
        limited_to_own=caller.is_limited,
    )
