"""HTTP to addresses that callers name: recording_url and webhook targets.

The name is resolved once, every answer is checked, and the connection goes to an address that was checked, so a name that
changes its mind between check and use (DNS rebinding) gains nothing. The check sits in the transport: redirects, retries
and reused clients cannot pass beside it. Environment proxies are not used: a proxy would resolve the name again.
"""

from auricle_kit.egress.addresses import is_public
from auricle_kit.egress.errors import FetchFailed, UrlRefused
from auricle_kit.egress.fetching import Fetched, fetch
from auricle_kit.egress.policy import DEFAULT_PORTS, Policy, check_url
from auricle_kit.egress.transport import CheckedTransport, Resolve, client, resolve

__all__ = [
    "DEFAULT_PORTS",
    "CheckedTransport",
    "FetchFailed",
    "Fetched",
    "Policy",
    "Resolve",
    "UrlRefused",
    "check_url",
    "client",
    "fetch",
    "is_public",
    "resolve",
]
