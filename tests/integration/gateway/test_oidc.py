"""Signing in at an identity provider: a real one (code flow, PKCE, RS256) in a process of its own."""

from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest
from auricle_cli.stack.ports import any_free
from auricle_identity.oidc import Client, Provider
from integration.gateway import identity_provider
from integration.gateway.conftest import Door, running
from integration.gateway.identity_provider import REDIRECT, IdentityProvider
from integration.gateway.signed_in import post

issuer, provider = identity_provider.issuer, identity_provider.provider


async def add(provider: IdentityProvider, email: str) -> str:
    made = await provider.door.ours.post("/v1/people", json={"email": email, "name": "Анна", "roles": ["analyst"]})
    return str(made.json()["id"])


async def test_the_url_asks_for_a_code_with_pkce(provider: IdentityProvider) -> None:
    flow = await provider.begin()
    asked = parse_qs(urlsplit(flow["url"]).query)
    assert (asked["response_type"], asked["code_challenge_method"]) == (["code"], ["S256"])
    assert (asked["redirect_uri"], asked["nonce"]) == ([REDIRECT], [flow["nonce"]])
    assert flow["verifier"] not in flow["url"]
    assert (await post(provider.door, "/v1/sign-in")).status_code == 405
    async with httpx.AsyncClient(base_url=provider.door.url) as http:
        assert (await http.get("/v1/sign-in")).json() == {"password": True, "oidc": True}


async def test_a_verified_email_signs_in_and_the_subject_is_remembered(provider: IdentityProvider) -> None:
    person = await add(provider, "ann@oidc.example")
    await provider.user("ann-1", email="ann@oidc.example", email_verified=True, name="Анна")
    begun = await provider.sign_in("ann-1")
    assert begun.status_code == 201, begun.text
    assert (begun.json()["person_id"], begun.json()["method"]) == (person, "oidc")
    assert (await provider.door.ours.get(f"/v1/people/{person}")).json()["has_provider"] is True
    await provider.user("ann-1", email="married@oidc.example", email_verified=True)
    assert (await provider.sign_in("ann-1")).json()["person_id"] == person, "the subject counts, not the e-mail"
    await provider.user("thief", email="ann@oidc.example", email_verified=True)
    assert (await provider.sign_in("thief")).json()["code"] == "sign_in_refused", (
        "another subject with her e-mail is not her"
    )


@pytest.mark.parametrize("verified", [False, None, "true"])
async def test_an_email_that_nobody_verified_opens_nothing(provider: IdentityProvider, verified: object) -> None:
    await add(provider, f"unverified-{verified}@oidc.example".lower())
    await provider.user(f"u-{verified}", email=f"unverified-{verified}@oidc.example", email_verified=verified)
    assert (await provider.sign_in(f"u-{verified}")).json()["code"] == "sign_in_refused"


async def test_nobody_is_added_by_signing_in(provider: IdentityProvider) -> None:
    await provider.user("stranger", email="stranger@oidc.example", email_verified=True)
    assert (await provider.sign_in("stranger")).json()["code"] == "sign_in_refused"


@pytest.mark.parametrize("change", [{"nonce": "another"}, {"verifier": "x" * 43}, {"code": "stolen"}])
async def test_a_code_is_good_only_with_what_its_browser_kept(
    provider: IdentityProvider, change: dict[str, str]
) -> None:
    email = f"{next(iter(change))}@oidc.example"
    await add(provider, email)
    await provider.user(email, email=email, email_verified=True)
    refused = await provider.sign_in(email, **change)
    assert (refused.status_code, refused.json()["code"]) == (401, "sign_in_refused")
    assert (await provider.sign_in(email)).status_code == 201, "the same person with the right words"


async def test_a_code_is_good_once(provider: IdentityProvider) -> None:
    await add(provider, "once@oidc.example")
    await provider.user("once", email="once@oidc.example", email_verified=True)
    flow = await provider.begin()
    brought = {
        "code": await provider.authorize(flow["url"], "once"),
        "nonce": flow["nonce"],
        "verifier": flow["verifier"],
    }
    first = await post(provider.door, "/v1/sessions/oidc/finish", **brought)
    second = await post(provider.door, "/v1/sessions/oidc/finish", **brought)
    assert (first.status_code, second.status_code) == (201, 401)


@pytest.mark.parametrize(("issuer_of", "client_id"), [("{}/other", "auricle"), ("{}", "another-client")])
async def test_a_token_for_another_issuer_or_audience_is_refused(
    provider: IdentityProvider, issuer_of: str, client_id: str
) -> None:
    """A provider object that expects another issuer or audience gets a token that is right in all else."""
    await provider.user("aud", email="aud@oidc.example", email_verified=True)
    async with httpx.AsyncClient() as http:
        right = Provider(Client(provider.issuer, "auricle", "secret", REDIRECT), http)
        flow = await right.begin()
        token = await right._exchange(await provider.authorize(flow.url, "aud"), flow.verifier)
        assert (await right._verified(token["id_token"], flow.nonce, token["access_token"]))["sub"] == "aud"
        wrong = Provider(Client(issuer_of.format(provider.issuer), client_id, "secret", REDIRECT), http)
        wrong._metadata, wrong._keys, wrong._read_at = right._metadata, right._keys, right._read_at
        with pytest.raises(Exception, match=r"iss|aud"):
            await wrong._verified(token["id_token"], flow.nonce, token["access_token"])


async def test_a_token_that_was_changed_is_refused(provider: IdentityProvider) -> None:
    await provider.user("forged", email="forged@oidc.example", email_verified=True)
    async with httpx.AsyncClient() as http:
        client = Provider(Client(provider.issuer, "auricle", "secret", REDIRECT), http)
        flow = await client.begin()
        token = await client._exchange(await provider.authorize(flow.url, "forged"), flow.verifier)
        head, body, signature = token["id_token"].split(".")
        unsigned = "eyJhbGciOiJub25lIn0"  # {"alg":"none"}
        for forged in (f"{head}.{body}x.{signature}", f"{unsigned}.{body}.", f"{head}.{body}.{'A' * len(signature)}"):
            with pytest.raises(Exception, match=r"."):
                await client._verified(forged, flow.nonce, "")


async def test_an_installation_without_a_provider_says_so(door: Door) -> None:
    refused = await post(door, "/v1/sessions/oidc")
    assert (refused.status_code, refused.json()["code"]) == (404, "not_found")


async def test_a_provider_that_is_away_is_told(module_postgres_url: str, redis_server: Any, tmp_path: Path) -> None:
    away = {"oidc_issuer": f"http://localhost:{any_free()}", "oidc_client_id": "auricle"}
    async with running(module_postgres_url, redis_server.url, tmp_path, **away) as door:
        refused = await post(door, "/v1/sessions/oidc")
    assert (refused.status_code, refused.json()["code"]) == (503, "dependency_unavailable")
