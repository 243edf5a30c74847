"""The review queue: what waits and why, in which order, and what becomes of it."""

import asyncio
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from auricle_contracts import (
    AnswerState,
    ClassOutcome,
    DetectionState,
    Evaluation,
    FindingVerdict,
    Layer,
    MemberRole,
    Overall,
    Scope,
)
from auricle_contracts.review import ReviewReason, ReviewSettings, ReviewState, SkipReason
from auricle_identity.roles import SCOPES
from auricle_records import labels, results
from auricle_records.appeals import decisions as appeal_decisions
from auricle_records.appeals.models import NewAppeal
from auricle_records.appeals.opening import open_appeal
from auricle_records.callers import Actor
from auricle_records.conversations import Filters
from auricle_records.errors import AssignedElsewhere, NotFound, ReviewClosed
from auricle_records.findings import labels as finding_labels
from auricle_records.findings.labels import NewFindingLabel
from auricle_records.labels import Author, NewLabel
from auricle_records.people import directory
from auricle_records.people.directory import NewPerson
from auricle_records.review import agent_sample, contested, items, outliers, queries, settings, triage, upkeep
from auricle_records.review.models import REVIEWERS, Claim, ReviewItem
from auricle_records.review.queries import NOBODY, ReviewFilters
from auricle_records.runs import RunRow
from fixtures.tenant import Tenant, a_finding, an_answer, an_evaluation
from sqlalchemy import text

ANN, BOB = Actor("person", "ann", "Анна"), Actor("person", "bob", "Борис")
NOTHING = ReviewSettings(audited_share=0, agent_week=0, unsure_below=0, rare_class_below=0, outliers_week=0)
UNTOLD = an_answer("empathy", None, state=AnswerState.UNDETERMINED, confidence=None, quotes=())
FAILED = Overall(points=0, passed=False, failed_by=("rudeness",), judged=1)
SURE = an_answer()


@pytest.fixture
async def quiet(tenant: Tenant) -> Tenant:
    """A workspace that samples nothing: what waits then has a reason of its own."""
    await settings.choose(tenant.db, tenant.workspace, NOTHING, "ann")
    return tenant


async def evaluated(tenant: Tenant, run: RunRow | None = None, *, answers: Any = (), **changes: Any) -> Evaluation:
    """A conversation with a current evaluation."""
    begun = await tenant.begin(run or await tenant.chat())
    evaluation = an_evaluation(begun, answers or [SURE]).model_copy(update=changes)
    await results.commit_evaluation(tenant.db, begun, evaluation)
    return (await results.load_evaluation(tenant.db, tenant.workspace, begun.conversation_id)).evaluation


async def waiting(tenant: Tenant, **filters: Any) -> list[ReviewItem]:
    await triage.triage(tenant.db, tenant.workspace)
    return list((await queries.page(tenant.db, tenant.workspace, ReviewFilters(**filters))).items)


async def one(tenant: Tenant, **changes: Any) -> ReviewItem:
    """The only item that waits, of a conversation that nobody could tell."""
    await evaluated(tenant, answers=[UNTOLD], **changes)
    (item,) = await waiting(tenant)
    return item


async def test_what_needs_nobody_does_not_wait(quiet: Tenant) -> None:
    await evaluated(quiet, findings=(a_finding(),))
    assert await waiting(quiet) == []
    assert await triage.triage(quiet.db, quiet.workspace) == 0, "it was looked at once"


