"""Golden items found by likeness, on real Postgres: the nearest of each side first, and never one that may not be shown."""

from typing import Any

import pytest
from auricle_contracts import Channel, DetectionState, Role
from auricle_contracts.golden import GoldenCase, GoldenSplit, GoldenState, GoldenStatus
from auricle_records import workspaces
from auricle_records.database import Database
from auricle_records.golden import cases, items
from auricle_records.golden.cases import CasesAsked
from auricle_records.grants import SCORER
from fixtures.golden_items import agents, an_item, consent, label
from sqlalchemy import text

SAID = "Здравствуйте, роутер не подключается к сети. Вы сами сломали роутер, надо было читать инструкцию. Спасибо."
NEAR = (
    (Role.CUSTOMER, "Роутер перестал подключаться к сети."),
    (Role.AGENT, "Сами сломали роутер, читайте инструкцию."),
)
FAR = (
    (Role.CUSTOMER, "Здравствуйте, где моя посылка?"),
    (Role.AGENT, "Спасибо, посылка в пути, привезёт курьер завтра."),
)
OTHER = ((Role.CUSTOMER, "Сеть пропала после грозы."), (Role.AGENT, "Проверю линию и перезвоню сегодня, спасибо."))
FOUND, NOT_FOUND = label(GoldenState.FOUND, turn=2, text="Сами"), label(GoldenState.NOT_FOUND)
W = "cases"


@pytest.fixture
async def db(database: Database) -> Database:
    await workspaces.ensure(database, W)
    await consent(database, W)
    return database


def asked(**changed: Any) -> CasesAsked:
    given: dict[str, Any] = {
        "conversation_id": "c1", "channel": Channel.CHAT, "language": "ru", "agents": (), "error_classes": ("blame",),
    }  # fmt: skip
    return CasesAsked(**given | changed)


async def nearest(db: Database, said: str = SAID, *, most: int = 2, workspace: str = W, **changed: Any) -> list[str]:
    found = await cases.nearest(db, workspace, asked(**changed), said, most=most)
    return [one.item_id for one in found]


async def test_an_item_that_stands_for_a_conversation_is_no_case_of_itself(db: Database) -> None:
    near, far = await an_item(db, W, NEAR, FOUND), await an_item(db, W, FAR, label(GoldenState.FOUND))
    assert await nearest(db) == [near, far]
    assert await nearest(db, item_id=near, conversation_id="") == [far]


async def test_the_nearest_of_each_side_come_first_and_no_more_than_asked(db: Database) -> None:
    far = await an_item(db, W, FAR, label(GoldenState.FOUND))
    near = await an_item(db, W, NEAR, FOUND)
    without = await an_item(db, W, OTHER, NOT_FOUND)
    assert [one for one in await nearest(db) if one != without] == [near, far]
    assert set(await nearest(db)) == {near, far, without}
    assert set(await nearest(db, most=1)) == {near, without}
    (first, *_) = await cases.nearest(db, W, asked(), SAID, most=1)
    assert first == GoldenCase(
        item_id=near, error_class="blame", state=DetectionState.FOUND, turns=first.turns, places=FOUND.places
    )
    assert [(one.role, one.text) for one in first.turns] == list(NEAR)
    assert await nearest(db, "Погода хорошая") == []


async def test_what_counts_alone_decides(db: Database) -> None:
    """Proposals, contested and withdrawn labels, other splits, other workspaces, and everything without consent stay away."""
    assert await nearest(db) == []
    proposed = await an_item(db, W, NEAR, FOUND, status=GoldenStatus.PROPOSED)
    assert await nearest(db) == []
    await items.settle(db, W, proposed, GoldenStatus.GOLDEN, by="b")
    assert await nearest(db) == [proposed]
    assert await nearest(db, workspace="cases-neighbour") == []
    await an_item(db, W, NEAR, label(GoldenState.NOT_FOUND, by="Олег"))
    assert await nearest(db) == [], "golden labels contradict each other"
    (contrary,) = [one for one in (await items.get(db, W, proposed)).labels if one.decided_by == "Олег"]
    await items.settle(db, W, proposed, GoldenStatus.WITHDRAWN, by="b", label_ids=[contrary.id])
    assert await nearest(db) == [proposed]
    await consent(db, W, given=False)
    assert await nearest(db) == []
    assert await cases.kept(db, W, asked(), [proposed]) == ()


@pytest.mark.parametrize("split", [GoldenSplit.TEST, GoldenSplit.DEVELOPMENT])
async def test_what_a_gate_measures_on_is_never_shown(db: Database, split: GoldenSplit) -> None:
    held_out = await an_item(db, W, NEAR, FOUND, split=split)
    assert await nearest(db) == []
    assert await cases.kept(db, W, asked(), [held_out]) == ()


async def test_the_scorers_role_reads_no_other_split_whatever_it_asks(db: Database, postgres_url: str) -> None:
    shown = await an_item(db, W, NEAR, FOUND)
    await an_item(db, W, FAR, FOUND, split=GoldenSplit.TEST)
    everything = text("SELECT i.id FROM golden_items i JOIN golden_labels l ON l.item_id = i.id")
    async with Database.connect(postgres_url, role=SCORER) as scorer, scorer.transaction(W) as connection:
        assert list(await connection.scalars(everything)) == [shown]
    async with db.transaction(W) as connection:
        assert len(list(await connection.scalars(everything))) == 2


async def test_neither_the_conversation_nor_its_agent_nor_its_words_nor_another_channel_or_language(
    db: Database,
) -> None:
    theirs = next(agents(W, GoldenSplit.TRAIN))
    shown = await an_item(db, W, NEAR, FOUND, agent=theirs, conversation_id="c7")
    assert await nearest(db) == [shown]
    assert await nearest(db, conversation_id="c7") == []
    assert await nearest(db, agents=(theirs, "somebody")) == []
    assert await nearest(db, channel=Channel.CALL) == []
    assert await nearest(db, language="en") == []
    assert await nearest(db, language=None) == [shown]
    assert await nearest(db, " ".join(text for _, text in NEAR) + " Спасибо customer agent") == [], "a duplicate"
    assert await nearest(db, error_classes=("rudeness",)) == []


async def test_a_label_that_is_taken_back_leaves_no_trace(db: Database) -> None:
    """Also in the likeness of the others, which rarity of words makes."""
    first, second = await an_item(db, W, NEAR, FOUND), await an_item(db, W, OTHER, NOT_FOUND)
    before = await cases.nearest(db, W, asked(), SAID, most=5)
    assert {one.item_id for one in before} == {first, second}
    third = await an_item(db, W, ((Role.CUSTOMER, "Роутер и сеть."), (Role.AGENT, "Роутер сети, инструкция.")), FOUND)
    assert third in await nearest(db, most=5)
    (own,) = (await items.get(db, W, third)).labels
    await items.settle(db, W, third, GoldenStatus.WITHDRAWN, by="b", label_ids=[own.id])
    assert await cases.nearest(db, W, asked(), SAID, most=5) == before
    await items.remove(db, W, first)
    assert await nearest(db, most=5) == [second]


async def test_a_deleted_conversation_takes_its_copies_out_of_questions(db: Database) -> None:
    await an_item(db, W, NEAR, FOUND, conversation_id="c7")
    assert await items.forget(db, W, "c7") == 1
    assert await nearest(db) == []
