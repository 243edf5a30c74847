"""Agents' messages: the newest of each, once a conversation, shown only to later conversations of the same workspace."""

from auricle_records import messages
from auricle_records.messages import AgentMessage
from auricle_records.runs import RunRow
from fixtures.house import House
from sqlalchemy import text


def said(*texts: str, agent: str = "A-7") -> list[AgentMessage]:
    return [AgentMessage(agent, one, (len(one), 7)) for one in texts]


async def put(house: House, run: RunRow, found: list[AgentMessage], keep: int = 10) -> None:
    async with house.db.transaction(house.workspace) as connection:
        await messages.replace(connection, run, found, keep=keep)


async def texts(house: House) -> list[str]:
    async with house.db.transaction(house.workspace) as connection:
        return list(await connection.scalars(text("SELECT text FROM agent_messages ORDER BY id")))


async def test_an_evaluation_again_doubles_nothing(house: House) -> None:
    run = await house.chat()
    await put(house, run, said("один", "два"))
    await put(house, run, said("один", "три"))
    assert await texts(house) == ["один", "три"]
    await put(house, run, [])
    assert await texts(house) == []


async def test_the_newest_of_each_agent_stay(house: House) -> None:
    await put(house, await house.chat(), [*said("1", "2"), *said("чужое", agent="B-1")], keep=3)
    await put(house, await house.chat(), said("3", "4"), keep=3)
    assert await texts(house) == ["2", "чужое", "3", "4"]


async def test_terms_are_read_from_an_id_on_and_texts_of_earlier_conversations_only(house: House) -> None:
    first, second = await house.chat(), await house.chat()
    await put(house, first, said("раз"))
    await put(house, second, said("второй"))
    async with messages.shelf(house.db, house.workspace) as shelf:
        found = await shelf.terms_after("A-7", 0, limit=10)
        assert [tuple(terms) for _, terms in found] == [(6, 7), (3, 7)]
        newest, oldest = (number for number, _ in found)
        for after, but in ((oldest, ()), (0, (oldest,))):
            rest = await shelf.terms_after("A-7", after, but=but, limit=9)
            assert [number for number, _ in rest] == [newest]
        assert await shelf.terms_after("B-1", 0, limit=10) == []
        before_second = await shelf.kept([newest, oldest], before=second.conversation_id)
        assert [one.text for one in before_second.values()] == ["раз"]
        assert await shelf.kept([oldest], before=first.conversation_id) == {}
    other = await house.neighbour()
    async with messages.shelf(other.db, other.workspace) as shelf:
        assert await shelf.terms_after("A-7", 0, limit=10) == []