async def test_each_reason_names_what_it_is_about_and_the_most_urgent_comes_first(quiet: Tenant) -> None:
    rules = NOTHING.model_copy(update={"unsure_below": 0.6})
    await settings.choose(quiet.db, quiet.workspace, rules, "ann")
    doubtful = await evaluated(quiet, answers=[SURE, an_answer("tone", 40, confidence=0.55)])
    fatal = await evaluated(quiet, overall=FAILED, findings=(a_finding(error_class="rudeness", fatal=True),))
    half = await evaluated(quiet, answers=[SURE, UNTOLD])
    both = await evaluated(quiet, answers=[UNTOLD], overall=FAILED)
    found = await waiting(quiet)
    assert [item.evaluation_id for item in found] == [both.id, fatal.id, half.id, doubtful.id]
    assert [item.reasons for item in found] == [("fatal", "undetermined"), ("fatal",), ("undetermined",), ("unsure",)]
    assert found[0].details == {"fatal": ("rudeness",), "undetermined": ("empathy",)}
    assert found[3].details == {"unsure": ("tone",)}
    assert [item.risk for item in found] == [0.9, 0.8, 0.25, 0.225]


async def test_a_class_that_nobody_could_tell_waits_and_an_experimental_finding_does_not(quiet: Tenant) -> None:
    outcomes = tuple(
        ClassOutcome(error_class=name, version="1", state=state, why="x", step="detect")
        for name, state in (("rudeness", DetectionState.UNDETERMINED), ("silence", DetectionState.NOT_FOUND))
    )
    told = await evaluated(quiet, outcomes=outcomes)
    await evaluated(quiet, findings=(a_finding(fatal=True, experimental=True),))
    (item,) = await waiting(quiet)
    assert (item.evaluation_id, item.details) == (told.id, {"undetermined": ("rudeness",)})
    assert item.risk == pytest.approx(0.5 / 3, abs=1e-4), "one of an answer and two classes"


async def test_what_metadata_does_not_say_is_nobodys_work(quiet: Tenant) -> None:
    await evaluated(quiet, answers=[UNTOLD.model_copy(update={"layer": Layer.METADATA}), SURE])
    assert await waiting(quiet) == []


async def test_the_first_errors_of_a_class_are_looked_at(quiet: Tenant) -> None:
    await settings.choose(quiet.db, quiet.workspace, NOTHING.model_copy(update={"rare_class_below": 3}), "ann")
    for _ in range(4):
        await evaluated(quiet, findings=(a_finding(),))
        await triage.triage(quiet.db, quiet.workspace)
    found = await waiting(quiet, reason=ReviewReason.RARE_CLASS)
    assert [item.details for item in found] == [{"rare_class": ("no_greeting",)}] * 2


async def test_the_audited_share_is_a_share_whatever_the_result_and_the_same_when_evaluated_again(
    quiet: Tenant,
) -> None:
    await settings.choose(quiet.db, quiet.workspace, NOTHING.model_copy(update={"audited_share": 0.5}), "ann")
    runs = [await quiet.chat() for _ in range(40)]
    for run in runs:
        await evaluated(quiet, run)
    drawn = {item.conversation_id for item in await waiting(quiet, reason=ReviewReason.AUDITED)}
    assert 8 <= len(drawn) <= 32, "outside of that once in 100,000 runs"
    for run in runs:
        await evaluated(quiet, await quiet.again(run))
    await upkeep.withdraw(quiet.db, quiet.workspace)
    assert {item.conversation_id for item in await waiting(quiet)} == drawn


async def test_every_agent_of_last_week_is_heard_and_what_waits_already_counts(quiet: Tenant) -> None:
    now = datetime(2026, 11, 25, 12, tzinfo=UTC)
    last_week, this_week = now - timedelta(days=5), now - timedelta(days=1)
    chats = [await quiet.chat(started_at=moment) for moment in (last_week, last_week, last_week, this_week)]
    for run in chats:
        await evaluated(quiet, run)
    await triage.triage(quiet.db, quiet.workspace)
    assert await agent_sample.draw(quiet.db, quiet.workspace, now=now) == 0, "the workspace wants none"
    await settings.choose(quiet.db, quiet.workspace, NOTHING.model_copy(update={"agent_week": 2}), "ann")
    assert await agent_sample.draw(quiet.db, quiet.workspace, now=now) == 2
    assert await agent_sample.draw(quiet.db, quiet.workspace, now=now) == 0
    found = await waiting(quiet, reason=ReviewReason.AGENT_WEEK)
    assert {item.conversation_id for item in found} < {run.conversation_id for run in chats[:3]}
    assert all(item.details["agent_week"] for item in found)


