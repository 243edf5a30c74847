"""Keys, workspaces, recipes, uploads, endpoints, the outbox and what retention says."""

import asyncio
import subprocess
import sys
from datetime import UTC, datetime, timedelta

import pytest
from auricle_contracts import Recipe, Scope
from auricle_records import (
    conversations,
    errors,
    keys,
    outbox,
    recipes,
    results,
    uploads,
    webhooks,
    workspaces,
)
from auricle_records.callers import Caller
from auricle_records.database import Database
from fixtures.postgres import Postgres
from fixtures.tenant import RECIPE, Tenant, an_evaluation
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError


async def test_a_key_opens_its_workspace_until_it_is_revoked(tenant: Tenant) -> None:
    made = await keys.create_key(tenant.db, tenant.workspace, name="crm", scopes=[Scope.READ, Scope.INGEST, Scope.READ])
    caller = await keys.authenticate(tenant.db, made.token)
    assert caller == Caller(tenant.workspace, frozenset({Scope.READ, Scope.INGEST}), made.row.id)
    assert await keys.list_keys(tenant.db, tenant.workspace) == [made.row]
    await keys.revoke(tenant.db, tenant.workspace, made.row.id)
    await keys.revoke(tenant.db, tenant.workspace, made.row.id)
    assert await keys.authenticate(tenant.db, made.token) is None
    with pytest.raises(errors.NotFound):
        await keys.revoke(tenant.db, tenant.workspace, "nobody")


async def test_an_inactive_workspace_is_shut(tenant: Tenant) -> None:
    made = await keys.create_key(tenant.db, tenant.workspace, name="crm", scopes=[Scope.READ])
    await workspaces.configure(tenant.db, tenant.workspace, retention_days=None, allowed_hosts=(), active=False)
    assert await keys.authenticate(tenant.db, made.token) is None
    assert tenant.workspace not in await tenant.db.workspaces()
    with pytest.raises(errors.NotFound):
        await workspaces.configure(tenant.db, "nobody", retention_days=None, allowed_hosts=())


async def test_a_token_is_kept_nowhere(tenant: Tenant) -> None:
    made = await keys.create_key(tenant.db, tenant.workspace, name="crm", scopes=[Scope.READ])
    async with tenant.db.transaction(tenant.workspace) as connection:
        row = str((await connection.execute(text("SELECT * FROM api_keys"))).one())
    assert made.token not in row
    assert made.token.rpartition(f"{made.row.prefix}_")[2] not in row


@pytest.mark.parametrize(
    "change",
    [lambda token: token[:-1] + ("A" if token[-1] != "A" else "B"), lambda token: token + "A", str.upper, lambda _: ""],
)
async def test_a_token_that_is_almost_right_is_wrong(tenant: Tenant, change: "object") -> None:
    made = await keys.create_key(tenant.db, tenant.workspace, name="crm", scopes=[Scope.READ])
    assert callable(change)
    assert await keys.authenticate(tenant.db, change(made.token)) is None


@pytest.mark.parametrize(
    "token", ["", "auricle_", "\x00", "auricle_00000000_" + "\ud800" * 43, "auricle_0000000' OR 1=1 --", "x" * 100_000]
)
async def test_any_string_may_be_shown_at_the_door(tenant: Tenant, token: str) -> None:
    assert await keys.authenticate(tenant.db, token) is None


async def test_workspaces_are_made_once_and_named_strictly(tenant: Tenant) -> None:
    again = await workspaces.ensure(tenant.db, tenant.workspace, name="Another name")
    assert again.name == tenant.workspace
    assert tenant.workspace in await tenant.db.workspaces()
    with pytest.raises(errors.NotFound):
        await workspaces.get(tenant.db, "nobody")
    for name in ("", "../up", "UPPER", "a/b", "-a", "a" * 64, "a\nb", "a\n"):
        with pytest.raises(DBAPIError, match=r"ck_workspaces_id|row-level security"):
            await workspaces.ensure(tenant.db, name)
    await tenant.call()
    assert await workspaces.storage_bytes(tenant.db, tenant.workspace) == 320_044


async def test_recipes_are_kept_by_their_hash(tenant: Tenant) -> None:
    other: Recipe = RECIPE.model_copy(update={"adapter": "lora-1"})
    assert await recipes.pin(tenant.db, tenant.workspace, other) == other.hash
    assert await recipes.pin(tenant.db, tenant.workspace, other) == other.hash
    assert await recipes.load(tenant.db, tenant.workspace, other.hash) == other
    with pytest.raises(errors.NotFound):
        await recipes.load(tenant.db, tenant.workspace, "nothing")


async def test_an_upload_belongs_to_one_conversation(tenant: Tenant) -> None:
    upload = await uploads.create(tenant.db, tenant.workspace, max_bytes=1000, expires_s=60)
    assert upload.blob_key == f"ws/{tenant.workspace}/uploads/{upload.id}"
    claimed = await asyncio.gather(
        *(uploads.claim(tenant.db, tenant.workspace, upload.id, f"c{n}") for n in range(5)), return_exceptions=True
    )
    assert sum(isinstance(outcome, uploads.Upload) for outcome in claimed) == 1
    assert sum(isinstance(outcome, errors.Gone) for outcome in claimed) == 4
    owner = (await uploads.get(tenant.db, tenant.workspace, upload.id)).conversation_id
    assert owner is not None
    assert await uploads.claim(tenant.db, tenant.workspace, upload.id, owner)
    late = await uploads.create(tenant.db, tenant.workspace, max_bytes=1000, expires_s=0)
    with pytest.raises(errors.NotFound):
        await uploads.claim(tenant.db, tenant.workspace, late.id, "c1")
    assert [one.id for one in await uploads.expired(tenant.db, tenant.workspace)] == [late.id]
    await uploads.remove(tenant.db, tenant.workspace, late.id)
    assert await uploads.expired(tenant.db, tenant.workspace) == []


