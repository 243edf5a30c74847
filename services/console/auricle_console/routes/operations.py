"""For those who run it: runs that were given up, sending them again, and the queues."""

from urllib.parse import quote

from auricle_contracts import Scope
from fastapi import APIRouter, Request
from starlette.responses import RedirectResponse, Response

from auricle_console.drawing import page
from auricle_console.routes.callers import GatewayOf, OwnForm, PartsOf, SessionOf, WordsOf
from auricle_console.views.listing import may_succeed, title_of

router = APIRouter()


@router.get("/dead")
async def show_dead(
    request: Request, session: SessionOf, gateway: GatewayOf, words: WordsOf, cursor: str | None = None
) -> Response:
    """Newest first, each with its reason; only what can succeed is offered to be sent again."""
    found = await gateway.dead(cursor)
    views = await gateway.named([run.conversation_id for run in found.items], summaries=False)
    return page(
        request,
        "dead.html",
        runs=found.items,
        titles={view.id: title_of(view, words) for view in views},
        may_succeed=may_succeed,
        next_cursor=found.next_cursor,
        may_resend=session.may(Scope.OPERATE),
        resent=request.query_params.get("resent", "")[:64],
    )


@router.post("/dead/{run}/resend")
async def resend(run: str, session: OwnForm, parts: PartsOf) -> Response:
    """To the queue again; its counts start at zero."""
    await parts.gateway(session.key).resend(run)
    return RedirectResponse(f"/dead?resent={quote(run[:64], safe='')}", status_code=303)


@router.get("/queues")
async def show_queues(request: Request, session: SessionOf, gateway: GatewayOf) -> Response:
    """Lengths and ages; only for keys that may operate."""
    queues = await gateway.queues() if session.may(Scope.OPERATE) else None
    return page(request, "queues.html", queues=queues)
