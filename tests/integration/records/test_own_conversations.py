"""A transaction that is limited to a person sees and writes only what is about that person's conversations, table by table."""

from collections.abc import AsyncIterator, Iterator

import pytest
from auricle_contracts import FindingVerdict, MemberRole, Participant, Role, Severity
from auricle_records import conversations, database, errors, findings, masking, results, transcript_texts
from auricle_records.findings import NewFinding, NewFindingLabel
from auricle_records.labels import Author
from auricle_records.masking import SealedMap
from auricle_records.messages import AgentMessage
from auricle_records.people import directory
from auricle_records.people.directory import NewPerson, Person
from auricle_records.policies import not_limited_to_own
from auricle_records.runs import RunRow
from auricle_records.tables import METADATA
from auricle_records.transcript_texts import MaskedTurn
from fixtures.postgres import Postgres
from fixtures.tenant import QUOTE, USAGE, Tenant, a_call, a_finding, an_answer, an_evaluation
from sqlalchemy import make_url, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncConnection, create_async_engine
from sqlalchemy.pool import NullPool

ANN, BOB = "A-7", "B-8"
ABOUT = sorted(
    table.name
    for table in METADATA.tables.values()
    if {"conversation_id", "evaluation_id", "run_id"} & set(table.c.keys())
)


@pytest.fixture(autouse=True)
def unlimited() -> Iterator[None]:
    yield
    database.limit_to("")


async def evaluated(tenant: Tenant, reference: str) -> RunRow:
    """A call of this agent with a row in most tables."""
    agent = Participant(id="agent", role=Role.AGENT, reference=reference, name=reference)
    call = await tenant.begin(await tenant.call(a_call(participants=(agent,))))
    committed = await results.commit_transcript(tenant.db, call, tenant.heard(call), usages=[USAGE])
    judged = await tenant.begin(committed.next[0])
    await results.commit_evaluation(
        tenant.db,
        judged,
        an_evaluation(judged, [an_answer()], [a_finding()]),
        secrets=SealedMap(judged.conversation_id, judged.revision, "a", b"sealed"),
        messages=[AgentMessage(reference, "добрый день", (1, 2))],
    )
    for one in await transcript_texts.waiting(tenant.db, tenant.workspace, limit=10):
        await transcript_texts.put(tenant.db, tenant.workspace, one, [MaskedTurn(1, Role.AGENT, "алло")])
    await masking.audit(tenant.db, tenant.workspace, judged.conversation_id, "key", "secrets")
    place, ann = (tenant.db, tenant.workspace, judged.conversation_id), Author("ann")
    missed = NewFinding("rudeness", "rudeness@1", None, Severity.CRITICAL, True, (QUOTE,), "x", None, None, 1)
    added = await findings.add(*place, missed, author=ann, source="api")
    rejected = NewFindingLabel(FindingVerdict.REJECT)
    await findings.put(*place, added.id or "", rejected, author=ann, source="api")
    return judged


async def agent_named(tenant: Tenant, *references: str) -> Person:
    email = f"{'-'.join(references) or 'nobody'}@example.com".lower()
    return await directory.add(
        tenant.db, tenant.workspace, NewPerson(email, "Анна", (MemberRole.AGENT,), None, references)
    )


async def conversations_in(tenant: Tenant, table: str) -> set[str]:
    columns = METADATA.tables[table].c
    query = f"SELECT conversation_id FROM {table}"
    if "conversation_id" not in columns:
        key, of = ("evaluation_id", "evaluations") if "evaluation_id" in columns else ("run_id", "runs")
        query = f"SELECT o.conversation_id FROM {table} t JOIN {of} o ON o.id = t.{key}"
    async with tenant.db.transaction(tenant.workspace) as connection:
        return set(await connection.scalars(text(query)))