NOON = datetime(2026, 11, 25, 12, tzinfo=UTC)
LAST_WEEK = NOON - timedelta(days=5)


async def scored(tenant: Tenant, *scores: int, **facts: Any) -> list[Evaluation]:
    """Evaluated and triaged chats of last week, each with one score."""
    known: dict[str, Any] = {"started_at": LAST_WEEK, "line": "sales"} | facts
    chats = [await tenant.chat(**known) for _ in scores]
    made = [
        await evaluated(tenant, run, answers=[an_answer(value=score)]) for run, score in zip(chats, scores, strict=True)
    ]
    await triage.triage(tenant.db, tenant.workspace)
    return made


async def test_a_score_far_from_its_group_waits_with_what_it_lies_far_from(quiet: Tenant) -> None:
    ordinary = [80 + (one % 3) * 4 for one in range(20)]
    *_, low, lower = await scored(quiet, *ordinary, 40, 31)
    assert await outliers.draw(quiet.db, quiet.workspace, now=NOON) == 0, "the workspace wants none"
    await settings.choose(quiet.db, quiet.workspace, NOTHING.model_copy(update={"outliers_week": 1}), "ann")
    assert await outliers.draw(quiet.db, quiet.workspace, now=NOON) == 1
    (item,) = await waiting(quiet, reason=ReviewReason.OUTLIER)
    assert (item.evaluation_id, item.reasons, item.risk) == (lower.id, ("outlier",), 0.3)
    assert item.outlier
    assert item.outlier.model_dump(mode="json") == {
        "measure": "score",
        "value": 31,
        "group": "agent",
        "name": "A-7",
        "median": 84.0,
        "n": 22,
    }
    assert await outliers.draw(quiet.db, quiet.workspace, now=NOON) == 0, "one a week"
    await settings.choose(quiet.db, quiet.workspace, NOTHING.model_copy(update={"outliers_week": 5}), "ann")
    assert await outliers.draw(quiet.db, quiet.workspace, now=NOON) == 1
    assert {item.evaluation_id for item in await waiting(quiet)} == {low.id, lower.id}
    assert await outliers.draw(quiet.db, quiet.workspace, now=NOON) == 0


async def test_a_small_group_and_another_week_have_no_outliers(quiet: Tenant) -> None:
    await settings.choose(quiet.db, quiet.workspace, NOTHING.model_copy(update={"outliers_week": 5}), "ann")
    await scored(quiet, *[80] * 18, 20)
    assert await outliers.draw(quiet.db, quiet.workspace, now=NOON) == 0, "19 are too few"
    await scored(quiet, 80, 80, 10, started_at=NOON - timedelta(days=12))
    assert await outliers.draw(quiet.db, quiet.workspace, now=NOON) == 1, "of the week before none is drawn"


async def test_small_differences_are_none_where_nearly_all_are_the_same(quiet: Tenant) -> None:
    await settings.choose(quiet.db, quiet.workspace, NOTHING.model_copy(update={"outliers_week": 5}), "ann")
    await scored(quiet, *[80] * 21, 65)
    assert await outliers.draw(quiet.db, quiet.workspace, now=NOON) == 0


