"""Alerts: what rang, the rules with their tests, where alerts are told, and the quiet hours."""

from collections.abc import Mapping
from typing import Annotated, Any, Literal
from urllib.parse import quote

from auricle_contracts import Channel, MemberRole, Scope
from auricle_contracts.alerts import AlertSeverity, DestinationKind, Measure
from fastapi import APIRouter, Form, Request
from pydantic import StringConstraints
from starlette.responses import RedirectResponse, Response

from auricle_console.alert_book import AlertBook
from auricle_console.drawing import page
from auricle_console.errors import GatewaySaid
from auricle_console.routes.callers import ClassWordsOf, GatewayOf, OwnForm, PartsOf, SessionOf, WordsOf, chosen
from auricle_console.sessions import Session
from auricle_console.views import alerts as views
from auricle_console.wording import Wording

router = APIRouter()
REFUSED = 422
MOST_TESTS = 10
Word = Annotated[str, StringConstraints(max_length=256, strip_whitespace=True), Form()]
Address = Annotated[str, StringConstraints(max_length=2048, strip_whitespace=True), Form()]
Ids = Annotated[tuple[str, ...], Form(max_length=MOST_TESTS)]
Roles = Annotated[tuple[MemberRole, ...], Form(max_length=len(MemberRole))]


@router.get("/alerts")
async def show_alerts(request: Request, session: SessionOf, gateway: GatewayOf, words: ClassWordsOf) -> Response:
    """What rang, the newest first, and the rules; with the answers of a test that was just made."""
    if not _may(session):
        return page(request, "alerts.html", allowed=False)
    book = AlertBook(gateway)
    asked = chosen(request, ("state", "cursor"))
    tested = tuple(request.query_params.getlist("tested"))[:MOST_TESTS]
    found = await book.alerts(asked)
    return page(
        request,
        "alerts.html",
        allowed=True,
        alerts=views.alerts(found.items, words),
        rules=views.rules((await book.rules()).items, words),
        answers=await book.deliveries(tested) if tested else (),
        tested=tested,
        chosen=asked,
        next_cursor=found.next_cursor,
    )


@router.get("/alerts/tests")
async def show_tests(request: Request, _: SessionOf, gateway: GatewayOf) -> Response:
    """The answers that came by now; the fragment asks again while one is missing."""
    tested = tuple(request.query_params.getlist("tested"))[:MOST_TESTS]
    found = await AlertBook(gateway).deliveries(tested)
    return page(request, "_alert_tests.html", answers=found, tested=tested)


@router.get("/alerts/rules/{rule}")
async def show_rule(request: Request, session: SessionOf, gateway: GatewayOf, words: WordsOf, rule: str) -> Response:
    """The form of a rule, or of a `new` one; with what it reads now."""
    if not _may(session):
        return page(request, "alerts.html", allowed=False)
    book = AlertBook(gateway)
    if rule == "new":
        return await _form(request, book, words, views.NEW_RULE)
    found = await book.rule(rule)
    return await _form(request, book, words, views.draft_of(found), rule=rule)


@router.post("/alerts/rules/{rule}")
async def keep_rule(
    request: Request,
    session: OwnForm,
    parts: PartsOf,
    words: WordsOf,
    rule: str,
    name: Word = "",
    measure: Annotated[Measure, Form()] = Measure.CLASS_COUNT,
    subject: Word = "",
    compared: Annotated[Literal["threshold", "previous"], Form()] = "threshold",
    threshold: Word = "",
    minimum: Word = "",
    window: Word = "",
    team: Word = "",
    line: Word = "",
    channel: Word = "",
    severity: Annotated[AlertSeverity, Form()] = AlertSeverity.NORMAL,
    cooldown: Word = "",
    destinations: Ids = (),
    active: Annotated[bool, Form()] = False,
) -> Response:
    """On to the list; refused, the form stands there as it was filled in."""
    draft = views.RuleDraft(
        name, measure, subject, compared, threshold, minimum, window, team, line, channel, severity, cooldown, destinations, active
    )  # fmt: skip
    book = AlertBook(parts.gateway(session.key))
    try:
        await book.keep_rule(None if rule == "new" else rule, views.said(draft))
    except GatewaySaid as error:
        return await _form(request, book, words, draft, rule=None if rule == "new" else rule, fault=error)
    return RedirectResponse("/alerts", status_code=303)


@router.post("/alerts/rules/{rule}/removal")
async def remove_rule(session: OwnForm, parts: PartsOf, rule: str) -> Response:
    """What rang stays in the list."""
    await AlertBook(parts.gateway(session.key)).remove_rule(rule)
    return RedirectResponse("/alerts", status_code=303)


@router.post("/alerts/rules/{rule}/test")
async def test_rule(session: OwnForm, parts: PartsOf, rule: str) -> Response:
    """On to the list, which shows the answers as they come."""
    made = await AlertBook(parts.gateway(session.key)).test_rule(rule)
    return RedirectResponse("/alerts" + _query(made), status_code=303)


