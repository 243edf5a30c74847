"""Signing in as a person, asked of the gateway without a key: by password or identity provider, and the password of a one-time link."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import httpx
from auricle_kit.errors import DependencyUnavailable

from auricle_console.errors import GatewaySaid
from auricle_console.gateway import faults_of, problem_of
from auricle_console.replies import NewSession, OidcFlow, SignInMethods


@dataclass(frozen=True)
class SignIn:
    """The gateway's doors that need no key. All raise GatewaySaid with the reason's code."""

    client: httpx.AsyncClient

    async def methods(self) -> SignInMethods:
        """How people of this installation sign in."""
        return SignInMethods.model_validate_json((await self._ask("GET", "/v1/sign-in")).content)

    async def by_password(self, said: Mapping[str, str]) -> NewSession:
        """`said`: email, password, and where they are given code and workspace."""
        given = {name: value for name, value in said.items() if value}
        return NewSession.model_validate_json((await self._ask("POST", "/v1/sessions", json=given)).content)

    async def at_provider(self) -> OidcFlow:
        """Where the browser is sent, and what is kept meanwhile."""
        return OidcFlow.model_validate_json((await self._ask("POST", "/v1/sessions/oidc")).content)

    async def by_provider(self, code: str, flow: OidcFlow) -> NewSession:
        """With what the browser brought back."""
        body = {"code": code, "nonce": flow.nonce, "verifier": flow.verifier}
        body |= {"workspace": flow.workspace} if flow.workspace else {}
        return NewSession.model_validate_json((await self._ask("POST", "/v1/sessions/oidc/finish", json=body)).content)

    async def set_password(self, token: str, password: str) -> None:
        """By a one-time link."""
        await self._ask("POST", "/v1/passwords", json={"token": token, "password": password})

    async def _ask(self, method: str, path: str, **options: Any) -> httpx.Response:
        try:
            reply = await self.client.request(method, path, **options)
        except httpx.HTTPError as error:
            raise DependencyUnavailable(f"the gateway does not answer ({type(error).__name__})") from None
        if reply.is_success:
            return reply
        raise GatewaySaid(reply.status_code, *problem_of(reply), faults_of(reply))
