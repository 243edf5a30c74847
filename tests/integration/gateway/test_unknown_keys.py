"""Tries without a valid key: remembered, counted by address, and refused before Postgres is asked."""

import secrets
from typing import Any

import httpx
import pytest
from auricle_gateway.access import tokens
from auricle_records import keys
from integration.gateway.conftest import running


def random_token() -> str:
    return f"auricle_{secrets.token_hex(4)}_{secrets.token_urlsafe(32)}"


async def test_an_address_may_try_so_many_unknown_keys_and_no_more(
    module_postgres_url: str,
    redis_server: Any,
    tmp_path_factory: pytest.TempPathFactory,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    looked_up: list[str] = []
    authenticate = keys.authenticate

    async def counted(db: Any, token: str) -> Any:
        looked_up.append(token)
        return await authenticate(db, token)

    monkeypatch.setattr(keys, "authenticate", counted)
    blobs = tmp_path_factory.mktemp("blobs")
    async with running(
        module_postgres_url, redis_server.url, blobs, rate_per_minute=0, unknown_keys_per_minute=5
    ) as door:
        assert (await door.ours.get("/v1/whoami")).status_code == 200
        async with httpx.AsyncClient(base_url=door.url) as stranger:

            async def tried(token: str) -> httpx.Response:
                return await stranger.get("/v1/whoami", headers={"Authorization": f"Bearer {token}"})

            same = random_token()
            looked_up.clear()
            assert [(await tried(same)).status_code for _ in range(3)] == [401] * 3
            assert looked_up == [same], "an unknown key is remembered"
            statuses = [(await tried(random_token())).status_code for _ in range(20)]
            assert statuses == [401] * 2 + [429] * 18
            assert len(looked_up) == 3
            refused = await tried(random_token())
            assert refused.json()["code"] == "rate_limited"
            assert int(refused.headers["retry-after"]) > 0
        assert (await door.ours.get("/v1/whoami")).status_code == 200, (
            "a key that is known passes from the same address"
        )


async def test_strangers_behind_a_proxy_shut_out_neither_each_other_nor_who_was_known(
    module_postgres_url: str, redis_server: Any, tmp_path: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tokens, "KNOWN_SECONDS", 0.0)
    settings = {"rate_per_minute": 0, "unknown_keys_per_minute": 2, "trusted_proxies": ["127.0.0.0/8"]}
    async with running(module_postgres_url, redis_server.url, tmp_path, **settings) as door:
        assert (await door.ours.get("/v1/whoami")).status_code == 200

        async def tried(token: str, *addresses: str) -> int:
            headers = {"Authorization": f"Bearer {token}", "X-Forwarded-For": ", ".join(addresses)}
            async with httpx.AsyncClient(base_url=door.url) as stranger:
                return (await stranger.get("/v1/whoami", headers=headers)).status_code

        assert [await tried(random_token(), "203.0.113.7") for _ in range(4)] == [401, 401, 429, 429]
        assert await tried(random_token(), "198.51.100.9") == 401, "another address"
        forged = [await tried(random_token(), f"192.0.2.{number}", "203.0.113.7") for number in range(2)]
        assert forged == [429, 429], "what a stranger writes in front of the proxy's word is not believed"
        known = door.ours.headers["authorization"].removeprefix("Bearer ")
        assert await tried(known, "203.0.113.7") == 200, "looked up again, and not refused"


async def test_without_a_proxy_nobodys_word_for_an_address_is_believed(
    module_postgres_url: str, redis_server: Any, tmp_path: Any
) -> None:
    settings = {"rate_per_minute": 0, "unknown_keys_per_minute": 2}
    async with running(module_postgres_url, redis_server.url, tmp_path, **settings) as door:
        async with httpx.AsyncClient(base_url=door.url) as stranger:
            statuses = [
                (
                    await stranger.get(
                        "/v1/whoami",
                        headers={
                            "Authorization": f"Bearer {random_token()}",
                            "X-Forwarded-For": f"203.0.113.{number}",
                        },
                    )
                ).status_code
                for number in range(4)
            ]
        assert statuses == [401, 401, 429, 429]
