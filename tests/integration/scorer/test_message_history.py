"""The history of an agent's messages: nothing is held while it computes, late transactions are found, memory is bounded."""

import asyncio
from collections.abc import Sequence

import pytest
from auricle_contracts import Channel, Participant, Role, Transcript, Turn
from auricle_records import messages
from auricle_records.database import Database
from auricle_records.messages import AgentMessage
from auricle_records.runs import RunRow
from auricle_scorer import message_history
from auricle_scorer.message_history import AgentMessageHistory
from auricle_scorer.near_duplicates import terms
from fixtures.tenant import Tenant
from sqlalchemy import text

SAID = "Ваш заказ передан в доставку, курьер позвонит за час до приезда."


@pytest.fixture
async def tenant(database: Database) -> Tenant:
    return await Tenant(database).open()


def people(*agents: str) -> list[Participant]:
    return [Participant(id=agent, role=Role.AGENT, reference=agent) for agent in agents]


async def keep(tenant: Tenant, *said: str, agent: str = "A-7") -> RunRow:
    run = await tenant.chat()
    found = [AgentMessage(agent, one, tuple(terms(one))) for one in said]
    async with tenant.db.transaction(tenant.workspace) as connection:
        await messages.replace(connection, run, found)
    return run


async def found(history: AgentMessageHistory, run: RunRow, said: str = SAID, agent: str = "A-7") -> Sequence[str]:
    turn = Turn(id=1, participant=agent, role=Role.AGENT, text=said)
    shown = Transcript(conversation_id=run.conversation_id, turns=(turn,))
    looked = await history.lookup(run, Channel.CHAT, people(agent), shown)
    return [one.text for one in looked.past or ()]


async def test_a_transaction_that_ends_late_is_found_however_much_came_in_meanwhile(tenant: Tenant) -> None:
    history, slow = AgentMessageHistory(tenant.db, 1000), await tenant.chat()
    async with tenant.db.transaction(tenant.workspace) as connection:
        await messages.replace(connection, slow, [AgentMessage("A-7", SAID, tuple(terms(SAID)))])
        await keep(tenant, *(f"совсем другое сообщение номер {n}, про погоду" for n in range(300)), agent="B-1")
        assert await found(history, await keep(tenant, "о чём-то ещё говорит этот агент сегодня")) == []
    assert await found(history, await tenant.chat()) == [SAID]


async def test_nothing_is_open_while_an_index_computes(tenant: Tenant, monkeypatch: pytest.MonkeyPatch) -> None:
    await keep(tenant, SAID)
    history, run, open_ones = AgentMessageHistory(tenant.db, 1000), await tenant.chat(), []

    async def watched(call: object, *arguments: object) -> None:
        async with tenant.db.transaction(tenant.workspace) as connection:
            sql = "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND state LIKE 'idle in transaction%'"
            open_ones.append(await connection.scalar(text(sql)))
        call(*arguments)  # type: ignore[operator]

    monkeypatch.setattr(asyncio, "to_thread", watched)
    assert await found(history, run) == [SAID]
    assert open_ones == [0]


async def test_agents_do_not_wait_for_each_other(tenant: Tenant, monkeypatch: pytest.MonkeyPatch) -> None:
    await keep(tenant, SAID)
    await keep(tenant, SAID, agent="B-1")
    history, run, free = AgentMessageHistory(tenant.db, 1000), await tenant.chat(), asyncio.Event()
    real, held = asyncio.to_thread, list[bool]()

    async def slow(call: object, *arguments: object) -> None:
        if not held:
            held.append(True)
            await free.wait()
        await real(call, *arguments)  # type: ignore[arg-type]

    monkeypatch.setattr(asyncio, "to_thread", slow)
    first = asyncio.create_task(found(history, run))
    await asyncio.sleep(0.1)
    async with asyncio.timeout(5):
        assert await found(history, run, agent="B-1") == [SAID]
    free.set()
    assert await first == [SAID]


async def test_the_least_used_index_goes_when_all_hold_too_much(
    tenant: Tenant, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(message_history, "MOST_POSTINGS", 3 * len(terms(SAID)) // 2)
    history = AgentMessageHistory(tenant.db, 1000)
    for agent in ("A-1", "A-2", "A-3"):
        await keep(tenant, SAID, agent=agent)
        assert await found(history, await tenant.chat(), agent=agent) == [SAID]
    assert [agent for _, agent in history._indexes] == ["A-3"]
    assert await found(history, await tenant.chat(), agent="A-1") == [SAID]


async def test_the_oldest_go_now_and_then_and_never_below_what_is_kept(tenant: Tenant) -> None:
    history = AgentMessageHistory(tenant.db, 3)
    for n in range(9):
        run = await keep(tenant, f"сообщение агента о заказе под номером {n}, всё хорошо")
        await found(history, run)
        await history.trim(run, [AgentMessage("A-7", "", ())])
    async with tenant.db.transaction(tenant.workspace) as connection:
        left = list(await connection.scalars(text("SELECT text FROM agent_messages ORDER BY id")))
    assert 3 <= len(left) <= 6
    assert left[-1].startswith("сообщение агента о заказе под номером 8")