async def test_an_outlier_that_waits_already_gets_the_reason_and_one_that_was_reviewed_does_not(quiet: Tenant) -> None:
    await settings.choose(quiet.db, quiet.workspace, NOTHING.model_copy(update={"outliers_week": 5}), "ann")
    await scored(quiet, *[80] * 20)
    for _ in range(2):
        run = await quiet.chat(started_at=LAST_WEEK, line="sales")
        await evaluated(quiet, run, answers=[an_answer(value=10), UNTOLD])
    first, second = await waiting(quiet)
    await items.claim_next(quiet.db, quiet.workspace, ANN)
    await items.done(quiet.db, quiet.workspace, first.id, ANN)
    assert await outliers.draw(quiet.db, quiet.workspace, now=NOON) == 1
    (item,) = await waiting(quiet)
    assert (item.id, item.reasons, item.risk) == (second.id, ("undetermined", "outlier"), 0.475)
    assert item.details == {"undetermined": ("empathy",), "outlier": ()}


async def test_a_call_far_longer_than_its_line_waits(quiet: Tenant) -> None:
    await settings.choose(quiet.db, quiet.workspace, NOTHING.model_copy(update={"outliers_week": 5}), "ann")
    for seconds in (*[60] * 20, 70, 300):
        call = await quiet.begin(await quiet.call(started_at=LAST_WEEK, line="sales"))
        committed = await results.commit_transcript(quiet.db, call, quiet.heard(call, duration_ms=seconds * 1000))
        await evaluated(quiet, committed.next[0])
    await triage.triage(quiet.db, quiet.workspace)
    assert await outliers.draw(quiet.db, quiet.workspace, now=NOON) == 1
    (item,) = await waiting(quiet)
    assert item.outlier
    assert (item.outlier.measure, item.outlier.value, item.outlier.median) == ("duration", 300, 60)


async def test_an_item_of_an_earlier_evaluation_is_stale(quiet: Tenant) -> None:
    run = await quiet.chat()
    await evaluated(quiet, run, answers=[UNTOLD])
    (old,) = await waiting(quiet)
    await evaluated(quiet, await quiet.again(run))
    assert await upkeep.withdraw(quiet.db, quiet.workspace) == 1
    assert await waiting(quiet) == []
    (stale,) = await waiting(quiet, state=ReviewState.STALE)
    assert (stale.id, stale.closed_by) == (old.id, None)
    with pytest.raises(ReviewClosed):
        await items.done(quiet.db, quiet.workspace, old.id, ANN)


async def contest(tenant: Tenant, evaluation: Evaluation, author: Author, value: int = 10) -> int:
    said = NewLabel(evaluation.id, "politeness", AnswerState.ANSWERED, value)
    await labels.put(tenant.db, tenant.workspace, [said], author=author, source="api")
    return await contested.contest(tenant.db, tenant.workspace, now=datetime.now(UTC))


async def test_what_a_key_contests_goes_to_a_person_and_is_not_told_twice(quiet: Tenant) -> None:
    evaluation = await evaluated(quiet)
    assert await waiting(quiet) == []
    assert await contest(quiet, evaluation, Author("key"), value=80) == 0, "it agrees"
    assert await contest(quiet, evaluation, Author("key")) == 1
    assert await contested.contest(quiet.db, quiet.workspace, now=datetime.now(UTC)) == 0
    (item,) = await waiting(quiet)
    assert (item.reasons, item.details, item.risk) == (("contested",), {"contested": ("politeness",)}, 0.6)


async def test_whoever_reviews_has_the_last_word(quiet: Tenant) -> None:
    evaluation = await evaluated(quiet, answers=[SURE, UNTOLD])
    ann = await directory.add(quiet.db, quiet.workspace, NewPerson("ann@example.com", "Анна", (MemberRole.REVIEWER,)))
    (item,) = await waiting(quiet)
    await contest(quiet, evaluation, Author("key"))
    (again,) = await waiting(quiet)
    assert (again.id, again.reasons) == (item.id, ("contested", "undetermined"))
    assert again.risk == pytest.approx(1 - (1 - item.risk) * 0.4, abs=1e-4)
    await contest(quiet, evaluation, Author(ann.id, ann.name, "person"), value=20)
    await items.done(quiet.db, quiet.workspace, item.id, ANN)
    assert await contested.contest(quiet.db, quiet.workspace, now=datetime.now(UTC)) == 0
    assert await contest(quiet, evaluation, Author("key"), value=30) == 1, "after the review"
    (open_again,) = await waiting(quiet)
    assert (open_again.id, open_again.state, open_again.closed_by) == (item.id, ReviewState.OPEN, None)