async def test_every_table_about_conversations_is_limited(tenant: Tenant) -> None:
    mine, other = await evaluated(tenant, ANN), await evaluated(tenant, BOB)
    person = await agent_named(tenant, ANN)
    everything = {table: await conversations_in(tenant, table) for table in ABOUT}
    database.limit_to(person.id)
    for table in ABOUT:
        assert await conversations_in(tenant, table) == everything[table] & {mine.conversation_id}, table
    filled = {table for table in ABOUT if other.conversation_id in everything[table]}
    assert {
        "answers",
        "evaluations",
        "findings",
        "ledger",
        "reverse_maps",
        "runs",
        "transcript_texts",
        "transcripts",
        "unmaskings",
    } <= filled


async def test_the_api_of_records_gives_own_ones_only(tenant: Tenant) -> None:
    mine, other = await evaluated(tenant, ANN), await evaluated(tenant, BOB)
    database.limit_to((await agent_named(tenant, ANN)).id)
    page = await conversations.page(tenant.db, tenant.workspace)
    assert [one.id for one in page.items] == [mine.conversation_id]
    assert (await results.load_evaluation(tenant.db, tenant.workspace, mine.conversation_id)).evaluation.answers
    for reading in (conversations.get, results.load_evaluation, conversations.source_of, conversations.delete):
        with pytest.raises(errors.NotFound):
            await reading(tenant.db, tenant.workspace, other.conversation_id)


async def test_without_a_reference_nothing_is_seen(tenant: Tenant) -> None:
    await evaluated(tenant, ANN)
    for person_id in ((await agent_named(tenant)).id, "-", "'; SELECT 1"):
        database.limit_to(person_id)
        assert (await conversations.page(tenant.db, tenant.workspace)).items == ()


async def test_a_reference_that_is_taken_away_takes_its_conversations_along(tenant: Tenant) -> None:
    await evaluated(tenant, ANN)
    person = await agent_named(tenant, ANN)
    await directory.change(tenant.db, tenant.workspace, person.id, {}, references=())
    database.limit_to(person.id)
    assert (await conversations.page(tenant.db, tenant.workspace)).items == ()


async def test_nothing_is_written_about_another_ones_conversation(tenant: Tenant) -> None:
    other = await evaluated(tenant, BOB)
    database.limit_to((await agent_named(tenant, ANN)).id)
    with pytest.raises(DBAPIError, match="row-level security"):
        await masking.audit(tenant.db, tenant.workspace, other.conversation_id, "key", "evaluation")


async def test_a_neighbours_agent_of_the_same_reference_sees_nothing(tenant: Tenant) -> None:
    await evaluated(tenant, ANN)
    other = await tenant.neighbour()
    theirs = await evaluated(other, ANN)
    database.limit_to((await agent_named(other, ANN)).id)
    assert [one.id for one in (await conversations.page(other.db, other.workspace)).items] == [theirs.conversation_id]
    assert (await conversations.page(tenant.db, tenant.workspace)).items == ()


@pytest.fixture
async def owner(postgres: Postgres, session_postgres_url: str) -> AsyncIterator[AsyncConnection]:
    engine = create_async_engine(postgres.admin_url(make_url(session_postgres_url).database or ""), poolclass=NullPool)
    async with engine.connect() as connection:
        yield connection
    await engine.dispose()


async def test_no_table_about_conversations_is_forgotten(owner: AsyncConnection) -> None:
    assert await not_limited_to_own(owner) == []


@pytest.mark.parametrize(
    ("breach", "found"),
    [
        ("CREATE TABLE planted (workspace_id text, conversation_id text)", ["planted"]),
        ("DROP POLICY own ON findings", ["findings"]),
        ("DROP POLICY own ON conversations", ["conversations"]),
        ("ALTER POLICY own ON runs USING (true)", ["runs"]),
    ],
)
async def test_a_table_that_is_not_limited_is_found(owner: AsyncConnection, breach: str, found: list[str]) -> None:
    await owner.execute(text(breach))
    assert await not_limited_to_own(owner) == found
