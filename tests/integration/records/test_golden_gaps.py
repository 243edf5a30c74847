"""What the golden set lacks beside the conversations that could fill it, and the queue narrowed to the same ones."""

from datetime import UTC, datetime
from typing import Any

import pytest
from auricle_contracts import Answer, AnswerState, ClassOutcome, DetectionState, FindingVerdict
from auricle_contracts.golden import GoldenKind
from auricle_contracts.review import ReviewSettings
from auricle_records import results
from auricle_records.findings import labels as finding_labels
from auricle_records.findings.labels import NewFindingLabel
from auricle_records.golden import gaps
from auricle_records.golden.gaps import GoldenGap
from auricle_records.labels import Author
from auricle_records.review import queries, settings, triage
from auricle_records.review.queries import ReviewFilters
from auricle_records.review.subjects import SubjectState
from fixtures.tenant import Tenant, a_finding, an_answer, an_evaluation

UNTOLD = an_answer("empathy", None, state=AnswerState.UNDETERMINED, confidence=None, quotes=())
NO_OCCASION = an_answer("sale", None, state=AnswerState.NOT_APPLICABLE, confidence=None, quotes=())


def looked(state: DetectionState, name: str = "no_greeting") -> ClassOutcome:
    return ClassOutcome(error_class=name, version="1", state=state, why="x", step="detect")


async def judged(tenant: Tenant, *answers: Answer, **changes: Any) -> str:
    run = await tenant.begin(await tenant.chat())
    evaluation = an_evaluation(run, answers).model_copy(update=changes)
    await results.commit_evaluation(tenant.db, run, evaluation)
    await triage.triage(tenant.db, tenant.workspace)
    return run.conversation_id


async def found(tenant: Tenant) -> dict[str, GoldenGap]:
    told = await gaps.find(tenant.db, tenant.workspace, now=datetime.now(UTC))
    return {one.quota.subject: one for one in told.rows}


async def queued(tenant: Tenant, subject: str, state: SubjectState | None = None) -> set[str]:
    filters = ReviewFilters(subject=subject, subject_state=state)
    return {one.conversation_id for one in (await queries.page(tenant.db, tenant.workspace, filters)).items}


@pytest.fixture
async def quiet(tenant: Tenant) -> Tenant:
    chosen = ReviewSettings(audited_share=0, agent_week=0, unsure_below=0, rare_class_below=0)
    await settings.choose(tenant.db, tenant.workspace, chosen, "ann")
    return tenant


async def test_each_side_says_what_waits_as_it_counts_and_what_was_judged_and_waits_nowhere(quiet: Tenant) -> None:
    there, absent, open_one = DetectionState.FOUND, DetectionState.NOT_FOUND, DetectionState.UNDETERMINED
    error = {"outcomes": (looked(there),), "findings": (a_finding(),)}
    waits = await judged(quiet, UNTOLD, NO_OCCASION, **error)
    rejected = await judged(quiet, UNTOLD, **error)
    evaluation = (await results.load_evaluation(quiet.db, quiet.workspace, rejected)).evaluation
    said = NewFindingLabel(FindingVerdict.REJECT, 0)
    where = rejected, f"{evaluation.id}.0"
    await finding_labels.put(quiet.db, quiet.workspace, *where, said, author=Author("key"), source="api")
    without = await judged(quiet, UNTOLD, outcomes=(looked(absent),))
    untold = await judged(quiet, outcomes=(looked(open_one),))
    await judged(quiet, an_answer(), **error)
    await judged(quiet, an_answer(), outcomes=(looked(absent),))
    rows = await found(quiet)
    error_row = rows["no_greeting"]
    assert (error_row.quota.kind, error_row.quota.with_it) == (GoldenKind.ERROR_CLASS, 0)
    assert (error_row.waiting_with, error_row.waiting_without, error_row.waiting_undetermined) == (1, 2, 1)
    assert (error_row.judged_with, error_row.judged_without) == (1, 1)
    assert await queued(quiet, "no_greeting", "found") == {waits}
    assert await queued(quiet, "no_greeting", "not_found") == {rejected, without}
    assert await queued(quiet, "no_greeting", "undetermined") == {untold}
    assert await queued(quiet, "no_greeting") == {untold}, "a reason names it"
    assert (rows["empathy"].waiting_undetermined, rows["sale"].waiting_without) == (3, 1)
    assert await queued(quiet, "sale", "not_applicable") == {waits}
    assert rows["politeness"].judged_with == 2
    assert (await gaps.find(quiet.db, quiet.workspace, now=datetime(2099, 1, 1, tzinfo=UTC))).rows[0].judged_with == 0
