"""What reaches one by mail: chosen by the person, for every kind of event."""

from typing import Annotated

from auricle_contracts.notices import ALWAYS_SENT, MailLanguage, NoticeKind, NoticeSettings
from fastapi import APIRouter, Form, Request
from starlette.responses import RedirectResponse, Response

from auricle_console.drawing import page
from auricle_console.routes.callers import GatewayOf, OwnForm, PartsOf, SessionOf

router = APIRouter()
Kinds = Annotated[tuple[NoticeKind, ...], Form(max_length=len(NoticeKind))]


@router.get("/me/notices")
async def show_notices(request: Request, session: SessionOf, gateway: GatewayOf) -> Response:
    """What holds now; a key is told that nobody writes to it."""
    found = await gateway.notices() if session.person else None
    saved = bool(request.query_params.get("saved"))
    return page(request, "notices.html", found=found, kinds=tuple(NoticeKind), always=ALWAYS_SENT, saved=saved)


@router.post("/me/notices")
async def choose_notices(
    session: OwnForm, parts: PartsOf, wanted: Kinds = (), language: Annotated[MailLanguage, Form()] = "ru"
) -> Response:
    """Holds from now on; what is not ticked is not sent."""
    muted = tuple(kind for kind in NoticeKind if kind not in wanted and kind not in ALWAYS_SENT)
    await parts.gateway(session.key).choose_notices(NoticeSettings(language=language, muted=muted))
    return RedirectResponse("/me/notices?saved=1", status_code=303)
