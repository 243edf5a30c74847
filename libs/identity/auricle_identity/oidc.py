"""OpenID Connect, code flow with PKCE: whom an identity provider vouches for.

    begin(redirect) ──► URL for the browser, and state, nonce, verifier, which the page keeps with that browser
    browser signs in there and comes back with code and state
    finish(code, …) ──► token endpoint (code, verifier, client secret) ──► ID token: signature by the provider's keys; issuer,
                        audience, expiry and nonce checked ──► Vouched

The code is useless without the verifier, and the token of another browser has another nonce.
"""

import secrets
import time
from dataclasses import dataclass
from typing import Any

import httpx
from auricle_kit import log
from authlib.oauth2.rfc6749.parameters import prepare_grant_uri
from authlib.oauth2.rfc7636 import create_s256_code_challenge
from authlib.oidc.core import CodeIDToken
from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import KeySet

from auricle_identity.errors import ProviderUnavailable, SignInRefused

logger = log.get("identity.oidc")
SCOPE = "openid email profile"
ALGORITHMS = [
    "RS256",
    "PS256",
    "ES256",
    "EdDSA",
    "RS384",
    "RS512",
    "ES384",
]  # asymmetric only: no secret signs an ID token
TIMEOUT_S = 10.0
LEEWAY_S = 60
KEYS_KEPT_S = 3600.0


@dataclass(frozen=True, slots=True)
class Client:
    """How this installation is registered at its provider. `redirect_url` is the page's address that browsers come back to."""

    issuer: str
    client_id: str
    client_secret: str
    redirect_url: str


@dataclass(frozen=True, slots=True)
class Flow:
    """A sign-in that was begun. All but `url` stays with the browser that began it."""

    url: str
    state: str
    nonce: str
    verifier: str


@dataclass(frozen=True, slots=True)
class Vouched:
    """Whom the provider vouches for. `email` is there only where the provider verified it."""

    issuer: str
    subject: str
    email: str | None
    name: str | None


class Provider:
    """The identity provider. Its configuration and keys are read when first needed and kept for an hour."""

    def __init__(self, client: Client, http: httpx.AsyncClient) -> None:
        self.client = client
        self._http = http
        self._metadata: dict[str, Any] = {}
        self._keys: KeySet | None = None
        self._read_at = -KEYS_KEPT_S

    async def begin(self) -> Flow:
        """Raises ProviderUnavailable."""
        metadata, _ = await self._read()
        state, nonce, verifier = (secrets.token_urlsafe(32) for _ in range(3))
        url = prepare_grant_uri(
            metadata["authorization_endpoint"],
            self.client.client_id,
            "code",
            redirect_uri=self.client.redirect_url,
            scope=SCOPE,
            state=state,
            nonce=nonce,
            code_challenge=create_s256_code_challenge(verifier),
            code_challenge_method="S256",
        )
        return Flow(url, state, nonce, verifier)

    async def finish(self, *, code: str, nonce: str, verifier: str) -> Vouched:
        """Raises SignInRefused for a code, a nonce or a token that is not right, ProviderUnavailable."""
        token = await self._exchange(code, verifier)
        try:
            claims = await self._verified(str(token["id_token"]), nonce, str(token.get("access_token", "")))
        except (JoseError, KeyError, ValueError) as error:
            logger.warning("id_token_refused", error=type(error).__name__)
            raise SignInRefused from None
        return _vouched(claims)

    async def _exchange(self, code: str, verifier: str) -> dict[str, Any]:
        metadata, _ = await self._read()
        form = {
            "grant_type": "authorization_code",
            "code": code,
            "redirect_uri": self.client.redirect_url,
            "code_verifier": verifier,
        }
        given = await self._ask(
            "POST",
            metadata["token_endpoint"],
            data=form,
            auth=httpx.BasicAuth(self.client.client_id, self.client.client_secret),
        )
        if given.is_client_error:
            raise SignInRefused
        return _object(given)

    async def _verified(self, token: str, nonce: str, access_token: str) -> CodeIDToken:
        _, keys = await self._read()
        try:
            decoded = jwt.decode(token, keys, algorithms=ALGORITHMS)
        except (JoseError, ValueError):  # the provider may have changed its keys since they were read
            _, keys = await self._read(again=True)
            decoded = jwt.decode(token, keys, algorithms=ALGORITHMS)
        claims = CodeIDToken(
            decoded.claims,
            decoded.header,
            options={
                "iss": {"essential": True, "value": self.client.issuer},
                "aud": {"essential": True, "value": self.client.client_id},
                "nonce": {"essential": True, "value": nonce},
            },
            params={"nonce": nonce, "client_id": self.client.client_id, "access_token": access_token},
        )
        claims.validate(now=int(time.time()), leeway=LEEWAY_S)
        return claims

    async def _read(self, *, again: bool = False) -> tuple[dict[str, Any], KeySet]:
        if self._keys is None or again or time.monotonic() - self._read_at > KEYS_KEPT_S:
            address = f"{self.client.issuer.rstrip('/')}/.well-known/openid-configuration"
            metadata = _object(await self._ask("GET", address))
            if metadata.get("issuer") != self.client.issuer:
                logger.error("provider_names_another_issuer")
                raise ProviderUnavailable
            try:
                self._keys = KeySet.import_key_set(_key_set(_object(await self._ask("GET", metadata["jwks_uri"]))))
                self._metadata = {name: metadata[name] for name in ("authorization_endpoint", "token_endpoint")}
            except (KeyError, ValueError, JoseError):
                raise ProviderUnavailable from None
            self._read_at = time.monotonic()
        return self._metadata, self._keys

    async def _ask(self, method: str, url: str, **sent: Any) -> httpx.Response:
        try:
            response = await self._http.request(method, url, timeout=TIMEOUT_S, **sent)
        except (httpx.HTTPError, httpx.InvalidURL) as error:
            logger.warning("provider_away", error=type(error).__name__)
            raise ProviderUnavailable from None
        if response.is_server_error:
            raise ProviderUnavailable
        return response


def _object(response: httpx.Response) -> dict[str, Any]:
    try:
        found = response.json()
    except ValueError:
        raise ProviderUnavailable from None
    if not response.is_success or not isinstance(found, dict):
        raise ProviderUnavailable
    return found


def _key_set(document: dict[str, Any]) -> Any:
    return {"keys": [key for key in document["keys"] if key.get("use", "sig") == "sig"]}


def _vouched(claims: CodeIDToken) -> Vouched:
    verified = claims.get("email") if claims.get("email_verified") is True else None
    return Vouched(
        issuer=str(claims["iss"]),
        subject=str(claims["sub"]),
        email=str(verified).strip().casefold() if verified else None,
        name=str(claims["name"]) if claims.get("name") else None,
    )
