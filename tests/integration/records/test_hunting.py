"""Rare errors are hunted by the words of those that were found: the nearest first, within the week's budget."""

from datetime import UTC, datetime, timedelta

from auricle_contracts import ClassOutcome, DetectionState, Quote, Role, Span
from auricle_contracts.review import ReviewReason, ReviewSettings
from auricle_records import results, transcript_texts
from auricle_records.review import hunting, queries, settings, triage
from auricle_records.review.models import ReviewItem
from auricle_records.review.queries import ReviewFilters
from auricle_records.transcript_texts import MaskedTurn
from fixtures.tenant import Tenant, a_finding, an_evaluation

NOW = datetime.now(UTC)
LAST_WEEK = NOW - timedelta(days=7)
WORDS = "Ваш пылесос сгорел по вашей вине"
QUOTE = Quote(turn=1, span=Span(start=0, end=len(WORDS)), text=WORDS)
CLASS = a_finding().error_class
CHOSEN = ReviewSettings(
    audited_share=0, agent_week=0, unsure_below=0, rare_class_below=5, outliers_week=0, hunted_week=1
)


async def said(tenant: Tenant, words: str, *, found: bool = False, looked: bool = True) -> str:
    """A conversation of last week in whose index this is said."""
    run = await tenant.begin(await tenant.chat(started_at=LAST_WEEK))
    state = DetectionState.FOUND if found else DetectionState.NOT_FOUND
    outcome = ClassOutcome(error_class=CLASS, version="c@1", state=state, step="detect")
    errors = [a_finding().model_copy(update={"quotes": (QUOTE,)})] if found else []
    evaluation = an_evaluation(run, [], errors).model_copy(update={"outcomes": (outcome,) if looked else ()})
    await results.commit_evaluation(tenant.db, run, evaluation)
    (one,) = await transcript_texts.waiting(tenant.db, tenant.workspace, limit=10)
    await transcript_texts.put(tenant.db, tenant.workspace, one, [MaskedTurn(1, Role.AGENT, words)])
    return run.conversation_id


async def hunted(tenant: Tenant) -> list[ReviewItem]:
    page = await queries.page(tenant.db, tenant.workspace, ReviewFilters(reason=ReviewReason.HUNTED))
    return list(page.items)


async def test_the_nearest_of_a_rare_class_waits_once(tenant: Tenant) -> None:
    await settings.choose(tenant.db, tenant.workspace, CHOSEN, "ann")
    await said(tenant, WORDS, found=True)
    near = await said(tenant, "Пылесос сгорел, это вина ваша")
    await said(tenant, "Пылесос едет к вам завтра")
    await said(tenant, "Спасибо за звонок")
    await said(tenant, "Пылесос сгорел по вине покупателя", looked=False)
    await triage.triage(tenant.db, tenant.workspace)
    assert await hunting.draw(tenant.db, tenant.workspace, now=NOW) == 1
    assert await hunting.draw(tenant.db, tenant.workspace, now=NOW) == 0, "one a week"
    (item,) = await hunted(tenant)
    assert (item.conversation_id, item.details, item.risk) == (near, {"hunted": (CLASS,)}, 0.2)


async def test_nothing_is_hunted_without_a_find_or_a_budget(tenant: Tenant) -> None:
    await settings.choose(tenant.db, tenant.workspace, CHOSEN, "ann")
    await said(tenant, "Пылесос сгорел")
    await triage.triage(tenant.db, tenant.workspace)
    assert await hunting.draw(tenant.db, tenant.workspace, now=NOW) == 0, "no words to look for"
    await said(tenant, WORDS, found=True)
    await settings.choose(tenant.db, tenant.workspace, CHOSEN.model_copy(update={"hunted_week": 0}), "ann")
    assert await hunting.draw(tenant.db, tenant.workspace, now=NOW) == 0
    own = {ReviewReason.HUNTED: 0.7}
    await settings.choose(tenant.db, tenant.workspace, CHOSEN.model_copy(update={"weights": own}), "ann")
    await triage.triage(tenant.db, tenant.workspace)
    assert await hunting.draw(tenant.db, tenant.workspace, now=NOW) == 1
    assert [item.risk for item in await hunted(tenant)] == [0.7], "by the workspace's own weight"