async def test_a_finding_that_a_key_rejects_goes_to_a_person(quiet: Tenant) -> None:
    evaluation = await evaluated(quiet, findings=(a_finding(),))
    await triage.triage(quiet.db, quiet.workspace)
    await reject(quiet, evaluation, Author("key"))
    assert await contested.contest(quiet.db, quiet.workspace, now=datetime.now(UTC)) == 1
    (item,) = await waiting(quiet)
    assert (item.reasons, item.details) == (("contested",), {"contested": ("no_greeting",)})


async def test_an_open_appeal_goes_to_a_person_and_a_withdrawn_one_does_not(quiet: Tenant) -> None:
    agent = NewPerson("olga@example.com", "Ольга", (MemberRole.AGENT,), None, ("A-7",))
    olga = await directory.add(quiet.db, quiet.workspace, agent)
    by = Author(olga.id, olga.name, "person")
    now = datetime.now(UTC)
    kept, withdrawn = await evaluated(quiet), await evaluated(quiet)
    assert await waiting(quiet) == []
    for evaluation in (kept, withdrawn):
        appealed = NewAppeal("politeness", None, "Я извинилась.")
        appeal = await open_appeal(quiet.db, quiet.workspace, evaluation.conversation_id, appealed, by=by)
    await appeal_decisions.withdraw(quiet.db, quiet.workspace, appeal.id, by)
    assert await contested.contest(quiet.db, quiet.workspace, now=now) == 1
    (item,) = await waiting(quiet)
    assert (item.conversation_id, item.reasons) == (kept.conversation_id, ("contested",))
    assert item.details == {"contested": ("politeness",)}


async def test_what_a_reviewer_rejected_is_no_reason_any_more(quiet: Tenant) -> None:
    """Evaluated again, the same words keep what people said of them."""
    ann = await directory.add(quiet.db, quiet.workspace, NewPerson("ann@example.com", "Анна", (MemberRole.REVIEWER,)))
    await settings.choose(quiet.db, quiet.workspace, NOTHING.model_copy(update={"rare_class_below": 5}), "ann")
    failed = Overall(points=0, passed=False, failed_by=("no_greeting",), judged=1)
    run = await quiet.chat()
    evaluation = await evaluated(quiet, run, findings=(a_finding(fatal=True),), overall=failed)
    (item,) = await waiting(quiet)
    assert item.reasons == ("fatal", "rare_class")
    await reject(quiet, evaluation, Author(ann.id, "Анна", "person"))
    assert await contested.contest(quiet.db, quiet.workspace, now=datetime.now(UTC)) == 0
    await evaluated(quiet, await quiet.again(run), findings=(a_finding(fatal=True),), overall=failed)
    await upkeep.withdraw(quiet.db, quiet.workspace)
    assert await waiting(quiet) == []


async def reject(tenant: Tenant, evaluation: Evaluation, author: Author) -> None:
    finding = f"{evaluation.id}.0"
    verdict = NewFindingLabel(FindingVerdict.REJECT, 0)
    await finding_labels.put(
        tenant.db, tenant.workspace, evaluation.conversation_id, finding, verdict, author=author, source="api"
    )


async def test_two_reviewers_never_get_the_same_item(quiet: Tenant) -> None:
    for _ in range(4):
        await evaluated(quiet, answers=[UNTOLD])
    await triage.triage(quiet.db, quiet.workspace)
    people = [Actor("person", f"person {number}") for number in range(6)]
    claimed = await asyncio.gather(*(items.claim_next(quiet.db, quiet.workspace, person) for person in people))
    got = [claim.item for claim in claimed if claim]
    assert len(got) == len({item.id for item in got}) == 4
    again = await items.claim_next(quiet.db, quiet.workspace, Actor("person", str(got[0].assignee)))
    assert again == Claim(got[0], is_new=False), "one's own first"


