"""An identity provider in a process of its own, and a gateway that is registered there."""

import asyncio
import sys
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass
from pathlib import Path
from signal import SIGKILL
from typing import Any
from urllib.parse import parse_qs, quote, urlsplit

import httpx
import pytest
from auricle_cli.stack.ports import any_free
from fixtures.parentage import child
from integration.gateway.conftest import Door, running
from integration.gateway.signed_in import post

PROVIDER = Path(__file__).parents[2] / "fixtures" / "oidc_provider.py"
REDIRECT = "http://page.example/sign-in/oidc"


@dataclass
class IdentityProvider:
    """A provider with its users, and a gateway that is registered there."""

    issuer: str
    door: Door

    async def user(self, subject: str, **claims: object) -> None:
        async with httpx.AsyncClient() as http:
            done = await http.put(f"{self.issuer}/users/{quote(subject)}", json=claims)
            assert done.status_code == 204, done.text

    async def begin(self) -> dict[str, str]:
        flow: dict[str, str] = (await post(self.door, "/v1/sessions/oidc")).json()
        return flow

    async def authorize(self, url: str, subject: str) -> str:
        """What a browser does there; the code that it brings back."""
        async with httpx.AsyncClient() as http:
            answer = await http.post(url, data={"sub": subject})
        returned = parse_qs(urlsplit(answer.headers["location"]).query)
        assert returned["state"] == parse_qs(urlsplit(url).query)["state"]
        return returned["code"][0]

    async def sign_in(self, subject: str, **changes: str) -> httpx.Response:
        flow = await self.begin()
        code = await self.authorize(flow["url"], subject)
        brought = {"code": code, "nonce": flow["nonce"], "verifier": flow["verifier"]} | changes
        return await post(self.door, "/v1/sessions/oidc/finish", **brought)


@pytest.fixture(scope="module")
def issuer() -> Iterator[str]:
    port = any_free()
    process = child([sys.executable, PROVIDER, "--port", str(port), "--require-nonce", "true"], SIGKILL)
    yield f"http://localhost:{port}"
    process.kill()
    process.wait()


@pytest.fixture(scope="module")
async def provider(
    issuer: str, module_postgres_url: str, redis_server: Any, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[IdentityProvider]:
    async with httpx.AsyncClient() as http:
        for _ in range(200):
            try:
                await http.get(f"{issuer}/.well-known/openid-configuration")
                break
            except httpx.TransportError:
                await asyncio.sleep(0.1)
    blobs: Path = tmp_path_factory.mktemp("blobs")
    registered = {"oidc_issuer": issuer, "oidc_client_id": "auricle", "oidc_client_secret": "secret"}
    async with running(
        module_postgres_url, redis_server.url, blobs, **registered, oidc_redirect_url=REDIRECT, rate_per_minute=0
    ) as door:
        yield IdentityProvider(issuer, door)
