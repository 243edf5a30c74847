"""What can go wrong between a browser and the gateway.

AuricleError
├── LoginNeeded       401   no session, or the gateway refuses its key   → the login page
├── Forged            403   a form that was not ours                     → a plain page
└── GatewaySaid       …     the gateway's own problem, status and code   → a page that says it
"""

from collections.abc import Mapping, Sequence

from auricle_contracts import Code
from auricle_kit.errors import AuricleError


class LoginNeeded(AuricleError):
    """Nobody is logged in."""

    code = Code.UNAUTHENTICATED
    status = 401


class Forged(AuricleError):
    """A POST from another site, or without the token of its session."""

    code = Code.FORBIDDEN
    status = 403


class GatewaySaid(AuricleError):
    """A problem that the gateway answered with; status and code are the instance's, `errors` the faults of a document (`at`, `problem`)."""

    def __init__(self, status: int, code: str, detail: str, errors: Sequence[Mapping[str, str]] = ()) -> None:
        super().__init__(detail, errors=errors)
        self.said_status = status
        self.said_code = code