async def test_the_next_is_the_most_urgent_that_the_filters_leave(quiet: Tenant) -> None:
    await evaluated(quiet, await quiet.chat(line="sales"), answers=[UNTOLD])
    vip = await evaluated(quiet, await quiet.chat(line="vip"), answers=[SURE, UNTOLD])
    await triage.triage(quiet.db, quiet.workspace)
    chosen = ReviewFilters(conversations=Filters(line="vip"))
    claim = await items.claim_next(quiet.db, quiet.workspace, ANN, chosen)
    assert claim is not None
    assert (claim.item.evaluation_id, claim.item.assignee_name) == (vip.id, "Анна")
    assert await items.claim_next(quiet.db, quiet.workspace, BOB, chosen) is None


async def test_what_is_anothers_is_not_closed_until_it_is_given(quiet: Tenant) -> None:
    item = await one(quiet)
    await items.assign(quiet.db, quiet.workspace, item.id, ANN, by="boss")
    with pytest.raises(AssignedElsewhere, match="Анна"):
        await items.done(quiet.db, quiet.workspace, item.id, BOB)
    await items.assign(quiet.db, quiet.workspace, item.id, BOB, by="boss")
    closed = await items.done(quiet.db, quiet.workspace, item.id, BOB)
    assert (closed.state, closed.closed_by, closed.closed_by_name) == (ReviewState.DONE, "bob", "Борис")
    assert await items.done(quiet.db, quiet.workspace, item.id, BOB) == closed, "sent twice, it is done once"
    for change in (
        items.done(quiet.db, quiet.workspace, item.id, ANN),
        items.assign(quiet.db, quiet.workspace, item.id, ANN, by="boss"),
        items.release(quiet.db, quiet.workspace, item.id),
    ):
        with pytest.raises(ReviewClosed):
            await change
    with pytest.raises(NotFound):
        await items.done(quiet.db, quiet.workspace, "no such item", ANN)


async def test_what_was_skipped_says_why_and_can_be_given_to_another(quiet: Tenant) -> None:
    item = await one(quiet)
    skipped = await items.skip(quiet.db, quiet.workspace, item.id, ANN, SkipReason.OTHER, "Знаю клиента.")
    assert (skipped.state, skipped.skip_reason, skipped.note) == (ReviewState.SKIPPED, "other", "Знаю клиента.")
    assert await items.claim_next(quiet.db, quiet.workspace, ANN) is None
    given = await items.assign(quiet.db, quiet.workspace, item.id, BOB, by="boss")
    assert (given.state, given.assignee, given.skip_reason, given.closed_at) == ("assigned", "bob", None, None)
    assert (await items.release(quiet.db, quiet.workspace, item.id)).state is ReviewState.OPEN


async def test_what_was_taken_and_left_lying_is_given_back(quiet: Tenant) -> None:
    taken, given = await evaluated(quiet, answers=[UNTOLD]), await evaluated(quiet, answers=[UNTOLD])
    of = {item.evaluation_id: item.id for item in await waiting(quiet)}
    await items.assign(quiet.db, quiet.workspace, of[taken.id], ANN, by="ann")
    await items.assign(quiet.db, quiet.workspace, of[given.id], ANN, by="boss")
    assert await upkeep.release(quiet.db, quiet.workspace, claimed_s=60) == 0
    async with quiet.db.transaction(quiet.workspace) as connection:
        await connection.execute(text("UPDATE review_items SET assigned_at = now() - interval '1 day'"))
    assert await upkeep.release(quiet.db, quiet.workspace, claimed_s=60) == 1
    (free,) = await waiting(quiet, assignee=NOBODY)
    assert free.evaluation_id == taken.id


