"""One GET of a caller's URL, bounded in size and time."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass

import httpx

from auricle_kit.egress.errors import FetchFailed, UrlRefused
from auricle_kit.egress.policy import Policy
from auricle_kit.egress.transport import Resolve, client, resolve


@dataclass(frozen=True)
class Fetched:
    """An answer under way: its media type as told (lower case, without parameters; "" when untold), and its bytes."""

    media_type: str
    chunks: AsyncIterator[bytes]


@asynccontextmanager
async def fetch(
    url: str, policy: Policy, *, resolver: Resolve = resolve, auth: tuple[str, str] | None = None
) -> AsyncIterator[Fetched]:
    """GET a URL of a caller's; raises UrlRefused or FetchFailed, in the middle of `chunks` too.

    `auth` is a basic user and password for the URL's own host: httpx sends it to no other one that a redirect leads to.
    """
    try:
        async with (
            asyncio.timeout(policy.total_seconds),
            client(policy, redirects=True, resolver=resolver) as http,
            http.stream("GET", _parsed(url), auth=auth) as response,
        ):
            _check_answer(response, policy)
            kind = response.headers.get("content-type", "").partition(";")[0].strip().lower()
            yield Fetched(kind, _bounded(response, policy))
    except httpx.TooManyRedirects as error:
        raise UrlRefused(f"more than {policy.max_redirects} redirects") from error
    except TimeoutError as error:
        raise FetchFailed(f"it took longer than {policy.total_seconds:.0f} s") from error
    except (httpx.HTTPError, httpx.InvalidURL) as error:
        raise FetchFailed(f"the server did not answer as HTTP should ({type(error).__name__})") from error


def _parsed(url: str) -> httpx.URL:
    try:
        return httpx.URL(url)
    except httpx.InvalidURL as error:
        raise UrlRefused("this is not a URL") from error


def _check_answer(response: httpx.Response, policy: Policy) -> None:
    if response.status_code != 200:
        raise FetchFailed(f"the server answered {response.status_code}")
    if response.headers.get("content-encoding", "identity").lower() != "identity":
        raise FetchFailed("the server compressed the answer, though it was asked not to")
    declared = response.headers.get("content-length", "0")
    if declared.isdigit() and int(declared) > policy.max_bytes:
        raise FetchFailed(f"it is larger than {policy.max_bytes} bytes")


async def _bounded(response: httpx.Response, policy: Policy) -> AsyncIterator[bytes]:
    size = 0
    async for chunk in response.aiter_raw():
        size += len(chunk)
        if size > policy.max_bytes:
            raise FetchFailed(f"it is larger than {policy.max_bytes} bytes")
        yield chunk
