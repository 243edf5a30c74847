"""Searching in transcripts: what is found, what is shown of it, who finds it, and that it is forgotten."""

from collections.abc import Iterator, Sequence
from typing import Any

import pytest
from auricle_contracts import MemberRole, Participant, Role, TextMatches
from auricle_records import conversations, database, results, transcript_texts
from auricle_records.conversations import Filters
from auricle_records.people import directory
from auricle_records.people.directory import NewPerson
from auricle_records.runs import RunRow
from auricle_records.transcript_texts import MOST_CHARS, MaskedTurn
from fixtures.postgres import Postgres
from fixtures.tenant import Tenant, a_call, an_evaluation
from integration.records.test_summaries import counted
from sqlalchemy import func, make_url, select, text
from sqlalchemy.ext.asyncio import create_async_engine
from sqlalchemy.pool import NullPool

TALK = (
    "Здравствуйте, сколько стоит доставка?",
    "Доставка бесплатная от трёх тысяч. I can call you later.",
    "Перезвоните",
)


@pytest.fixture(autouse=True)
def unlimited() -> Iterator[None]:
    yield
    database.limit_to("")


async def evaluated(tenant: Tenant, **changes: Any) -> RunRow:
    run = await tenant.begin(await tenant.chat(**changes))
    await results.commit_evaluation(tenant.db, run, an_evaluation(run))
    return run


async def indexed(tenant: Tenant, said: Sequence[str] = TALK, **changes: Any) -> str:
    run = await evaluated(tenant, **changes)
    await index(tenant, said)
    return run.conversation_id


async def index(tenant: Tenant, said: Sequence[str]) -> None:
    for one in await transcript_texts.waiting(tenant.db, tenant.workspace, limit=10):
        turns = [MaskedTurn(number, Role.AGENT, words, 1000 * number) for number, words in enumerate(said, 1)]
        await transcript_texts.put(tenant.db, tenant.workspace, one, turns)


async def search(tenant: Tenant, words: str) -> dict[str, TextMatches | None]:
    page = await conversations.page(tenant.db, tenant.workspace, Filters(text=words))
    return {view.id: page.matches.get(view.id) for view in page.items}


@pytest.mark.parametrize(
    ("words", "is_found"),
    [
        ("доставку", True),
        ("стоимость доставки", False),
        ("бесплатно доставить", False),
        ("тысяча здравствуйте", True),
        ("calls", True),
        ("доставка -дорого", True),
        ("доставка -бесплатная", False),
        ("возврат or доставка", True),
        ('"доставка бесплатная"', True),
        ('"бесплатная доставка"', False),
        ('"доставка доставка"', False),
        ("трех тысяч", True),
        ("и не на", False),
        ("' | !! & <->", False),
        ("-возврат", True),
    ],
)
async def test_words_in_any_form_and_phrases_within_a_turn(tenant: Tenant, words: str, is_found: bool) -> None:
    found = await search(tenant, words) if await indexed(tenant) else {}
    assert bool(found) is is_found


async def test_turns_are_shown_with_their_words_marked_and_the_phrase_first(tenant: Tenant) -> None:
    said = (*("Про доставку спросили." for _ in range(4)), "Есть бесплатная доставка.")
    conversation = await indexed(tenant, said)
    found = (await search(tenant, '"бесплатная доставка"'))[conversation]
    assert found is not None
    assert found.total == 5
    assert len(found.turns) == transcript_texts.TURNS_SHOWN
    best = found.turns[-1]
    assert (best.turn, best.role, best.start_ms) == (5, Role.AGENT, 5000)
    assert [best.text[mark.start : mark.end] for mark in best.marks] == ["бесплатная", "доставка"]


async def test_a_long_turn_is_shown_around_its_words(tenant: Tenant) -> None:
    conversation = await indexed(tenant, ["слово " * 500 + "скидка " + "слово " * 500])
    found = (await search(tenant, "скидки"))[conversation]
    assert found is not None
    (turn,) = found.turns
    assert len(turn.text) < 300
    assert [turn.text[mark.start : mark.end] for mark in turn.marks] == ["скидка"]


async def test_marks_of_our_own_in_a_text_mark_nothing(tenant: Tenant) -> None:
    conversation = await indexed(tenant, ["\x02подделка\x03 и скидка"])
    found = (await search(tenant, "скидка"))[conversation]
    assert found is not None
    assert [found.turns[0].text[mark.start : mark.end] for mark in found.turns[0].marks] == ["скидка"]


