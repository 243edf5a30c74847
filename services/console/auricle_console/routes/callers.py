"""What a page needs from its caller: a session, and for a form the proof that it is ours."""

from collections.abc import Iterable
from typing import Annotated

from fastapi import Depends, Form, Request

from auricle_console.drawing import parts_of, session_of, words_of
from auricle_console.errors import Forged, LoginNeeded
from auricle_console.gateway import Gateway
from auricle_console.protection import check_origin
from auricle_console.sessions import Session
from auricle_console.wiring import Parts
from auricle_console.wording import Wording

MOST_CHARS = 256


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


PartsOf = Annotated[Parts, Depends(parts_of)]
SessionOf = Annotated[Session, Depends(session)]
GatewayOf = Annotated[Gateway, Depends(gateway)]
WordsOf = Annotated[Wording, Depends(words_of)]
OwnForm = Annotated[Session, Depends(own_form)]
