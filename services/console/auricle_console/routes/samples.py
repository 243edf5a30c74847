"""Sample conversations: loaded from the first screen, taken away from the list."""

from fastapi import APIRouter
from starlette.responses import RedirectResponse, Response

from auricle_console import sample_set
from auricle_console.routes.callers import OwnForm, PartsOf

router = APIRouter()


@router.post("/samples")
async def load_samples(session: OwnForm, parts: PartsOf) -> Response:
    """To the list, where they are followed. Raises GatewaySaid."""
    await sample_set.load(parts.gateway(session.key))
    return RedirectResponse("/conversations", status_code=303)


@router.post("/samples/removal")
async def remove_samples(session: OwnForm, parts: PartsOf) -> Response:
    """To the list without them. Raises GatewaySaid."""
    await sample_set.remove(parts.gateway(session.key))
    return RedirectResponse("/conversations", status_code=303)


@router.get("/samples")
@router.get("/samples/removal")
async def back() -> Response:
    """The address of a form's answer, loaded again."""
    return RedirectResponse("/conversations", status_code=303)
