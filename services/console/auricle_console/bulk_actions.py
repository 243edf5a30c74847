"""What can be done with many conversations at once, each through the route of one; what is refused stops nothing."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from urllib.parse import quote

from auricle_contracts import Scope

from auricle_console import narrowing
from auricle_console.errors import GatewaySaid
from auricle_console.gateway import MOST_NAMED, Gateway
from auricle_console.replies import Reply
from auricle_console.sessions import Session

BATCH = 25
"""So many are worked on in one answer of the page."""
MOST = 1000
"""So many of what matches a filter."""


class Action(StrEnum):
    """What a list offers. `calibrate` and `export` lead to another page, the others work through the conversations."""

    REVIEW = "review"
    JUDGE = "judge"
    GOLDEN = "golden"
    CALIBRATE = "calibrate"
    EXPORT = "export"


SCOPES: Mapping[Action, tuple[Scope, ...]] = {
    Action.REVIEW: (Scope.REVIEW, Scope.AUDIT),
    Action.JUDGE: (Scope.KNOWLEDGE,),
    Action.GOLDEN: (Scope.REVIEW,),
    Action.CALIBRATE: (Scope.REVIEW, Scope.AUDIT),
    Action.EXPORT: (Scope.EXPORT,),
}
WORKED_THROUGH = (Action.REVIEW, Action.JUDGE, Action.GOLDEN)


class Requested(Reply):
    """What became of a conversation that was sent to review."""

    conversation_id: str
    outcome: str


class AllRequested(Reply):
    """Of each."""

    items: tuple[Requested, ...]


@dataclass(frozen=True)
class Refused:
    """A conversation with which nothing was done, and why."""

    conversation: str
    why: str


def actions_of(session: Session) -> tuple[Action, ...]:
    """What this session may do."""
    return tuple(one for one, scopes in SCOPES.items() if all(session.may(scope) for scope in scopes))


async def matching(gateway: Gateway, query: Mapping[str, str | list[str]]) -> tuple[tuple[str, ...], bool]:
    """Ids of what a list is narrowed to, at most MOST, and whether there are more."""
    found: list[str] = []
    cursor: str | None = None
    while len(found) <= MOST:
        asked = dict(query) | {"limit": str(MOST_NAMED)} | ({"cursor": cursor} if cursor else {})
        page = await gateway.conversations(asked)
        found += [one.id for one in page.items]
        cursor = page.next_cursor
        if cursor is None:
            break
    return tuple(found[:MOST]), len(found) > MOST or cursor is not None


async def work(
    gateway: Gateway, action: Action, ids: Sequence[str], *, note: str = "", person: str = ""
) -> tuple[Refused, ...]:
    """Do it with each of these, at most BATCH; those that were refused. Raises GatewaySaid where nothing of it was done."""
    if action is Action.REVIEW:
        return await _request_review(gateway, ids, note, person)
    refused = []
    for one in ids:
        try:
            await _one(gateway, action, one)
        except GatewaySaid as error:
            refused.append(Refused(one, error.said_code))
    return tuple(refused)


async def _request_review(gateway: Gateway, ids: Sequence[str], note: str, person: str) -> tuple[Refused, ...]:
    body = {"conversation_ids": list(ids), "note": note or None, "person_id": person or None}
    reply = await gateway.ask("POST", "/v1/review-items", json=body)
    told = AllRequested.model_validate_json(reply.content).items
    fine = {"added", "reopened"} | ({"waits"} if person else set())
    return tuple(Refused(one.conversation_id, one.outcome) for one in told if one.outcome not in fine)


async def _one(gateway: Gateway, action: Action, conversation: str) -> None:
    if action is Action.GOLDEN:
        await gateway.ask("POST", "/v1/golden-items", json={"conversation_id": conversation, "whole": False})
    else:
        await gateway.ask("POST", f"/v1/conversations/{quote(conversation, safe='')}/judge-again")


def narrowed(asked: Mapping[str, str]) -> dict[str, str | list[str]]:
    """As the gateway takes it."""
    return dict(narrowing.query(asked))
