"""After a rotation: maps are sealed anew batch by batch, the old key is needed no more, and the metric says when."""

import base64

import pytest
from auricle_contracts.masking import PersonalKind, Secret, Secrets
from auricle_keeper import resealing
from auricle_keeper.resealing import Keys, ReverseMaps
from auricle_kit.sealing import Keyring, Sealed
from auricle_masking import seal, unseal
from auricle_records import masking
from auricle_records.masking import SealedMap
from fixtures.tenant import Tenant
from prometheus_client import REGISTRY
from sqlalchemy import text

KEYS = [base64.b64encode(bytes([n]) * 32).decode() for n in (1, 2)]


def ring(setting: str) -> Keyring:
    found = Keyring.parse(setting)
    assert found is not None
    return found


OLD, BOTH, NEW = ring(f"a:{KEYS[0]}"), ring(f"b:{KEYS[1]},a:{KEYS[0]}"), ring(f"b:{KEYS[1]}")


def secrets(number: int) -> Secrets:
    one = Secret(placeholder="[ИМЯ_1]", kind=PersonalKind.NAME, value=f"ольга{number}", words="Ольга")
    return Secrets(language="ru", secrets=(one,))


async def keep(tenant: Tenant, count: int, keyring: Keyring) -> list[str]:
    """So many conversations with a map each."""
    made = [(await tenant.chat()).conversation_id for _ in range(count)]
    for number, conversation_id in enumerate(made):
        sealed = seal(keyring, secrets(number), tenant.workspace, conversation_id, 1)
        async with tenant.db.transaction(tenant.workspace) as connection:
            await masking.add(connection, tenant.workspace, SealedMap(conversation_id, 1, sealed.key_id, sealed.body))
    return made


def counted(key: str, what: str = "reverse_map") -> float | None:
    return REGISTRY.get_sample_value("auricle_sealed", {"what": what, "key": key})


async def test_maps_of_the_old_key_are_sealed_anew_and_open_without_it(tenant: Tenant) -> None:
    made = await keep(tenant, 5, OLD)
    await Keys(tenant.db, BOTH).round()
    assert (counted("a"), counted("b")) == (5, 0)
    assert await ReverseMaps(tenant.db, BOTH).round() == 5
    assert await ReverseMaps(tenant.db, BOTH).round() == 0
    await Keys(tenant.db, BOTH).round()
    assert (counted("a"), counted("b")) == (0, 5)
    found = await masking.maps(tenant.db, tenant.workspace, made)
    opened = [unseal(NEW, Sealed(found[one].key_id, found[one].body), tenant.workspace, one, 1) for one in made]
    assert opened == [secrets(number) for number in range(5)]


async def test_a_round_is_bounded_and_a_map_that_does_not_open_holds_nobody_up(
    tenant: Tenant, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(resealing, "BATCH", 2)
    made = sorted(await keep(tenant, 5, OLD))
    async with tenant.db.transaction(tenant.workspace) as connection:
        spoil = text("UPDATE reverse_maps SET body = body || 'x'::bytea WHERE conversation_id = ANY(:ids)")
        await connection.execute(spoil, {"ids": made[:2]})
    job = ReverseMaps(tenant.db, BOTH)
    assert [await job.round() for _ in range(3)] == [0, 2, 1]
    await Keys(tenant.db, BOTH).round()
    assert (counted("a"), counted("b")) == (2, 3), "the spoilt ones keep their key, and say so"


async def test_what_needs_a_key_that_is_not_here_is_left_and_counted(tenant: Tenant) -> None:
    await keep(tenant, 1, OLD)
    assert await ReverseMaps(tenant.db, NEW).round() == 0
    await Keys(tenant.db, NEW).round()
    assert (counted("a"), counted("b")) == (1, 0)
