"""What a page needs from its caller: a session, and for a form the proof that it is ours."""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import date, datetime, time, timedelta
from typing import Annotated

from babel.dates import format_date
from fastapi import Depends, Form, Request

from auricle_console.drawing import parts_of, session_of, words_of
from auricle_console.errors import Forged, LoginNeeded
from auricle_console.gateway import Gateway
from auricle_console.protection import check_origin
from auricle_console.sessions import Session
from auricle_console.wiring import Parts
from auricle_console.wording import Wording

MOST_CHARS = 2048
PERIODS = (1, 7, 30)


def session(request: Request) -> Session:
    """Raises LoginNeeded."""
    found = session_of(request)
    if found is None:
        raise LoginNeeded("no session")
    return found


def gateway(request: Request) -> Gateway:
    """The gateway for whom the session speaks; a bearer key does as well, for programs that fetch the report."""
    scheme, _, key = request.headers.get("authorization", "").partition(" ")
    if scheme.lower() == "bearer" and key.strip():
        return parts_of(request).gateway(key.strip())
    return parts_of(request).gateway(session(request).key)


def own_form(request: Request, form_token: Annotated[str, Form(max_length=128)] = "") -> Session:
    """A form of this session, sent by our own page. Raises LoginNeeded, Forged."""
    check_origin(request)
    found = session(request)
    if not parts_of(request).sessions.is_form_token(found, form_token):
        raise Forged("the form is not of this session")
    return found


def chosen(request: Request, names: Iterable[str]) -> dict[str, str]:
    """What the page is narrowed to by its query; empty fields narrow nothing."""
    given = {name: request.query_params.get(name, "").strip()[:MOST_CHARS] for name in names}
    return {name: value for name, value in given.items() if value}


def within(asked: Mapping[str, str], words: Wording) -> dict[str, str]:
    """The same filters, with days of the page's zone as moments: `until` is the beginning of the day after, which is excluded."""
    days = {name: _midnight(asked[name], words, later) for name, later in (("since", 0), ("until", 1)) if name in asked}
    return {**asked, **days}


def periods(words: Wording) -> tuple[tuple[int, str], ...]:
    """Days back, and the day on which such a period that ends today begins in the page's zone."""
    today = datetime.now(words.zone).date()
    return tuple((days, (today - timedelta(days=days - 1)).isoformat()) for days in PERIODS)


def period_told(asked: Mapping[str, str], words: Wording, otherwise: str = "list.any_time") -> str:
    """The days in the page's language: a browser shows its own way of writing them in the fields."""
    since, until = (_day_told(asked.get(name, ""), words) for name in ("since", "until"))
    if since and until:
        return since if since == until else f"{since} — {until}"
    if since or until:
        return words("list.from_day", day=since) if since else words("list.to_day", day=until)
    return words(otherwise)


def _day_told(given: str, words: Wording) -> str:
    try:
        return format_date(date.fromisoformat(given[:10]), "d MMM y", locale=words.language)
    except ValueError:
        return ""


def _midnight(given: str, words: Wording, later: int) -> str:
    """A moment, or what is no day, goes to the gateway as it is."""
    try:
        day = date.fromisoformat(given) + timedelta(days=later)
    except (ValueError, OverflowError):
        return given
    return datetime.combine(day, time.min, words.zone).isoformat()


async def words_of_classes(request: Request, gateway: Annotated[Gateway, Depends(gateway)]) -> Wording:
    """The page's words, with the titles of the workspace's error classes among them. Raises LoginNeeded, GatewaySaid."""
    words = words_of(request)
    titles = {f"error_class.{one.id}": one.title[words.language] for one in await gateway.error_classes()}
    return replace(words, texts={**words.texts, **titles})


PartsOf = Annotated[Parts, Depends(parts_of)]
SessionOf = Annotated[Session, Depends(session)]
GatewayOf = Annotated[Gateway, Depends(gateway)]
WordsOf = Annotated[Wording, Depends(words_of)]
ClassWordsOf = Annotated[Wording, Depends(words_of_classes)]
OwnForm = Annotated[Session, Depends(own_form)]
