"""A database of an older version, with rows in it, is brought to this one and loses nothing."""

from collections.abc import AsyncIterator

import pytest
from auricle_contracts import AnswerState
from auricle_records import labels, worker_uptime
from auricle_records.database import Database
from auricle_records.labels import Author, LabelOutcome, NewLabel
from auricle_records.migrate import migrate, upgrade
from auricle_records.workspaces import PLATFORM
from fixtures.postgres import Postgres
from sqlalchemy import text
from sqlalchemy.ext.asyncio import create_async_engine
from sqlalchemy.pool import NullPool

OLD = """
INSERT INTO workspaces (workspace_id, name) VALUES ('demo', 'demo');
INSERT INTO conversations (workspace_id, id, channel, source, direction, priority, state, revision)
  VALUES ('demo', 'c', 'chat', 'api', 'inbound', 'live', 'stored', 1);
INSERT INTO runs (workspace_id, id, conversation_id, revision, step, recipe, reason, priority, state)
  VALUES ('demo', 'r', 'c', 1, 'evaluate', 'x', 'ingest', 'live', 'done');
INSERT INTO evaluations (workspace_id, id, run_id, conversation_id, revision, recipe, current, demo_weights)
  VALUES ('demo', 'e', 'r', 'c', 1, 'x', true, false);
INSERT INTO answers (workspace_id, evaluation_id, position, criterion, title, layer, kind, state, value)
  VALUES ('demo', 'e', 0, 'politeness', 'Politeness', 'model', 'score', 'answered', '90');
INSERT INTO labels (workspace_id, id, conversation_id, evaluation_id, criterion, kind, state, value, old_state, old_value, author, source,
                    created_at, updated_at)
  VALUES ('demo', 'l2', 'c', 'e', 'politeness', 'score', 'answered', '60', 'answered', '90', 'ann', 'page', '2026-01-01', '2026-01-05'),
         ('demo', 'l1', 'c', 'e', 'politeness', 'score', 'answered', '75', 'answered', '90', 'bob', 'sheet', '2026-01-02', '2026-01-02');
INSERT INTO unmaskings (workspace_id, id, conversation_id, api_key_id, what)
  VALUES ('demo', 'u1', 'c', 'k', 'recording'), ('demo', 'u2', 'c', 'k', 'recording');
INSERT INTO workspaces (workspace_id, name) VALUES ('house', 'house');
INSERT INTO api_keys (workspace_id, id, name, prefix, hash, scopes) VALUES ('house', 'k', 'operator', 'p', 'h', '{operate}');
INSERT INTO shifts (workspace_id, id, service, host, device, started_at, alive_ns, attributed_ns, wasted_ns, open_ns)
  VALUES ('house', 's', 'asr', 'a', 'cpu', '2026-01-01', 4, 1, 1, 1);
"""


@pytest.fixture
async def old(postgres: Postgres) -> AsyncIterator[Database]:
    """A database of version 0009 with labels of two names, brought to the newest."""
    name = postgres.create("template0")
    url = postgres.admin_url(name)
    postgres.admin("DO $$ BEGIN CREATE ROLE auricle_walker NOLOGIN; EXCEPTION WHEN duplicate_object THEN NULL; END $$")
    engine = create_async_engine(url, poolclass=NullPool)
    async with engine.begin() as connection:
        await connection.run_sync(upgrade, "0009")
        for statement in OLD.split(";\n")[:-1]:
            await connection.execute(text(statement))
    await engine.dispose()
    await migrate(url)
    async with Database.connect(postgres.app_url(name)) as db:
        yield db
    postgres.drop(name)


async def test_old_labels_stay_and_count(old: Database) -> None:
    """The one that was changed last counts; a name from before is nobody's key."""
    kept = (await labels.page(old, "demo")).items
    assert [(one.id, one.author, one.value, one.superseded) for one in kept] == [
        ("l2", "ann", 60, False), ("l1", "bob", 75, False),
    ]  # fmt: skip
    async with old.transaction("demo") as connection:
        counted = text("SELECT value, model_value, judged_by FROM effective_answers WHERE criterion = 'politeness'")
        assert tuple((await connection.execute(counted)).one()) == (60, 90, "ann")
        assert await connection.scalar(text("SELECT count(*) FROM unmaskings")) == 2
    given = NewLabel("e", "politeness", AnswerState.ANSWERED, 10)
    outcome = await labels.put(old, "demo", [given], author=Author("ann"), source="api")
    assert outcome == {("e", "politeness"): LabelOutcome.NEW}, "a key whose id is that name is somebody else"
    assert len((await labels.page(old, "demo")).items) == 3


async def test_rows_of_no_tenant_and_their_readers_keys_are_the_platforms(old: Database) -> None:
    (shift,) = await worker_uptime.between(old, PLATFORM)
    assert (shift.id, shift.tally.alive_ns) == ("s", 4)
    async with old.transaction(PLATFORM) as connection:
        assert (await connection.execute(text("SELECT id, name FROM api_keys"))).all() == [("k", "operator")]
    assert await old.workspaces() == ["demo", PLATFORM]
