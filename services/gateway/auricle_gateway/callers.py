"""Who is asking: the key becomes a workspace and scopes, and its requests are counted. Everything behind works for that workspace only."""

from typing import Annotated

from auricle_contracts import Scope
from auricle_records.keys import Caller
from fastapi import Depends, Security
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer, SecurityScopes

from auricle_gateway.errors import Forbidden, Unauthenticated
from auricle_gateway.parts import PartsOf

bearer = HTTPBearer(auto_error=False, description="An API key, `auricle_…`.", bearerFormat="opaque")
Token = Annotated[HTTPAuthorizationCredentials | None, Depends(bearer)]


async def caller(parts: PartsOf, token: Token, needed: SecurityScopes) -> Caller:
    """The caller with the scopes that the route needs. Raises Unauthenticated, Forbidden, RateLimited."""
    found = await parts.callers.of(token.credentials) if token else None
    if found is None:
        raise Unauthenticated
    for scope in map(Scope, needed.scopes):
        if scope not in found.scopes:
            raise Forbidden(scope)
    await parts.rates.check(found.key_id)
    return found


Anyone = Annotated[Caller, Security(caller)]
Ingester = Annotated[Caller, Security(caller, scopes=[Scope.INGEST])]
Reader = Annotated[Caller, Security(caller, scopes=[Scope.READ])]
Labeller = Annotated[Caller, Security(caller, scopes=[Scope.LABEL])]
Exporter = Annotated[Caller, Security(caller, scopes=[Scope.EXPORT])]
Operator = Annotated[Caller, Security(caller, scopes=[Scope.OPERATE])]
Deleter = Annotated[Caller, Security(caller, scopes=[Scope.DELETE])]
Unmasker = Annotated[Caller, Security(caller, scopes=[Scope.UNMASK])]
