"""What egress refuses.

AuricleError
├── UrlRefused   422  scheme, port, userinfo, or an address that is not public
└── FetchFailed  424  the other side did not give it: refused, too slow, too large, an error status (retryable)
"""

from auricle_contracts import Code

from auricle_kit.errors import AuricleError


class UrlRefused(AuricleError):
    """The URL can never be fetched as it stands. The detail does not say what the name resolved to."""

    code = Code.URL_REFUSED
    status = 422


class FetchFailed(AuricleError):
    """The URL is fine, what it leads to is not; later it may be."""

    code = Code.FETCH_FAILED
    status = 424
    retryable = True
