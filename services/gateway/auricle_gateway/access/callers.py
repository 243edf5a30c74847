"""Who is asking: a key or a session becomes a workspace and scopes, and its requests are counted. Everything behind works for that
workspace only, and for an agent's person in row security's second predicate.
"""

from typing import Annotated

from auricle_contracts import Scope
from auricle_records import database, trainings
from auricle_records.callers import Caller
from auricle_records.labels import Author
from fastapi import Depends, Request, Security
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer, SecurityScopes

from auricle_gateway.errors import Forbidden, OwnOnly, PersonDecides, PersonRequired, Unauthenticated
from auricle_gateway.parts import PartsOf

bearer = HTTPBearer(
    auto_error=False, description="An API key or the token of a session, `auricle_…`.", bearerFormat="opaque"
)
Token = Annotated[HTTPAuthorizationCredentials | None, Depends(bearer)]


def address_of(request: Request) -> str:
    """Where the request came from; empty where there is no socket."""
    return request.client.host if request.client else ""


async def caller(request: Request, parts: PartsOf, token: Token, needed: SecurityScopes) -> Caller:
    """The caller with the scopes that the route needs. Raises Unauthenticated, Forbidden, RateLimited."""
    found = await parts.callers.of(token.credentials, address_of(request)) if token else None
    if found is None:
        raise Unauthenticated
    for scope in map(Scope, needed.scopes):
        if scope not in found.scopes:
            raise Forbidden(scope)
    await parts.rates.check(found.id)
    database.limit_to(found.id if found.is_limited else "")
    database.read_as_reviewer(_reviewer(found))
    return found


def _reviewer(found: Caller) -> str:
    """As whom verdicts are read: only people who review and may not look golden items up are measured."""
    if Scope.REVIEW not in found.scopes:
        return ""
    is_measured = found.kind == "person" and not found.scopes & {Scope.AUDIT, Scope.TRAIN}
    return found.id if is_measured else database.NO_BLIND_ITEMS


Anyone = Annotated[Caller, Security(caller)]


def author_of(found: Caller, shown: str | None) -> Author:
    """Who a verdict is from: a person's name is their own, whatever the body says."""
    return Author(found.id, found.name if found.kind == "person" else shown, found.kind)


async def person(found: Anyone) -> Caller:
    """A person who is signed in. Raises PersonRequired for a key."""
    if found.kind != "person":
        raise PersonRequired
    return found


Person = Annotated[Caller, Depends(person)]


async def artefact_reader(found: Annotated[Caller, Security(caller, scopes=[Scope.READ])]) -> Caller:
    """Whoever reads conversations of others too. Raises OwnOnly for an agent's person."""
    if found.is_limited:
        raise OwnOnly
    return found


async def golden_reader(found: Annotated[Caller, Security(caller, scopes=[Scope.TRAIN])]) -> Caller:
    """Whoever reads golden items; without the scope `audit` nothing of the test split, whatever is asked (row security)."""
    database.limit_to_training(limited=Scope.AUDIT not in found.scopes)
    return found


GoldenReader = Annotated[Caller, Depends(golden_reader)]
ArtefactReader = Annotated[Caller, Depends(artefact_reader)]
Ingester = Annotated[Caller, Security(caller, scopes=[Scope.INGEST])]
Reader = Annotated[Caller, Security(caller, scopes=[Scope.READ])]
Labeller = Annotated[Caller, Security(caller, scopes=[Scope.LABEL])]
Appellant = Annotated[Caller, Security(caller, scopes=[Scope.APPEAL])]
Exporter = Annotated[Caller, Security(caller, scopes=[Scope.EXPORT])]
Operator = Annotated[Caller, Security(caller, scopes=[Scope.OPERATE])]
Deleter = Annotated[Caller, Security(caller, scopes=[Scope.DELETE])]
RetentionKeeper = Annotated[Caller, Security(caller, scopes=[Scope.OPERATE, Scope.DELETE])]
Unmasker = Annotated[Caller, Security(caller, scopes=[Scope.UNMASK])]
Auditor = Annotated[Caller, Security(caller, scopes=[Scope.AUDIT])]
PeopleAdmin = Annotated[Caller, Security(caller, scopes=[Scope.PEOPLE])]
Promoter = Annotated[Caller, Security(caller, scopes=[Scope.PROMOTE])]


async def decider(found: Promoter, parts: PartsOf) -> Caller:
    """Whoever makes versions live. Raises PersonDecides for the job of a training, whose key writes candidates only."""
    if found.kind == "api_key" and await trainings.of_key(parts.db, found.workspace, found.id) is not None:
        raise PersonDecides
    return found


Decider = Annotated[Caller, Depends(decider)]
Reviewer = Annotated[Caller, Security(caller, scopes=[Scope.REVIEW])]
QualityManager = Annotated[Caller, Security(caller, scopes=[Scope.REVIEW, Scope.AUDIT])]
KnowledgeEditor = Annotated[Caller, Security(caller, scopes=[Scope.KNOWLEDGE])]
