"""Verdicts on findings and errors that a person adds: forms that come back filled in when the gateway refuses them."""

from dataclasses import replace
from typing import Annotated
from urllib.parse import quote

from auricle_contracts import FindingVerdict, Scope
from fastapi import APIRouter, Form, Request
from pydantic import BaseModel, ConfigDict, StringConstraints
from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.responses import RedirectResponse, Response

from auricle_console.drawing import page
from auricle_console.errors import GatewaySaid
from auricle_console.routes.callers import GatewayOf, OwnForm, PartsOf, SessionOf, WordsOf
from auricle_console.routes.conversations import MOST_TYPED, REFUSED, beside_of, drawn, material, sound_of
from auricle_console.views.conversation import Material, conversation_page
from auricle_console.views.findings import FindingDraft, class_groups, fault_of, finding_opinions
from auricle_console.wording import Wording

router = APIRouter()
Typed = Annotated[str, StringConstraints(max_length=MOST_TYPED)]
Word = Annotated[str, StringConstraints(max_length=256)]


class SaidOfFinding(BaseModel):
    """The form of a finding's card."""

    model_config = ConfigDict(extra="ignore")

    verdict: FindingVerdict
    grade: Annotated[str, StringConstraints(pattern="^[012]?$")] = ""
    comment: Typed = ""
    author: Typed = ""

    def as_label(self) -> dict[str, object]:
        """As the gateway takes it."""
        said: dict[str, object] = {"verdict": self.verdict, "comment": self.comment.strip() or None, "source": "page"}
        return said | {"author": self.author.strip() or None, "grade": int(self.grade) if self.grade else None}


class Missed(BaseModel):
    """The form of an error that the model missed: where the words stand, as the page shows them."""

    model_config = ConfigDict(extra="ignore")

    error_class: Word = ""
    turn: Annotated[str, StringConstraints(pattern="^[0-9]{0,6}$")] = ""
    start: Annotated[str, StringConstraints(pattern="^[0-9]{0,7}$")] = ""
    end: Annotated[str, StringConstraints(pattern="^[0-9]{0,7}$")] = ""
    text: Typed = ""
    comment: Typed = ""
    author: Typed = ""
    unmasked: bool = False

    def draft(self) -> FindingDraft:
        """As it goes back into the form."""
        return FindingDraft(**self.model_dump(exclude={"unmasked"}))

    def as_finding(self) -> dict[str, object]:
        """As the gateway takes it."""
        span = {"start": int(self.start or 0), "end": int(self.end or 0)}
        place = {"turn": int(self.turn or 0), "span": span, "text": self.text}
        said: dict[str, object] = {"error_class": self.error_class, "places": [place], "source": "page"}
        return said | {"comment": self.comment.strip() or None, "author": self.author.strip() or None}


@router.post("/conversations/{conversation}/findings/{finding}/labels")
async def judge(
    request: Request,
    session: OwnForm,
    parts: PartsOf,
    conversation: str,
    finding: str,
    said: Annotated[SaidOfFinding, Form()],
    words: WordsOf,
) -> Response:
    """A verdict on a finding; for a page that stands, the card as it counts now."""
    gateway = parts.gateway(session.key)
    draft = FindingDraft(finding, said.verdict, comment=said.comment, author=said.author)
    field, fault = fault_of(draft)
    if not fault:
        try:
            await gateway.label_finding(conversation, finding, said.as_label())
        except GatewaySaid as error:
            field, fault = "", "refused" if error.said_status == REFUSED else "not_kept"
    refused = replace(draft, field=field, fault=fault) if fault else None
    if "hx-request" in request.headers:
        found = await material(gateway, conversation)
        return await run_in_threadpool(_card_drawn, request, found, finding, words, refused)
    if refused is None:
        return RedirectResponse(_card(conversation, finding), status_code=303)
    found, beside = await material(gateway, conversation), await beside_of(request, gateway, words)
    return await run_in_threadpool(drawn, request, session, found, beside, words, missed=refused)


@router.get("/conversations/{conversation}/findings/new")
async def new(request: Request, session: SessionOf, gateway: GatewayOf, conversation: str, words: WordsOf) -> Response:
    """The form for an error that was missed, to be filled with the words that are chosen on the page."""
    if not session.may(Scope.LABEL):
        raise HTTPException(403)
    groups = class_groups(await gateway.error_classes(), words)
    return page(request, "finding_new.html", conversation=conversation, groups=groups, draft=None, unmasked=False)


@router.post("/conversations/{conversation}/findings")
async def add(
    request: Request,
    session: OwnForm,
    parts: PartsOf,
    conversation: str,
    said: Annotated[Missed, Form()],
    words: WordsOf,
) -> Response:
    """An error that the model missed; refused, the form stands open on the page with what is wrong."""
    gateway, draft = parts.gateway(session.key), said.draft()
    field, fault = fault_of(draft)
    if not fault:
        try:
            added = await gateway.add_finding(conversation, said.as_finding(), unmasked=said.unmasked)
            return RedirectResponse(_card(conversation, added.id or ""), status_code=303)
        except GatewaySaid as error:
            field, fault = _refusal(error)
    refused = replace(draft, field=field, fault=fault)
    found, beside = await material(gateway, conversation), await beside_of(request, gateway, words)
    groups = class_groups(await gateway.error_classes(), words)
    return await run_in_threadpool(drawn, request, session, found, beside, words, missed=refused, groups=groups)


@router.get("/conversations/{conversation}/findings/{finding}/labels")
async def history(
    request: Request, _: SessionOf, gateway: GatewayOf, conversation: str, finding: str, words: WordsOf
) -> Response:
    """What people said about one finding: a part of the page, or the page itself for a browser that came here."""
    if "hx-request" not in request.headers:
        return RedirectResponse(_card(conversation, finding), status_code=303)
    said = finding_opinions(await gateway.finding_labels(conversation, finding), words)
    return page(request, "finding_history.html", history=said)


def _refusal(error: GatewaySaid) -> tuple[str, str]:
    if error.said_code == "finding_exists":
        return "error_class", "finding_exists"
    return ("text", "refused_words") if error.said_status == REFUSED else ("", "not_kept")


def _card(conversation: str, finding: str) -> str:
    return f"/conversations/{quote(conversation, safe='')}#c-finding-{quote(finding)}"


def _card_drawn(
    request: Request, found: Material, finding: str, words: Wording, draft: FindingDraft | None
) -> Response:
    """The card alone, with the score as it is now."""
    shown = conversation_page(found, words, may_label=True, missed=draft)
    one = next((one for one in shown.findings if one.finding.id == finding), None)
    if one is None:
        raise HTTPException(404)
    status = REFUSED if draft else 200
    return page(request, "finding.html", status=status, page=shown, one=one, audio=sound_of(found))
