"""Whom the key speaks for; the first call that a new client makes."""

from fastapi import APIRouter

from auricle_gateway import problem_docs
from auricle_gateway.callers import Anyone
from auricle_gateway.replies import WhoAmI

router = APIRouter(tags=["keys"])


@router.get("/whoami", summary="Workspace and scopes of this key", responses=problem_docs.of())
async def whoami(caller: Anyone) -> WhoAmI:
    """Any valid key may ask."""
    return WhoAmI(workspace=caller.workspace, key_id=caller.key_id, scopes=tuple(sorted(caller.scopes)))