async def test_pages_follow_each_other_and_the_numbers_are_of_all_of_them(quiet: Tenant) -> None:
    for number in range(5):
        await evaluated(quiet, answers=[UNTOLD] + [SURE] * (number // 2))
    expected = await waiting(quiet)
    seen: list[ReviewItem] = []
    cursor: str | None = None
    while True:
        page = await queries.page(quiet.db, quiet.workspace, cursor=cursor, limit=2)
        assert page.total == 5
        seen += page.items
        cursor = page.cursor
        if cursor is None:
            break
    assert seen == expected
    assert [item.risk for item in seen] == sorted((item.risk for item in seen), reverse=True)


async def test_progress_counts_what_waits_and_what_was_done(quiet: Tenant) -> None:
    for _ in range(4):
        await evaluated(quiet, answers=[UNTOLD], overall=FAILED)
    await triage.triage(quiet.db, quiet.workspace)
    for reviewer in (ANN, BOB):
        claim = await items.claim_next(quiet.db, quiet.workspace, reviewer)
        assert claim is not None
        await items.done(quiet.db, quiet.workspace, claim.item.id, reviewer)
    await items.claim_next(quiet.db, quiet.workspace, ANN)
    since = datetime.now(UTC) - timedelta(hours=1)
    count = await queries.count(quiet.db, quiet.workspace, reviewer="ann", since=since)
    assert (count.open, count.assigned, count.mine) == (1, 1, 1)
    assert (count.done, count.done_by_me, count.skipped) == (2, 1, 0)
    assert (count.by_reason[ReviewReason.FATAL], count.by_reason[ReviewReason.UNDETERMINED]) == (2, 2)
    later = await queries.count(quiet.db, quiet.workspace, reviewer=None, since=datetime.now(UTC) + timedelta(hours=1))
    assert (later.open, later.done, later.mine) == (1, 0, 0)
    closed = await queries.page(quiet.db, quiet.workspace, ReviewFilters(state=ReviewState.DONE))
    assert [item.closed_by for item in closed.items] == ["bob", "ann"], "the newest first"


async def test_settings_are_the_defaults_until_somebody_chooses(tenant: Tenant) -> None:
    assert await settings.get(tenant.db, tenant.workspace) == settings.ChosenSettings(ReviewSettings())
    for chosen in (NOTHING, ReviewSettings(agent_week=3)):
        await settings.choose(tenant.db, tenant.workspace, chosen, "ann")
        kept = await settings.get(tenant.db, tenant.workspace)
        assert (kept.settings, kept.chosen_by) == (chosen, "ann")


async def test_each_reviewers_part_is_told(quiet: Tenant) -> None:
    people = [
        NewPerson(f"{name}@example.com", name, (role,))
        for name, role in (("Анна", MemberRole.REVIEWER), ("Яна", MemberRole.ANALYST))
    ]
    ann, _ = [await directory.add(quiet.db, quiet.workspace, one) for one in people]
    for _ in range(2):
        await evaluated(quiet, answers=[UNTOLD])
    await triage.triage(quiet.db, quiet.workspace)
    ann_reviews = Actor("person", ann.id, ann.name)
    for skips in (True, False):
        claim = await items.claim_next(quiet.db, quiet.workspace, ann_reviews)
        assert claim is not None
        if skips:
            await items.skip(quiet.db, quiet.workspace, claim.item.id, ann_reviews, SkipReason.CANNOT_HEAR)
    since = datetime.now(UTC) - timedelta(hours=1)
    (told,) = await queries.reviewers(quiet.db, quiet.workspace, since=since)
    assert told == queries.ReviewerCount(ann.id, "Анна", assigned=1, done=0, skipped=1)


def test_who_reviews_is_who_may() -> None:
    assert {role for role in MemberRole if Scope.REVIEW in SCOPES[role]} == set(REVIEWERS)