async def test_an_endpoint_shows_its_secret_once(tenant: Tenant) -> None:
    endpoint, secret = await webhooks.add(
        tenant.db, tenant.workspace, url="https://crm.example/hook", events=("conversation.dead",)
    )
    assert secret.startswith("whsec_")
    (listed,) = await webhooks.list_endpoints(tenant.db, tenant.workspace)
    assert listed == endpoint
    assert secret not in repr(listed)
    await webhooks.remove(tenant.db, tenant.workspace, endpoint.id)
    with pytest.raises(errors.NotFound):
        await webhooks.remove(tenant.db, tenant.workspace, endpoint.id)


async def evaluated(tenant: Tenant) -> str:
    run = await tenant.begin(await tenant.chat())
    await results.commit_evaluation(tenant.db, run, an_evaluation(run), traceparent="tp")
    return run.id


async def test_an_event_goes_to_those_who_hear_it(lone_tenant: Tenant) -> None:
    db = lone_tenant.db
    await webhooks.add(db, lone_tenant.workspace, url="https://a.example", secret="whsec_AAAA")
    await webhooks.add(db, lone_tenant.workspace, url="https://b.example", events=("evaluation.completed",))
    await webhooks.add(db, lone_tenant.workspace, url="https://c.example", events=("conversation.deleted",))
    run_id = await evaluated(lone_tenant)
    await evaluated(await lone_tenant.neighbour())
    due = await outbox.due(db)
    assert sorted(delivery.url for delivery in due) == ["https://a.example", "https://b.example"]
    assert {delivery.event_id for delivery in due} == {f"evt_{run_id}"}
    assert {delivery.traceparent for delivery in due} == {"tp"}
    assert {delivery.secret for delivery in due if delivery.url == "https://a.example"} == {"whsec_AAAA"}
    assert await outbox.due(db) == [], "they are held back while somebody sends them"
    first, second = due
    await outbox.sent(db, first)
    await outbox.failed(db, second, "http 500", retry_at=datetime.now(UTC) - timedelta(seconds=1))
    (again,) = await outbox.due(db)
    assert (again.id, again.event_id, again.attempts) == (second.id, second.event_id, 1)
    await outbox.failed(db, again, "http 410", retry_at=None)
    async with db.transaction(lone_tenant.workspace) as connection:
        states = set(await connection.scalars(text("SELECT state FROM outbox")))
    assert states == {"sent", "dead"}


async def test_of_many_senders_each_event_has_one(lone_tenant: Tenant) -> None:
    await webhooks.add(lone_tenant.db, lone_tenant.workspace, url="https://a.example")
    for _ in range(20):
        await evaluated(lone_tenant)
    claims = await asyncio.gather(*(outbox.due(lone_tenant.db, limit=7) for _ in range(6)))
    taken = [delivery.id for claim in claims for delivery in claim]
    assert len(taken) == len(set(taken))
    assert len(taken) + len(await outbox.due(lone_tenant.db)) == 20


async def test_what_crashed_before_it_was_sent_comes_again(lone_tenant: Tenant) -> None:
    await webhooks.add(lone_tenant.db, lone_tenant.workspace, url="https://a.example")
    await evaluated(lone_tenant)
    (first,) = await outbox.due(lone_tenant.db, hold_s=0)
    (again,) = await outbox.due(lone_tenant.db)
    assert again == first


async def test_retention_names_what_is_too_old(tenant: Tenant) -> None:
    run = await tenant.call()
    assert await conversations.expired(tenant.db, tenant.workspace) == []
    await workspaces.configure(tenant.db, tenant.workspace, retention_days=30, allowed_hosts=("crm.example",))
    assert (await workspaces.get(tenant.db, tenant.workspace)).allowed_hosts == ("crm.example",)
    assert await conversations.expired(tenant.db, tenant.workspace) == []
    async with tenant.db.transaction(tenant.workspace) as connection:
        await connection.execute(text("UPDATE conversations SET created_at = now() - interval '31 days'"))
    assert await conversations.expired(tenant.db, tenant.workspace) == [run.conversation_id]
    await conversations.delete(tenant.db, tenant.workspace, run.conversation_id)


def command(*arguments: str) -> str:
    done = subprocess.run(
        [sys.executable, "-m", "auricle_records", *arguments], check=True, capture_output=True, text=True, timeout=60
    )
    return done.stdout.strip()


async def test_a_launcher_makes_a_database_and_a_key(postgres: Postgres) -> None:
    name = postgres.create("template0")
    try:
        command("migrate", "--admin-url", postgres.admin_url(name))
        token = command(
            "key", "--database-url", postgres.app_url(name), "--workspace", "demo", "--scopes", "ingest,read"
        )
        async with Database.connect(postgres.app_url(name)) as db:
            caller = await keys.authenticate(db, token)
        assert caller is not None
        assert (caller.workspace, caller.scopes) == ("demo", frozenset({Scope.INGEST, Scope.READ}))
    finally:
        postgres.drop(name)
