"""httpx over a network backend that connects to checked addresses only."""

import asyncio
import ipaddress
import socket
import ssl
from collections.abc import Awaitable, Callable, Iterable

import httpcore
import httpx

from auricle_kit.egress.addresses import is_public
from auricle_kit.egress.errors import UrlRefused
from auricle_kit.egress.policy import Policy, check_url

Resolve = Callable[[str, int], Awaitable[list[str]]]


async def resolve(host: str, port: int) -> list[str]:
    """Every address of a name, in the resolver's order."""
    found = await asyncio.get_running_loop().getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return list(dict.fromkeys(str(entry[4][0]) for entry in found))


class CheckedBackend(httpcore.AsyncNetworkBackend):
    """Opens TCP connections to checked addresses only."""

    def __init__(self, policy: Policy, resolver: Resolve) -> None:
        self._policy = policy
        self._resolve = resolver
        self._network = httpcore.AnyIOBackend()

    async def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,  # noqa: ASYNC109 - httpcore's signature
        local_address: str | None = None,
        socket_options: Iterable[httpcore.SOCKET_OPTION] | None = None,
    ) -> httpcore.AsyncNetworkStream:
        """Resolve, check every answer, then try them in order."""
        last: Exception = httpcore.ConnectError("no address")
        for address in await self._addresses(host, port):
            try:
                return await self._network.connect_tcp(address, port, timeout, local_address, socket_options)
            except (httpcore.ConnectError, httpcore.ConnectTimeout) as error:
                last = error
        raise last

    async def connect_unix_socket(
        self,
        path: str,  # noqa: ARG002
        timeout: float | None = None,  # noqa: ARG002, ASYNC109 - httpcore's signature
        socket_options: Iterable[httpcore.SOCKET_OPTION] | None = None,  # noqa: ARG002
    ) -> httpcore.AsyncNetworkStream:
        """Never."""
        raise UrlRefused("the URL leads to a socket file")

    async def sleep(self, seconds: float) -> None:
        """Between httpcore's retries."""
        await asyncio.sleep(seconds)

    async def _addresses(self, host: str, port: int) -> list[str]:
        try:
            answers = await asyncio.wait_for(self._resolve(host, port), self._policy.connect_seconds)
        except (OSError, UnicodeError, TimeoutError) as error:
            raise httpcore.ConnectError("the name does not resolve") from error
        trusted = self._policy.trusts(host, port)
        # A name with one bad answer among good ones is an attack or a fault; either way it is not called.
        if not trusted and not all(is_public(ipaddress.ip_address(answer.partition("%")[0])) for answer in answers):
            raise UrlRefused("the host is, or resolves to, an address that is not public")
        return answers


class CheckedTransport(httpx.AsyncHTTPTransport):
    """httpx's transport over the checked backend; every request, redirected ones too, passes `check_url`."""

    def __init__(self, policy: Policy, *, resolver: Resolve = resolve, tls: ssl.SSLContext | None = None) -> None:
        super().__init__(trust_env=False)
        self._policy = policy
        # httpx has no public way to hand its transport a network backend; the pool is all that differs.
        self._pool = httpcore.AsyncConnectionPool(
            ssl_context=tls or httpx.create_ssl_context(trust_env=False),
            network_backend=CheckedBackend(policy, resolver),
            max_connections=20,
        )

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """Check, then send."""
        check_url(request.url, self._policy)
        return await super().handle_async_request(request)


def client(
    policy: Policy, *, redirects: bool = False, resolver: Resolve = resolve, tls: ssl.SSLContext | None = None
) -> httpx.AsyncClient:
    """A client under a policy. Webhooks follow no redirects; recordings follow a few, each checked."""
    return httpx.AsyncClient(
        transport=CheckedTransport(policy, resolver=resolver, tls=tls),
        timeout=httpx.Timeout(policy.silence_seconds, connect=policy.connect_seconds),
        follow_redirects=redirects,
        max_redirects=policy.max_redirects,
        trust_env=False,
        headers={"User-Agent": "Auricle/1", "Accept-Encoding": "identity"},
    )
