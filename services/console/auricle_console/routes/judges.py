"""Certificates of judges: which grades may decide in a gate, and which only report."""

from fastapi import APIRouter, Request
from starlette.responses import Response

from auricle_console.drawing import page
from auricle_console.routes.callers import ClassWordsOf, GatewayOf, SessionOf, chosen

router = APIRouter()
LIST = "/settings/judges"


@router.get(LIST)
async def show_judges(request: Request, session: SessionOf, gateway: GatewayOf, words: ClassWordsOf) -> Response:  # noqa: ARG001 - signed in
    """The newest first."""
    found = await gateway.judge_certificates(chosen(request, ("cursor",)))
    return page(request, "judges.html", found=found, words=words)
