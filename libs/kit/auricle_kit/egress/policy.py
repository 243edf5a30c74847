"""What may be reached, how much of it, and what can be refused before a name is resolved. Pure."""

from collections.abc import Iterable
from dataclasses import dataclass, replace

import httpx

from auricle_kit.egress.errors import UrlRefused

DEFAULT_PORTS = {"http": 80, "https": 443}


@dataclass(frozen=True)
class Policy:
    """What may be reached, and how much of it.

    `hosts` is a workspace's own list, kept by an operator: when there is one, nothing else is reached. A bare `host` on it
    must still be public; `host:port` is trusted, so it may be private, and plain http.
    """

    schemes: frozenset[str] = frozenset({"https"})
    ports: frozenset[int] = frozenset({443, 8443})
    hosts: frozenset[str] = frozenset()
    max_bytes: int = 512 * 1024 * 1024
    max_redirects: int = 3
    connect_seconds: float = 5.0
    silence_seconds: float = 10.0
    total_seconds: float = 120.0

    def with_hosts(self, hosts: Iterable[str]) -> "Policy":
        """This policy with a workspace's own list; buckets (`s3://…`) on it are no hosts."""
        return replace(self, hosts=frozenset(host for host in hosts if "://" not in host))

    def trusts(self, host: str, port: int) -> bool:
        """Whether an operator named exactly this host and port."""
        return f"{host}:{port}" in self.hosts

    def lists(self, host: str) -> bool:
        """Whether the workspace's list, if there is one, has the host."""
        return not self.hosts or host in self.hosts


def check_url(url: httpx.URL, policy: Policy) -> None:
    """Refuse what can be refused before any name is resolved."""
    port = url.port or DEFAULT_PORTS.get(url.scheme, 0)
    host = url.raw_host.decode("ascii")
    if url.userinfo:
        raise UrlRefused(
            "the URL carries a user name or password", action="Give a URL that is signed, or send the recording itself."
        )
    if not host or url.scheme not in DEFAULT_PORTS:
        raise UrlRefused("the URL is not absolute http(s)")
    if policy.trusts(host, port):
        return
    if not policy.lists(host):
        raise UrlRefused("the host is not on this workspace's list of hosts")
    if url.scheme not in policy.schemes:
        raise UrlRefused(
            f"only {', '.join(sorted(policy.schemes))} is fetched", action="Serve the recording over https."
        )
    if port not in policy.ports:
        raise UrlRefused(f"port {port} is not among {', '.join(map(str, sorted(policy.ports)))}")
