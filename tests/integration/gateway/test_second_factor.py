"""The second factor through the door: prepared, switched on by a code, asked for, each code good once."""

import asyncio
import time
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pyotp
import pytest
from integration.gateway.conftest import Door, running
from integration.gateway.signed_in import PASSWORD, person_of, post
from sqlalchemy import text

KEY = "a:" + "YWFh" * 10 + "YWE="
STEP_S = 30


@pytest.fixture(scope="module")
async def sealed(
    module_postgres_url: str, redis_server: Any, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[Door]:
    """A gateway with a masking key."""
    blobs: Path = tmp_path_factory.mktemp("blobs")
    async with running(module_postgres_url, redis_server.url, blobs, masking_keys=KEY, sign_ins_per_minute=0) as door:
        yield door


async def early_in_a_step() -> None:
    """Returns with 15 s or more before the code changes: a code of the step before is then good until the answer comes."""
    left_s = STEP_S - time.time() % STEP_S
    if left_s < 15:
        await asyncio.sleep(left_s)


async def test_a_code_is_asked_for_and_good_once(sealed: Door) -> None:
    async with await person_of(sealed.ours, "admin", email="factor@ours.example") as client:
        secret = (await client.post("/v1/me/second-factor")).json()["secret"]
        codes = pyotp.TOTP(secret)
        begun = await post(sealed, "/v1/sessions", email="factor@ours.example", password=PASSWORD)
        assert begun.status_code == 201, "a secret that was not confirmed asks nobody"
        wrong = await client.post("/v1/me/second-factor/confirm", json={"code": "000000"})
        assert wrong.json()["code"] == "sign_in_refused"
        await early_in_a_step()
        code = codes.at(int(time.time()) - STEP_S)
        assert (await client.post("/v1/me/second-factor/confirm", json={"code": code})).status_code == 204
        missing = await post(sealed, "/v1/sessions", email="factor@ours.example", password=PASSWORD)
        assert (missing.status_code, missing.json()["code"]) == (401, "second_factor_required")
        used = await post(sealed, "/v1/sessions", email="factor@ours.example", password=PASSWORD, code=code)
        assert used.json()["code"] == "sign_in_refused", "the code that switched it on was used up"
        now = codes.now()
        both = await asyncio.gather(
            *(post(sealed, "/v1/sessions", email="factor@ours.example", password=PASSWORD, code=now) for _ in range(2))
        )
        assert sorted(one.status_code for one in both) == [201, 401]
        assert (await client.post("/v1/me/second-factor")).status_code == 409


async def test_an_admin_removes_a_lost_factor(sealed: Door) -> None:
    async with await person_of(sealed.ours, "reviewer", email="lost@ours.example") as client:
        codes = pyotp.TOTP((await client.post("/v1/me/second-factor")).json()["secret"])
        await client.post("/v1/me/second-factor/confirm", json={"code": codes.now()})
        person = (await client.get("/v1/whoami")).json()["person"]["id"]
    assert (await sealed.ours.get(f"/v1/people/{person}")).json()["has_second_factor"] is True
    assert (await sealed.ours.delete(f"/v1/people/{person}/second-factor")).status_code == 204
    again = await post(sealed, "/v1/sessions", email="lost@ours.example", password=PASSWORD)
    assert again.status_code == 201


async def test_the_secret_is_sealed(sealed: Door) -> None:
    async with await person_of(sealed.ours, "reviewer", email="sealed@ours.example") as client:
        secret = (await client.post("/v1/me/second-factor")).json()["secret"]
        async with sealed.db.transaction("ours") as connection:
            kept = [str(row) for row in await connection.execute(text("SELECT * FROM people"))]
        assert not any(secret in row for row in kept)


async def test_without_a_masking_key_there_is_none(door: Door) -> None:
    async with await person_of(door.ours, "reviewer", email="keyless@ours.example") as client:
        refused = await client.post("/v1/me/second-factor")
    assert (refused.status_code, refused.json()["code"]) == (409, "not_ready")
