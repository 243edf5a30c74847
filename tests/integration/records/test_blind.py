"""Blind items of the review queue: they look like any other, what is said of them counts nowhere, and it measures who said it."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import Any

import pytest
from auricle_contracts import AnswerState, Channel, Evaluation, FindingVerdict, MemberRole, Role
from auricle_contracts.golden import (
    GoldenDialogue,
    GoldenKind,
    GoldenLabel,
    GoldenSettings,
    GoldenSource,
    GoldenSplit,
    GoldenState,
    GoldenStatus,
    GoldenTurn,
)
from auricle_contracts.review import ReviewReason, ReviewState, SkipReason
from auricle_records import findings, labels, results
from auricle_records.callers import Actor
from auricle_records.database import NO_BLIND_ITEMS, read_as_reviewer
from auricle_records.findings.labels import NewFindingLabel
from auricle_records.golden import items as golden
from auricle_records.golden import settings as golden_settings
from auricle_records.golden.models import NewItem
from auricle_records.labels import Author, NewLabel
from auricle_records.people import directory
from auricle_records.people.directory import NewPerson
from auricle_records.review import blind, items, queries, settings, triage, upkeep
from auricle_records.review.models import ReviewItem
from auricle_records.review.queries import ReviewFilters
from auricle_records.tables import blind_answers, review_items
from fixtures.tenant import Tenant, a_finding, an_answer, an_evaluation
from integration.records.test_review import NOTHING
from sqlalchemy import select

UNTOLD = an_answer("empathy", None, state=AnswerState.UNDETERMINED, confidence=None, quotes=())
ALWAYS, NEVER = 0.0, 0.99
RIGHT = (
    GoldenLabel(kind=GoldenKind.CRITERION, subject="politeness", state=GoldenState.ANSWERED, value=30),
    GoldenLabel(kind=GoldenKind.CRITERION, subject="empathy", state=GoldenState.ANSWERED, value=60),
    GoldenLabel(kind=GoldenKind.ERROR_CLASS, subject="no_greeting", state=GoldenState.NOT_FOUND),
)


@dataclass
class Scene:
    """A workspace with an expert, who judged one conversation that became golden, and two reviewers who know nothing of it."""

    tenant: Tenant
    expert: Author
    ann: Author
    bob: Author
    evaluation: Evaluation
    golden_id: str

    @property
    def at(self) -> tuple[Any, str]:
        return self.tenant.db, self.tenant.workspace

    async def stock(self) -> int:
        return await blind.stock(*self.at)

    async def answers(self) -> dict[str, Any]:
        """What counts of the evaluation."""
        found = await labels.counting(*self.at, self.evaluation.id)
        return {name: one.value for name, one in found.items()}

    async def says(self, who: Author, criterion: str, value: int) -> None:
        wanted = NewLabel(self.evaluation.id, criterion, AnswerState.ANSWERED, value)
        await labels.put(*self.at, [wanted], author=who, source="page")

    async def rejects(self, who: Author) -> None:
        wanted = NewFindingLabel(FindingVerdict.REJECT)
        conversation, finding = self.evaluation.conversation_id, f"{self.evaluation.id}.0"
        await findings.put(*self.at, conversation, finding, wanted, author=who, source="page")

    async def takes(self, who: Author, lot: float = ALWAYS) -> ReviewItem | None:
        claim = await items.claim_next(*self.at, _actor(who), lot=lot)
        return claim.item if claim else None


def _actor(who: Author) -> Actor:
    return Actor("person", who.id, who.name)


@contextmanager
def reading(who: Author | str) -> Iterator[None]:
    """As a caller of the gateway: a reviewer, or somebody who is given no blind items."""
    read_as_reviewer(who if isinstance(who, str) else who.id)
    yield
    read_as_reviewer("")


async def person(tenant: Tenant, name: str, role: MemberRole = MemberRole.REVIEWER) -> Author:
    made = await directory.add(tenant.db, tenant.workspace, NewPerson(f"{name.lower()}@example.com", name, (role,)))
    return Author(made.id, made.name, "person")


async def evaluated(tenant: Tenant) -> Evaluation:
    begun = await tenant.begin(await tenant.chat())
    made = an_evaluation(begun, [an_answer(), UNTOLD], (a_finding(),))
    await results.commit_evaluation(tenant.db, begun, made)
    return (await results.load_evaluation(tenant.db, tenant.workspace, begun.conversation_id)).evaluation


async def make_golden(tenant: Tenant, evaluation: Evaluation, expert: Author, split: GoldenSplit) -> str:
    """The conversation as a golden item of this split."""
    for number in range(1000):
        turns = (GoldenTurn(role=Role.AGENT, text=f"Алло {evaluation.id} {number}"),)
        dialogue = GoldenDialogue(channel=Channel.CHAT, agent=f"agent {number}", turns=turns, labels=RIGHT)
        new = NewItem(dialogue, GoldenSource.REVIEW, GoldenStatus.GOLDEN, expert.id, evaluation.conversation_id)
        added = await golden.add(tenant.db, tenant.workspace, new)
        if added.split is split:
            return added.id
        await golden.remove(tenant.db, tenant.workspace, added.id)
    raise AssertionError(split)


@pytest.fixture
async def scene(tenant: Tenant) -> Scene:
    await settings.choose(tenant.db, tenant.workspace, NOTHING.model_copy(update={"blind_share": 0.05}), "expert")
    await golden_settings.choose(tenant.db, tenant.workspace, GoldenSettings(consent=True), "expert")
    expert = await person(tenant, "Expert", MemberRole.QUALITY_MANAGER)
    ann, bob = await person(tenant, "Ann"), await person(tenant, "Bob")
    scene = Scene(tenant, expert, ann, bob, await evaluated(tenant), "")
    await triage.triage(*scene.at)
    claim = await items.claim_next(*scene.at, _actor(expert))
    assert claim is not None
    await scene.says(expert, "politeness", 30)
    await items.done(*scene.at, claim.item.id, _actor(expert))
    scene.golden_id = await make_golden(tenant, scene.evaluation, expert, GoldenSplit.TRAIN)
    return scene


async def test_what_a_reviewer_says_of_a_blind_item_counts_nowhere_and_looks_to_them_as_if_it_did(scene: Scene) -> None:
    assert await scene.stock() == 1
    with reading(scene.ann):
        assert await scene.answers() == {}, "nobody judged it"
        item = await scene.takes(scene.ann)
        assert item is not None
        await scene.says(scene.ann, "politeness", 55)
        await scene.rejects(scene.ann)
        assert await scene.answers() == {"politeness": 55}
        await items.done(*scene.at, item.id, _actor(scene.ann))
        assert await scene.answers() == {"politeness": 55}, "afterwards too"
        page = await labels.page(*scene.at, conversation_id=scene.evaluation.conversation_id)
        assert [one.author for one in page.items] == [scene.ann.id]
    for whoever in ("", NO_BLIND_ITEMS, scene.bob.id):
        with reading(whoever):
            assert await scene.answers() == {"politeness": 30}, whoever
            history = await findings.history(*scene.at, scene.evaluation.conversation_id, f"{scene.evaluation.id}.0")
            assert history == ()
    left = {(one.subject, one.state, one.value) for one in await blind.measured(*scene.at)}
    assert left == {
        ("politeness", "answered", 55),
        ("empathy", "undetermined", None),
        ("no_greeting", "not_found", None),
    }


async def test_what_was_left_alone_is_the_models_answer(scene: Scene) -> None:
    await scene.stock()
    with reading(scene.bob):
        item = await scene.takes(scene.bob)
        assert item is not None
        await items.done(*scene.at, item.id, _actor(scene.bob))
        (own,) = {one.person_id for one in await blind.measured(*scene.at, person=scene.bob.id)}
    assert own == scene.bob.id
    told = {
        one.subject: (one.state, one.value, one.right_state, one.right_value) for one in await blind.measured(*scene.at)
    }
    assert told["politeness"] == ("answered", 80, "answered", 30)
    assert told["no_greeting"] == ("found", None, "not_found", None)
    assert await blind.measured(*scene.at, person=scene.ann.id) == []


async def test_a_blind_item_has_all_that_the_conversations_own_item_had(scene: Scene) -> None:
    (own,) = (await queries.page(*scene.at, ReviewFilters(state=ReviewState.DONE))).items
    await scene.stock()
    with reading(scene.ann):
        (shown,) = (await queries.page(*scene.at)).items
        assert (await queries.page(*scene.at, ReviewFilters(state=ReviewState.DONE))).items == (), (
            "no earlier item beside it"
        )
    handling = ("id", "state", "assignee", "assignee_name", "assigned_at", "closed_by", "closed_by_name", "closed_at")
    kept: dict[str, Any] = {name: getattr(own, name) for name in handling}
    assert replace(shown, **kept) == own
    assert shown.id != own.id


async def test_whoever_knows_what_was_said_and_machines_see_no_blind_item(scene: Scene) -> None:
    await scene.stock()
    for whoever in (scene.expert, NO_BLIND_ITEMS):
        with reading(whoever):
            assert (await queries.page(*scene.at)).total == 0
            assert (await queries.count(*scene.at, reviewer=None, since=scene.evaluation.created_at)).open == 0
            assert await scene.takes(scene.expert) is None
    with reading(scene.ann):
        assert (await queries.page(*scene.at)).total == 1


@pytest.mark.parametrize("split", GoldenSplit)
async def test_the_test_split_is_never_served(scene: Scene, split: GoldenSplit) -> None:
    await golden.remove(*scene.at, scene.golden_id)
    await make_golden(scene.tenant, scene.evaluation, scene.expert, split)
    assert await scene.stock() == (split is not GoldenSplit.TEST)


async def test_the_share_holds_and_each_item_waits_once(scene: Scene) -> None:
    assert [await scene.stock() for _ in range(2)] == [1, 0]
    for _ in range(2):
        other = await evaluated(scene.tenant)
        await triage.triage(*scene.at)
        with reading(NO_BLIND_ITEMS):
            ordinary = await scene.takes(scene.expert, NEVER)
        assert ordinary is not None
        await items.done(*scene.at, ordinary.id, _actor(scene.expert))
        await make_golden(scene.tenant, other, scene.expert, GoldenSplit.DEVELOPMENT)
    assert await scene.stock() == 0, "one of twenty, and three were reviewed"
    await settings.choose(*scene.at, NOTHING.model_copy(update={"blind_share": 0.5}), "expert")
    assert await scene.stock() == 2, "as many as others"
    await settings.choose(*scene.at, NOTHING.model_copy(update={"blind_share": 0}), "expert")
    assert await scene.stock() == 0


async def test_without_the_lot_the_order_of_the_queue_stands(scene: Scene) -> None:
    await scene.stock()
    urgent = await evaluated(scene.tenant)
    async with scene.tenant.db.transaction(scene.tenant.workspace) as connection:
        await connection.execute(review_items.update().values(risk=0.01))
    await triage.triage(*scene.at)
    with reading(scene.ann):
        by_risk = await scene.takes(scene.ann, NEVER)
        assert by_risk is not None
        assert by_risk.evaluation_id == urgent.id
        await items.release(*scene.at, by_risk.id)
        drawn = await scene.takes(scene.ann, ALWAYS)
        assert drawn is not None
        assert drawn.evaluation_id == scene.evaluation.id


async def test_an_item_that_is_evaluated_again_or_waits_by_itself_is_blind_no_more(scene: Scene) -> None:
    await scene.stock()
    async with scene.tenant.db.transaction(scene.tenant.workspace) as connection:
        own = review_items.c.golden_id.is_(None)
        await connection.execute(
            review_items.update().where(own).values(state="open", closed_by=None, closed_by_name=None, closed_at=None)
        )
    assert await blind.withdraw(*scene.at) == 1
    with reading(scene.ann):
        (item,) = (await queries.page(*scene.at)).items
        assert item.reasons[0] is ReviewReason.UNDETERMINED
        assert await scene.answers() == {"politeness": 30}
        await scene.says(scene.ann, "politeness", 40)
    assert await scene.answers() == {"politeness": 40}


async def test_skipped_and_given_back_it_is_like_any_other(scene: Scene) -> None:
    await scene.stock()
    with reading(scene.ann):
        item = await scene.takes(scene.ann)
        assert item is not None
        assert (await items.release(*scene.at, item.id)).state is ReviewState.OPEN
        assert (await scene.takes(scene.ann)) is not None
        skipped = await items.skip(*scene.at, item.id, _actor(scene.ann), SkipReason.CANNOT_HEAR)
        assert skipped.state is ReviewState.SKIPPED
    async with scene.tenant.db.transaction(scene.tenant.workspace) as connection:
        assert (await connection.execute(select(blind_answers))).all() == []


async def test_a_conversation_that_is_deleted_takes_its_item_and_leaves_what_was_measured(scene: Scene) -> None:
    await scene.stock()
    with reading(scene.ann):
        item = await scene.takes(scene.ann)
        assert item is not None
        await items.done(*scene.at, item.id, _actor(scene.ann))
    await upkeep.withdraw(*scene.at)
    assert len(await blind.measured(*scene.at)) == len(RIGHT)
    await golden.remove(*scene.at, scene.golden_id)
    assert await blind.measured(*scene.at) == [], "without what is right nobody is measured"