async def test_a_page_of_many_is_four_statements(tenant: Tenant) -> None:
    for _ in range(5):
        await indexed(tenant)
    with counted() as sent:
        page = await conversations.page(
            tenant.db, tenant.workspace, Filters(text="доставка"), with_summaries=True, limit=25
        )
    assert len(page.items) == len(page.matches) == len(page.summaries) == 5
    assert len(sent) == 4


async def test_a_later_revision_replaces_and_an_earlier_one_does_not_come_back(tenant: Tenant) -> None:
    first = await evaluated(tenant)
    (old,) = await transcript_texts.waiting(tenant.db, tenant.workspace, limit=10)
    later = await tenant.begin(await tenant.grow(first))
    await results.commit_evaluation(tenant.db, later, an_evaluation(later))
    await index(tenant, ["новое"])
    await transcript_texts.put(tenant.db, tenant.workspace, old, [MaskedTurn(1, Role.AGENT, "прежнее")])
    assert await search(tenant, "новое")
    assert not await search(tenant, "прежнее")


async def test_it_is_forgotten_with_its_conversation_also_by_who_was_reading_it(tenant: Tenant) -> None:
    conversation = await indexed(tenant)
    slow = await evaluated(tenant)
    (one,) = await transcript_texts.waiting(tenant.db, tenant.workspace, limit=10)
    for gone in (conversation, slow.conversation_id):
        await conversations.delete(tenant.db, tenant.workspace, gone)
    await transcript_texts.put(tenant.db, tenant.workspace, one, [MaskedTurn(1, Role.AGENT, TALK[0])])
    assert await search(tenant, "доставка") == {}
    async with tenant.db.transaction(tenant.workspace) as connection:
        assert await connection.scalar(text("SELECT count(*) FROM transcript_texts")) == 0


async def test_a_neighbour_and_another_ones_agent_find_nothing(tenant: Tenant) -> None:
    ann = Participant(id="agent", role=Role.AGENT, reference="A-7", name="Анна")
    mine = await indexed(tenant, participants=(ann, *a_call().participants[1:]))
    assert mine in await search(tenant, "доставка")
    assert await search(await tenant.neighbour(), "доставка") == {}
    for reference, seen in (("A-7", {mine}), ("B-8", set())):
        person = NewPerson(f"{reference}@example.com".lower(), "Анна", (MemberRole.AGENT,), None, (reference,))
        added = await directory.add(tenant.db, tenant.workspace, person)
        database.limit_to(added.id)
        assert set(await search(tenant, "доставка")) == seen
        async with tenant.db.transaction(tenant.workspace) as connection:
            assert await connection.scalar(text("SELECT count(*) FROM transcript_texts")) == len(seen)
        database.limit_to("")


async def test_what_is_longer_than_an_index_holds_is_cut(tenant: Tenant) -> None:
    words = [f"слово{number:07d}" for number in range(MOST_CHARS // 13)]
    hostile = [" ".join(words[start : start + 100]) for start in range(0, len(words), 100)]
    assert await indexed(tenant, [*hostile, "скидка", "скидка " * MOST_CHARS])
    assert await search(tenant, "слово0000001")


async def test_the_index_is_used_under_row_security(
    tenant: Tenant, postgres: Postgres, session_postgres_url: str
) -> None:
    """Asked as an application role, `@@` comes after the policies and reads every row; asked as the walker it does not."""
    await indexed(tenant)
    engine = create_async_engine(postgres.admin_url(make_url(session_postgres_url).database or ""), poolclass=NullPool)
    query = "EXPLAIN SELECT conversation_id FROM transcript_texts WHERE workspace_id = current_setting('auricle.workspace', true)"
    plans = {}
    async with engine.connect() as connection:
        for role in ("auricle_walker", "auricle_gateway"):
            await connection.execute(text(f"SET ROLE {role}"))
            await connection.execute(text("SET enable_seqscan = off"))
            plan = await connection.scalars(text(f"{query} AND terms @@ websearch_to_tsquery('russian', 'доставка')"))
            plans[role] = "\n".join(plan)
            await connection.execute(text("RESET ROLE"))
    await engine.dispose()
    assert "ix_transcript_texts_terms" in plans["auricle_walker"]
    assert "ix_transcript_texts_terms" not in plans["auricle_gateway"], "then the walker's function is needed no more"


async def test_the_function_is_not_for_everybody(tenant: Tenant) -> None:
    async with tenant.db.transaction(tenant.workspace) as connection:
        wanted = func.to_tsquery("russian", "доставка")
        assert await connection.scalars(select(func.auricle_conversations_saying(wanted)))
        public = "SELECT has_function_privilege('public', 'auricle_conversations_saying(tsquery)', 'EXECUTE')"
        assert not await connection.scalar(text(public))
