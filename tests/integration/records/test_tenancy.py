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
    retention,
    uploads,
    webhooks,
    workspaces,
)
from auricle_records.database import Database
from fixtures.house import RECIPE, House, an_evaluation
from fixtures.postgres import Postgres
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError


async def test_a_key_opens_its_workspace_until_it_is_revoked(house: House) -> None:
    made = await keys.create_key(house.db, house.workspace, name="crm", scopes=[Scope.READ, Scope.INGEST, Scope.READ])
    caller = await keys.authenticate(house.db, made.token)
    assert caller == keys.Caller(house.workspace, frozenset({Scope.READ, Scope.INGEST}), made.row.id)
    assert await keys.list_keys(house.db, house.workspace) == [made.row]
    await keys.revoke(house.db, house.workspace, made.row.id)
    await keys.revoke(house.db, house.workspace, made.row.id)
    assert await keys.authenticate(house.db, made.token) is None
    with pytest.raises(errors.NotFound):
        await keys.revoke(house.db, house.workspace, "nobody")


async def test_an_inactive_workspace_is_shut(house: House) -> None:
    made = await keys.create_key(house.db, house.workspace, name="crm", scopes=[Scope.READ])
    await workspaces.configure(house.db, house.workspace, retention_days=None, allowed_hosts=(), active=False)
    assert await keys.authenticate(house.db, made.token) is None
    assert house.workspace not in await house.db.workspaces()
    with pytest.raises(errors.NotFound):
        await workspaces.configure(house.db, "nobody", retention_days=None, allowed_hosts=())


async def test_a_token_is_kept_nowhere(house: House) -> None:
    made = await keys.create_key(house.db, house.workspace, name="crm", scopes=[Scope.READ])
    async with house.db.transaction(house.workspace) as connection:
        row = str((await connection.execute(text("SELECT * FROM api_keys"))).one())
    assert made.token not in row
    assert made.token.rpartition(f"{made.row.prefix}_")[2] not in row


@pytest.mark.parametrize(
    "change",
    [lambda token: token[:-1] + ("A" if token[-1] != "A" else "B"), lambda token: token + "A", str.upper, lambda _: ""],
)
async def test_a_token_that_is_almost_right_is_wrong(house: House, change: "object") -> None:
    made = await keys.create_key(house.db, house.workspace, name="crm", scopes=[Scope.READ])
    assert callable(change)
    assert await keys.authenticate(house.db, change(made.token)) is None


@pytest.mark.parametrize(
    "token", ["", "auricle_", "\x00", "auricle_00000000_" + "\ud800" * 43, "auricle_0000000' OR 1=1 --", "x" * 100_000]
)
async def test_any_string_may_be_shown_at_the_door(house: House, token: str) -> None:
    assert await keys.authenticate(house.db, token) is None


async def test_workspaces_are_made_once_and_named_strictly(house: House) -> None:
    again = await workspaces.ensure(house.db, house.workspace, name="Another name")
    assert again.name == house.workspace
    assert house.workspace in await house.db.workspaces()
    with pytest.raises(errors.NotFound):
        await workspaces.get(house.db, "nobody")
    for name in ("", "../up", "UPPER", "a/b", "-a", "a" * 64, "a\nb", "a\n"):
        with pytest.raises(DBAPIError, match=r"ck_workspaces_id|row-level security"):
            await workspaces.ensure(house.db, name)
    await house.call()
    assert await workspaces.storage_bytes(house.db, house.workspace) == 320_044


async def test_recipes_are_kept_by_their_hash(house: House) -> None:
    other: Recipe = RECIPE.model_copy(update={"adapter": "lora-1"})
    assert await recipes.pin(house.db, house.workspace, other) == other.hash
    assert await recipes.pin(house.db, house.workspace, other) == other.hash
    assert await recipes.load(house.db, house.workspace, other.hash) == other
    with pytest.raises(errors.NotFound):
        await recipes.load(house.db, house.workspace, "nothing")


