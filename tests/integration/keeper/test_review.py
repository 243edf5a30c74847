"""Keeper's part of the review queue: each round keeps it true, and what waits is measured."""

from auricle_contracts.review import ReviewReason, ReviewSettings
from auricle_keeper.gauges import REVIEW, Gauges
from auricle_keeper.review import Sample, Triage
from auricle_records import results
from auricle_records.callers import Actor
from auricle_records.review import items, queries, settings
from auricle_streams import Streams
from fixtures.tenant import Tenant, an_evaluation
from sqlalchemy import text

EVERYTHING = ReviewSettings(audited_share=1, agent_week=0, unsure_below=0, rare_class_below=0)


async def evaluated(tenant: Tenant) -> None:
    run = await tenant.begin(await tenant.chat())
    await results.commit_evaluation(tenant.db, run, an_evaluation(run))


async def test_every_workspace_is_triaged_and_what_waits_is_measured(tenant: Tenant, streams: Streams) -> None:
    for one in (tenant, await tenant.neighbour()):
        await settings.choose(one.db, one.workspace, EVERYTHING, "ann")
        await evaluated(one)
        await evaluated(one)
    assert await Triage(tenant.db).round() == 4
    assert await Triage(tenant.db).round() == 0
    await Gauges(tenant.db, streams).round()
    assert REVIEW.labels(ReviewReason.AUDITED)._value.get() == 4
    assert REVIEW.labels(ReviewReason.FATAL)._value.get() == 0


async def test_what_was_taken_and_left_lying_is_given_back(tenant: Tenant) -> None:
    await settings.choose(tenant.db, tenant.workspace, EVERYTHING, "ann")
    await evaluated(tenant)
    await Triage(tenant.db).round()
    assert await items.claim_next(tenant.db, tenant.workspace, Actor("person", "ann"))
    assert await Sample(tenant.db, claimed_s=3600).round() == 0
    async with tenant.db.transaction(tenant.workspace) as connection:
        await connection.execute(text("UPDATE review_items SET assigned_at = now() - interval '2 hours'"))
    assert await Sample(tenant.db, claimed_s=3600).round() == 1
    (item,) = (await queries.page(tenant.db, tenant.workspace)).items
    assert item.assignee is None
