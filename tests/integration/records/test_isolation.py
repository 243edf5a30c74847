"""Nobody reads, writes, changes or deletes another workspace's row, whatever the statement."""

import pytest
from auricle_contracts import AnswerState, Scope
from auricle_contracts.masking import MaskingSettings
from auricle_kit.metering import Tally
from auricle_records import (
    conversations,
    errors,
    keys,
    labels,
    masking,
    outbox,
    reports,
    results,
    runs,
    shifts,
    tombstones,
    uploads,
    webhooks,
)
from auricle_records.labels import Wanted
from auricle_records.masking import SealedMap
from auricle_records.messages import AgentMessage
from auricle_records.shifts import Post
from auricle_records.tables import METADATA
from fixtures.house import USAGE, House, a_finding, an_answer, an_evaluation
from sqlalchemy import func, select, text
from sqlalchemy.exc import DBAPIError

TABLES = sorted(METADATA.tables)
GROWING_ONLY = {"ledger", "recipes", "unmaskings"}


async def furnished(house: House) -> House:
    """At least one row in every table."""
    await keys.create_key(house.db, house.workspace, name="k", scopes=[Scope.READ])
    await uploads.create(house.db, house.workspace, max_bytes=1, expires_s=60)
    await webhooks.add(house.db, house.workspace, url="https://crm.example/hook")
    call = await house.begin(await house.call(external_id="c"))
    committed = await results.commit_transcript(house.db, call, house.heard(call), usages=[USAGE])
    judged = await house.begin(committed.next[0])
    sealed = SealedMap(judged.conversation_id, judged.revision, "a", b"sealed")
    evaluated = await results.commit_evaluation(
        house.db,
        judged,
        an_evaluation(judged, [an_answer()], [a_finding()]),
        secrets=sealed,
        messages=[AgentMessage("A-7", "добрый день", (1, 2))],
        keep_messages=10,
    )
    await masking.choose(house.db, house.workspace, MaskingSettings())
    await masking.audit(house.db, house.workspace, judged.conversation_id, "key", "secrets")
    await shifts.report(house.db, Post.now("asr", lambda: "cpu"), Tally(2, 1, 0, 0), workspace=house.workspace)
    contested = Wanted(evaluated.evaluation_id or "", "politeness", AnswerState.UNDETERMINED)
    await labels.put(house.db, house.workspace, [contested], author="ann", source="api")
    await conversations.delete(house.db, house.workspace, (await house.chat()).conversation_id)
    return house


async def test_rows_of_a_workspace_are_invisible_to_another(house: House) -> None:
    await furnished(house)
    other = await furnished(await house.neighbour())
    for rows in METADATA.tables.values():
        async with other.db.transaction(other.workspace) as connection:
            assert set(await connection.scalars(select(rows.c.workspace_id))) == {other.workspace}, rows.name
            assert await connection.scalar(select(func.count()).where(rows.c.workspace_id == house.workspace)) == 0
        async with other.db.walk() as connection:
            assert await connection.scalar(select(func.count()).select_from(rows)) == 0, (
                "without a workspace there is nothing"
            )


async def test_rows_of_a_workspace_cannot_be_changed_by_another(house: House) -> None:
    await furnished(house)
    other = await house.neighbour()
    for table in TABLES:
        for statement in (f"UPDATE {table} SET workspace_id = workspace_id", f"DELETE FROM {table}"):
            if table in GROWING_ONLY:
                with pytest.raises(DBAPIError, match="permission denied"):
                    await execute(other, statement)
            else:
                await execute(other, f"{statement} WHERE workspace_id = '{house.workspace}'")
        async with house.db.transaction(house.workspace) as connection:
            assert (await connection.scalar(select(func.count()).select_from(METADATA.tables[table])) or 0) > 0, table


async def test_a_row_cannot_be_given_to_another_workspace(house: House) -> None:
    await furnished(house)
    for table in set(TABLES) - GROWING_ONLY:
        with pytest.raises(DBAPIError, match=r"row-level security|foreign key"):
            await execute(house, f"UPDATE {table} SET workspace_id = 'elsewhere'")


