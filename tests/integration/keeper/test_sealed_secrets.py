"""Webhook secrets at rest: sealed for their endpoint, opened by the sender alone, sealed anew when keys change."""

import base64
from collections.abc import Iterator

import pytest
from auricle_keeper.sending import Outbox, SecretSealer
from auricle_keeper.webhook import Sender
from auricle_kit.egress import Policy
from auricle_kit.sealing import Keyring
from auricle_records import hooks, webhooks
from fixtures.tenant import Tenant
from integration.keeper.test_outbox import Receiver, allow, event, receiving, rows
from sqlalchemy import text
from standardwebhooks.webhooks import Webhook

KEYS = [base64.b64encode(bytes([n]) * 32).decode() for n in (1, 2)]


def ring(setting: str) -> Keyring:
    found = Keyring.parse(setting)
    assert found is not None
    return found


OLD, NEW = ring(f"a:{KEYS[0]}"), ring(f"b:{KEYS[1]},a:{KEYS[0]}")


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    with receiving() as memory:
        yield memory


def sending(tenant: Tenant, keyring: Keyring | None) -> Outbox:
    return Outbox(tenant.db, Sender(Policy(), total_seconds=5, keyring=keyring))


async def kept(tenant: Tenant) -> list[tuple[str | None, str | None, bytes | None]]:
    async with tenant.db.transaction(tenant.workspace) as connection:
        query = "SELECT secret, secret_key_id, sealed_secret FROM webhook_endpoints ORDER BY id"
        return [(one.secret, one.secret_key_id, one.sealed_secret) for one in await connection.execute(text(query))]


async def test_a_sealed_secret_signs_and_cannot_be_read_from_its_row(tenant: Tenant, receiver: Receiver) -> None:
    await allow(tenant, receiver.host)
    _, secret = await webhooks.add(tenant.db, tenant.workspace, url=receiver.url, keyring=OLD)
    ((plain, key_id, body),) = await kept(tenant)
    assert (plain, key_id) == (None, "a")
    assert body is not None
    assert secret.encode() not in body
    await event(tenant)
    await sending(tenant, OLD).round()
    ((headers, said),) = receiver.heard
    assert Webhook(secret).verify(said, headers)


async def test_a_plain_one_from_before_still_signs_and_is_sealed_in_passing(tenant: Tenant, receiver: Receiver) -> None:
    await allow(tenant, receiver.host)
    _, secret = await webhooks.add(tenant.db, tenant.workspace, url=receiver.url)
    assert [one[0] for one in await kept(tenant)] == [secret]
    await event(tenant, "evt_1")
    await sending(tenant, OLD).round()
    assert await SecretSealer(tenant.db, OLD).round() == 1
    assert [one[:2] for one in await kept(tenant)] == [(None, "a")]
    await event(tenant, "evt_2")
    await sending(tenant, OLD).round()
    assert [bool(Webhook(secret).verify(body, headers)) for headers, body in receiver.heard] == [True, True]
    assert await SecretSealer(tenant.db, OLD).round() == 0


async def test_a_new_first_key_seals_anew_and_the_old_one_is_needed_no_more(tenant: Tenant, receiver: Receiver) -> None:
    await allow(tenant, receiver.host)
    _, secret = await webhooks.add(tenant.db, tenant.workspace, url=receiver.url, keyring=OLD)
    assert await SecretSealer(tenant.db, NEW).round() == 1
    await event(tenant)
    await sending(tenant, ring(f"b:{KEYS[1]}")).round()
    ((headers, body),) = receiver.heard
    assert Webhook(secret).verify(body, headers)


@pytest.mark.parametrize("keyring", [None, ring(f"b:{KEYS[1]}")])
async def test_without_its_key_an_event_waits(tenant: Tenant, receiver: Receiver, keyring: Keyring | None) -> None:
    await allow(tenant, receiver.host)
    await webhooks.add(tenant.db, tenant.workspace, url=receiver.url, keyring=OLD)
    await event(tenant)
    await sending(tenant, keyring).round()
    assert receiver.heard == []
    assert await rows(tenant) == [("pending", 1, "Unreadable")]
    if keyring:
        assert await SecretSealer(tenant.db, keyring).round() == 0


async def test_a_secret_moved_to_another_endpoint_signs_nothing(tenant: Tenant, receiver: Receiver) -> None:
    await allow(tenant, receiver.host)
    await webhooks.add(tenant.db, tenant.workspace, url="https://theirs.example/hook", keyring=OLD, events=("none",))
    await webhooks.add(tenant.db, tenant.workspace, url=receiver.url, keyring=OLD)
    async with tenant.db.transaction(tenant.workspace) as connection:
        theirs = "(SELECT sealed_secret FROM webhook_endpoints WHERE url LIKE '%theirs%')"
        await connection.execute(
            text(f"UPDATE webhook_endpoints SET sealed_secret = {theirs} WHERE url = :url"),
            {"url": receiver.url},
        )
    await event(tenant)
    await sending(tenant, OLD).round()
    assert receiver.heard == []
    assert await rows(tenant) == [("pending", 1, "Unreadable")]


async def test_secrets_of_hooks_are_sealed_and_follow_a_rotation(tenant: Tenant) -> None:
    hook, secret = await hooks.add(tenant.db, tenant.workspace, integration="generic", settings={})
    for ring_in_use, key in ((OLD, "a"), (NEW, "b")):
        await SecretSealer(tenant.db, ring_in_use).round()
        assert await hooks.counts_by_key(tenant.db, tenant.workspace) == {key: 1}
        found = await hooks.get(tenant.db, tenant.workspace, hook.id)
        assert secret not in repr(found.secret)
        assert hooks.secret_words(found, ring_in_use) == secret
