"""Saved views of the list: saved from what the page shows, opened by a link, removed."""

from collections.abc import Mapping
from typing import Annotated
from urllib.parse import urlencode

from auricle_contracts.views import SavedView, ViewIn
from fastapi import APIRouter, Form, Request
from pydantic import StringConstraints, ValidationError
from starlette.responses import RedirectResponse, Response

from auricle_console import narrowing
from auricle_console.drawing import page
from auricle_console.errors import GatewaySaid
from auricle_console.routes.callers import GatewayOf, OwnForm, PartsOf, SessionOf, WordsOf, periods
from auricle_console.wording import Wording

router = APIRouter()
Text = Annotated[str, StringConstraints(max_length=2048)]


@router.get("/views")
async def show_views(request: Request, _: SessionOf, gateway: GatewayOf, words: WordsOf) -> Response:
    """The menu's links, asked for when it opens."""
    found = [(one, urlencode(query_of(one, words))) for one in await gateway.views()]
    return page(request, "_views.html", views=found)


@router.post("/views")
async def save(
    session: OwnForm,
    parts: PartsOf,
    words: WordsOf,
    name: Annotated[Text, Form()] = "",
    is_shared: Annotated[str, Form(max_length=8)] = "",
    query: Annotated[str, Form(max_length=8192)] = "",
) -> Response:
    """What the page shows, under a name; of one's own name, instead of what it was."""
    asked = narrowing.read(query)
    try:
        view = view_of(asked, name, words, is_shared=bool(is_shared))
    except ValidationError:
        return RedirectResponse(f"/conversations?{urlencode({**asked, 'view': 'refused'})}", status_code=303)
    gateway = parts.gateway(session.key)
    mine = {one.name: one.id for one in await gateway.views() if one.is_mine}
    try:
        await gateway.save_view(view, mine.get(view.name))
    except GatewaySaid as error:
        if error.said_status not in (403, 422):
            raise
        return RedirectResponse(f"/conversations?{urlencode({**asked, 'view': 'refused'})}", status_code=303)
    return RedirectResponse(f"/conversations?{urlencode({**asked, 'view': 'saved'})}", status_code=303)


@router.post("/views/{view}/removal")
async def remove(session: OwnForm, parts: PartsOf, view: str) -> Response:
    """One's own, or a shared one for who may. Raises GatewaySaid."""
    await parts.gateway(session.key).remove_view(view)
    return RedirectResponse("/conversations", status_code=303)


def view_of(asked: Mapping[str, str], name: str, words: Wording, *, is_shared: bool) -> ViewIn:
    """A period of the page's own that ends today goes on ending today. Raises ValidationError."""
    days = next((days for days, since in periods(words) if asked.get("since") == since), None)
    kept = narrowing.query(
        {one: value for one, value in asked.items() if one != "since" or days is None or "until" in asked}
    )
    query = {one: tuple(value) if isinstance(value, list) else (value,) for one, value in kept.items()}
    if "order" in asked:
        query["sort"] = (asked["order"],)
    columns = tuple(asked.get("columns", "").split())
    return ViewIn(name=name, query=query, days=None if "until" in asked else days, columns=columns, is_shared=is_shared)


def query_of(view: SavedView, words: Wording) -> dict[str, str]:
    """The view as the page's query."""
    asked = {name: narrowing.joined(values) for name, values in view.query.items() if name in narrowing.NAMES}
    if "sort" in view.query:
        asked["order"] = view.query["sort"][0]
    if view.days:
        asked["since"] = narrowing.days_ago(view.days, words.zone)
    return asked | ({"columns": " ".join(view.columns)} if view.columns else {})