async def execute(house: House, *statements: str) -> None:
    async with house.db.transaction(house.workspace) as connection:
        for statement in statements:
            await connection.execute(text(statement))


@pytest.mark.parametrize(
    "statement",
    [
        "SET ROLE auricle_walker",
        "SET ROLE postgres",
        "ALTER TABLE runs DISABLE ROW LEVEL SECURITY",
        "ALTER TABLE runs NO FORCE ROW LEVEL SECURITY",
        "CREATE POLICY door ON runs USING (true)",
        "DROP POLICY workspace ON runs",
        "SELECT * FROM alembic_version",
        "CREATE TABLE public.mine (id int)",
        "TRUNCATE runs",
        "COPY runs TO PROGRAM 'cat'",
    ],
)
async def test_the_application_cannot_open_the_door_itself(house: House, statement: str) -> None:
    with pytest.raises(DBAPIError, match=r"denied|must be|only roles"):
        await execute(house, statement)


async def test_row_security_cannot_be_switched_off(house: House) -> None:
    await furnished(house)
    other = await house.neighbour()
    with pytest.raises(DBAPIError, match="row-level security"):
        await execute(other, "SET LOCAL row_security = off", "SELECT * FROM runs")


async def test_the_api_of_records_gives_nothing_of_another_workspace(house: House) -> None:
    run = await furnished_run(house)
    other = await house.neighbour()
    for reading in (conversations.get, results.load_evaluation, conversations.source_of, conversations.delete):
        with pytest.raises(errors.NotFound):
            await reading(other.db, other.workspace, run.conversation_id)
    for acting in (runs.get, runs.resend):
        with pytest.raises(errors.NotFound):
            await acting(other.db, other.workspace, run.id)
    assert not await conversations.abandon(other.db, other.workspace, run.conversation_id)
    assert (await conversations.page(other.db, other.workspace)).items == ()
    assert [report async for report in reports.iter_reports(other.db, other.workspace)] == []
    assert await conversations.agents(other.db, other.workspace) == []
    assert await conversations.blob_keys(other.db, other.workspace, run.conversation_id) == []
    assert (await labels.page(other.db, other.workspace, conversation_id=run.conversation_id)).items == ()
    (evaluation,) = (await labels.judged(house.db, house.workspace, [await evaluation_of(house, run)])).values()
    stolen = [Wanted(evaluation.id, "politeness", AnswerState.UNDETERMINED)]
    assert await labels.judged(other.db, other.workspace, [evaluation.id]) == {}
    assert await labels.put(other.db, other.workspace, stolen, author="thief", source="api") == {}
    assert (await labels.page(house.db, house.workspace)).items == ()


async def evaluation_of(house: House, run: runs.RunRow) -> str:
    return (await results.load_evaluation(house.db, house.workspace, run.conversation_id)).evaluation.id


async def furnished_run(house: House) -> runs.RunRow:
    run = await house.begin(await house.chat(external_id="c"))
    await results.commit_evaluation(house.db, run, an_evaluation(run))
    return run


async def test_a_pooled_connection_forgets_its_workspace(house: House) -> None:
    await furnished(house)
    async with house.db.transaction(house.workspace) as connection:
        assert await connection.scalar(text("SELECT current_setting('auricle.workspace')")) == house.workspace
    async with house.db.walk() as connection:
        assert await connection.scalar(text("SELECT current_setting('auricle.workspace')")) == ""


async def test_functions_across_workspaces_return_no_content(lone_house: House) -> None:
    """What crosses workspaces is ids, states and times; anything else would need a word here."""
    await furnished(lone_house)
    async with lone_house.db.walk() as connection:
        crossing = set(
            await connection.scalars(text("SELECT proname FROM pg_proc WHERE prosecdef AND proname LIKE 'auricle%'"))
        )
    assert crossing == {
        "auricle_workspace_of_run", "auricle_caller", "auricle_workspaces", "auricle_waiting_runs", "auricle_quiet_runs",
        "auricle_workspaces_with_due_events", "auricle_unquiet_tombstones", "auricle_untidy_conversations",
    }  # fmt: skip
    assert len(await outbox.due(lone_house.db)) == 2
    assert len(await tombstones.unquiet(lone_house.db)) == 1