async def test_an_upload_belongs_to_one_conversation(house: House) -> None:
    upload = await uploads.create(house.db, house.workspace, max_bytes=1000, expires_s=60)
    assert upload.blob_key == f"ws/{house.workspace}/uploads/{upload.id}"
    claimed = await asyncio.gather(
        *(uploads.claim(house.db, house.workspace, upload.id, f"c{n}") for n in range(5)), return_exceptions=True
    )
    assert sum(isinstance(outcome, uploads.Upload) for outcome in claimed) == 1
    assert sum(isinstance(outcome, errors.Gone) for outcome in claimed) == 4
    owner = (await uploads.get(house.db, house.workspace, upload.id)).conversation_id
    assert owner is not None
    assert await uploads.claim(house.db, house.workspace, upload.id, owner)
    late = await uploads.create(house.db, house.workspace, max_bytes=1000, expires_s=0)
    with pytest.raises(errors.NotFound):
        await uploads.claim(house.db, house.workspace, late.id, "c1")
    assert [one.id for one in await uploads.expired(house.db, house.workspace)] == [late.id]
    await uploads.remove(house.db, house.workspace, late.id)
    assert await uploads.expired(house.db, house.workspace) == []


async def test_an_endpoint_shows_its_secret_once(house: House) -> None:
    endpoint, secret = await webhooks.add(
        house.db, house.workspace, url="https://crm.example/hook", events=("conversation.dead",)
    )
    assert secret.startswith("whsec_")
    (listed,) = await webhooks.list_endpoints(house.db, house.workspace)
    assert listed == endpoint
    assert secret not in repr(listed)
    await webhooks.remove(house.db, house.workspace, endpoint.id)
    with pytest.raises(errors.NotFound):
        await webhooks.remove(house.db, house.workspace, endpoint.id)


async def evaluated(house: House) -> str:
    run = await house.begin(await house.chat())
    await results.commit_evaluation(house.db, run, an_evaluation(run), traceparent="tp")
    return run.id


async def test_an_event_goes_to_those_who_hear_it(lone_house: House) -> None:
    db = lone_house.db
    await webhooks.add(db, lone_house.workspace, url="https://a.example", secret="whsec_AAAA")
    await webhooks.add(db, lone_house.workspace, url="https://b.example", events=("evaluation.completed",))
    await webhooks.add(db, lone_house.workspace, url="https://c.example", events=("conversation.deleted",))
    run_id = await evaluated(lone_house)
    await evaluated(await lone_house.neighbour())
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
    async with db.transaction(lone_house.workspace) as connection:
        states = set(await connection.scalars(text("SELECT state FROM outbox")))
    assert states == {"sent", "dead"}


async def test_of_many_senders_each_event_has_one(lone_house: House) -> None:
    await webhooks.add(lone_house.db, lone_house.workspace, url="https://a.example")
    for _ in range(20):
        await evaluated(lone_house)
    claims = await asyncio.gather(*(outbox.due(lone_house.db, limit=7) for _ in range(6)))
    taken = [delivery.id for claim in claims for delivery in claim]
    assert len(taken) == len(set(taken))
    assert len(taken) + len(await outbox.due(lone_house.db)) == 20


async def test_what_crashed_before_it_was_sent_comes_again(lone_house: House) -> None:
    await webhooks.add(lone_house.db, lone_house.workspace, url="https://a.example")
    await evaluated(lone_house)
    (first,) = await outbox.due(lone_house.db, hold_s=0)
    (again,) = await outbox.due(lone_house.db)
    assert again == first


async def test_retention_names_what_is_too_old(house: House) -> None:
    run = await house.call()
    assert await retention.expired(house.db, house.workspace) == []
    await workspaces.configure(house.db, house.workspace, retention_days=30, allowed_hosts=("crm.example",))
    assert (await workspaces.get(house.db, house.workspace)).allowed_hosts == ("crm.example",)
    assert await retention.expired(house.db, house.workspace) == []
    async with house.db.transaction(house.workspace) as connection:
        await connection.execute(text("UPDATE conversations SET created_at = now() - interval '31 days'"))
    assert await retention.expired(house.db, house.workspace) == [run.conversation_id]
    await conversations.delete(house.db, house.workspace, run.conversation_id)


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