@router.get("/alerts/destinations")
async def show_destinations(request: Request, session: SessionOf, gateway: GatewayOf) -> Response:
    """Where alerts are told, and the quiet hours."""
    if not _may(session):
        return page(request, "alerts.html", allowed=False)
    return await _destinations(request, AlertBook(gateway))


@router.post("/alerts/destinations")
async def add_destination(
    request: Request,
    session: OwnForm,
    parts: PartsOf,
    words: WordsOf,
    name: Word = "",
    kind: Annotated[DestinationKind, Form()] = DestinationKind.WEBHOOK,
    url: Address = "",
    roles: Roles = (),
) -> Response:
    """The answer shows the secret of a webhook, this once; what is refused comes back as it was filled in."""
    book = AlertBook(parts.gateway(session.key))
    said: dict[str, Any] = {"name": name, "kind": kind, "language": words.language}
    said |= {"roles": list(roles)} if kind is DestinationKind.EMAIL else {"url": url}
    try:
        added = await book.add_destination(said)
    except GatewaySaid as error:
        return await _destinations(request, book, fault=error, draft={"name": name, "url": url, "kind": kind})
    return await _destinations(request, book, secret=added.secret)


@router.post("/alerts/destinations/{destination}/removal")
async def remove_destination(session: OwnForm, parts: PartsOf, destination: str) -> Response:
    """With what waits for it."""
    await AlertBook(parts.gateway(session.key)).remove_destination(destination)
    return RedirectResponse("/alerts/destinations", status_code=303)


@router.post("/alerts/destinations/{destination}/test")
async def test_destination(session: OwnForm, parts: PartsOf, destination: str) -> Response:
    """Back to the list, which shows the answer as it comes."""
    made = await AlertBook(parts.gateway(session.key)).test_destination(destination)
    return RedirectResponse("/alerts/destinations" + _query(made), status_code=303)


@router.post("/alerts/settings")
async def choose_settings(
    request: Request,
    session: OwnForm,
    parts: PartsOf,
    time_zone: Word = "",
    quiet_from: Word = "",
    quiet_until: Word = "",
) -> Response:
    """For what rings from now on; no times are no quiet hours."""
    book = AlertBook(parts.gateway(session.key))
    said = {"time_zone": time_zone or "UTC", "quiet_from": quiet_from or None, "quiet_until": quiet_until or None}
    try:
        await book.choose_settings(said)
    except GatewaySaid as error:
        return await _destinations(request, book, quiet_fault=error)
    return RedirectResponse("/alerts/destinations", status_code=303)


@router.post("/alerts/{alert}/{step}")
async def move(session: OwnForm, parts: PartsOf, alert: str, step: Literal["acknowledgement", "closing"]) -> Response:
    """Somebody looks at it; it is over."""
    await AlertBook(parts.gateway(session.key)).move(alert, step)
    return RedirectResponse("/alerts", status_code=303)


@router.get("/alerts/{alert}/{step}")
@router.get("/alerts/rules/{alert}/{step}")
@router.get("/alerts/destinations/{alert}/{step}")
async def back(alert: str, step: str) -> Response:  # noqa: ARG001 (one page shows all of them)
    """The address of a form's answer, loaded again."""
    return RedirectResponse("/alerts", status_code=303)


def _may(session: Session) -> bool:
    return session.may(Scope.REVIEW) and session.may(Scope.AUDIT)


def _query(deliveries: tuple[str, ...]) -> str:
    return "?" + "&".join(f"tested={quote(one, safe='')}" for one in deliveries) if deliveries else "?tested=none"


async def _form(
    request: Request,
    book: AlertBook,
    words: Wording,
    draft: views.RuleDraft,
    *,
    rule: str | None = None,
    fault: GatewaySaid | None = None,
) -> Response:
    look = None if rule is None or fault else views.look(draft.measure, await book.look(rule), words)
    return page(
        request,
        "alert_rule.html",
        status=REFUSED if fault else 200,
        draft=draft,
        rule=rule,
        look=look,
        fault=fault,
        measures=tuple(Measure),
        severities=tuple(AlertSeverity),
        channels=tuple(Channel),
        windows=views.WINDOWS,
        classes=await book.class_titles(words.language),
        destinations=(await book.destinations()).items,
    )


async def _destinations(
    request: Request,
    book: AlertBook,
    *,
    secret: str | None = None,
    fault: GatewaySaid | None = None,
    quiet_fault: GatewaySaid | None = None,
    draft: Mapping[str, Any] | None = None,
) -> Response:
    tested = tuple(request.query_params.getlist("tested"))[:MOST_TESTS]
    return page(
        request,
        "alert_destinations.html",
        status=REFUSED if fault or quiet_fault else 200,
        destinations=(await book.destinations()).items,
        settings=await book.settings(),
        kinds=tuple(DestinationKind),
        roles=tuple(MemberRole),
        answers=await book.deliveries(tested) if tested else (),
        tested=tested,
        secret=secret,
        fault=fault,
        quiet_fault=quiet_fault,
        draft=draft or {},
    )
