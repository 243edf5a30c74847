"""Agents' messages: the newest of each, once a conversation, shown only to later conversations of the same workspace."""

from auricle_records import messages
from auricle_records.messages import AgentMessage
from auricle_records.runs import RunRow
from fixtures.tenant import Tenant
from sqlalchemy import text


def said(*texts: str, agent: str = "A-7") -> list[AgentMessage]:
    return [AgentMessage(agent, one, (len(one), 7)) for one in texts]


async def put(tenant: Tenant, run: RunRow, found: list[AgentMessage]) -> None:
    async with tenant.db.transaction(tenant.workspace) as connection:
        await messages.replace(connection, run, found)


async def texts(tenant: Tenant) -> list[str]:
    async with tenant.db.transaction(tenant.workspace) as connection:
        return list(await connection.scalars(text("SELECT text FROM agent_messages ORDER BY id")))


async def test_an_evaluation_again_doubles_nothing(tenant: Tenant) -> None:
    run = await tenant.chat()
    await put(tenant, run, said("один", "два"))
    await put(tenant, run, said("один", "три"))
    assert await texts(tenant) == ["один", "три"]
    await put(tenant, run, [])
    assert await texts(tenant) == []


async def test_the_newest_of_each_agent_stay(tenant: Tenant) -> None:
    await put(tenant, await tenant.chat(), [*said("1", "2"), *said("чужое", agent="B-1")])
    await put(tenant, await tenant.chat(), said("3", "4"))
    await messages.trim(tenant.db, tenant.workspace, "A-7", 3)
    assert await texts(tenant) == ["2", "чужое", "3", "4"]
    await messages.trim(tenant.db, tenant.workspace, "A-7", 3)
    assert await texts(tenant) == ["2", "чужое", "3", "4"]


async def test_terms_are_read_from_an_id_on_and_texts_of_earlier_conversations_only(tenant: Tenant) -> None:
    first, second = await tenant.chat(), await tenant.chat()
    await put(tenant, first, said("раз"))
    await put(tenant, second, said("второй"))
    where = tenant.db, tenant.workspace
    found = await messages.terms_after(*where, "A-7", 0, limit=10)
    assert [tuple(terms) for _, terms in found] == [(6, 7), (3, 7)]
    newest, oldest = (number for number, _ in found)
    for after, but in ((oldest, ()), (0, (oldest,))):
        rest = await messages.terms_after(*where, "A-7", after, but=but, limit=9)
        assert [number for number, _ in rest] == [newest]
    assert await messages.terms_after(*where, "B-1", 0, limit=10) == []
    before_second = await messages.kept(*where, [newest, oldest], before=second.conversation_id)
    assert [one.text for one in before_second.values()] == ["раз"]
    assert await messages.kept(*where, [oldest], before=first.conversation_id) == {}
    other = await tenant.neighbour()
    assert await messages.terms_after(other.db, other.workspace, "A-7", 0, limit=10) == []
