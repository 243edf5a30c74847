"""Verdicts on findings: a history by identity, errors that people add, and what of them counts in lists, agents, panels and reports."""

from datetime import UTC, datetime

import pytest
from auricle_contracts import Evaluation, Finding, FindingVerdict, Grade, Severity
from auricle_records import analytics, conversations, findings, reports, results
from auricle_records.errors import FindingExists, Gone, NotFound, RevisionConflict
from auricle_records.findings import NewFinding, NewFindingLabel
from auricle_records.labels import Author
from auricle_records.runs import RunRow
from fixtures.tenant import QUOTE, Tenant, a_finding, an_answer, an_evaluation
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

ANN, BOB = Author("key-of-ann", "ann"), Author("key-of-bob", "bob")
ACCEPT, REJECT = FindingVerdict.ACCEPT, FindingVerdict.REJECT


async def evaluated(tenant: Tenant, *found: Finding, run: RunRow | None = None) -> tuple[RunRow, Evaluation]:
    run = await tenant.begin(run or await tenant.chat())
    await results.commit_evaluation(tenant.db, run, an_evaluation(run, [an_answer()], found))
    return run, await stored(tenant, run)


async def stored(tenant: Tenant, run: RunRow) -> Evaluation:
    return (await results.load_evaluation(tenant.db, tenant.workspace, run.conversation_id)).evaluation


async def put(
    tenant: Tenant,
    evaluation: Evaluation,
    verdict: FindingVerdict,
    *,
    at: int = 0,
    author: Author = ANN,
    grade: Grade | None = None,
    comment: str | None = None,
) -> str:
    label = await findings.put(
        tenant.db, tenant.workspace, evaluation.conversation_id, evaluation.findings[at].id or "",
        NewFindingLabel(verdict, grade, comment), author=author, source="api",
    )  # fmt: skip
    return label.id


def new(error_class: str = "interruption", participant: str | None = "agent", revision: int = 1) -> NewFinding:
    return NewFinding(
        error_class, f"{error_class}@1", "politeness", Severity.CRITICAL, True, (QUOTE,), "Перебил.", None, participant, revision
    )  # fmt: skip


async def test_a_verdict_stands_beside_the_finding_and_the_newest_counts(tenant: Tenant) -> None:
    run, evaluation = await evaluated(tenant, a_finding(participant="agent"))
    (untouched,) = evaluation.findings
    assert (untouched.verdict, untouched.counts, untouched.id) == (None, True, f"{evaluation.id}.0")
    await put(tenant, evaluation, REJECT, comment="клиент сам просил")
    (rejected,) = (await stored(tenant, run)).findings
    assert (rejected.verdict, rejected.counts, rejected.note, rejected.judged_by) == (
        REJECT, False, "клиент сам просил", "ann",
    )  # fmt: skip
    assert (rejected.comment, rejected.source) == ("Нет имени.", "rule"), "what was found stays"
    await put(tenant, evaluation, ACCEPT, grade=2, author=BOB)
    (accepted,) = (await stored(tenant, run)).findings
    assert (accepted.verdict, accepted.grade, accepted.judged_by, accepted.counts) == (ACCEPT, 2, "bob", True)


async def test_history_grows_and_the_same_again_doubles_nothing(tenant: Tenant) -> None:
    _, evaluation = await evaluated(tenant, a_finding())
    first = await put(tenant, evaluation, REJECT)
    assert await put(tenant, evaluation, REJECT) == first
    second = await put(tenant, evaluation, ACCEPT, grade=1)
    bobs = await put(tenant, evaluation, REJECT, author=BOB)
    found = await findings.history(
        tenant.db, tenant.workspace, evaluation.conversation_id, evaluation.findings[0].id or ""
    )
    assert [(one.id, one.superseded) for one in found] == [(bobs, False), (second, False), (first, True)]


async def test_a_verdict_is_kept_for_good(tenant: Tenant) -> None:
    _, evaluation = await evaluated(tenant, a_finding())
    await put(tenant, evaluation, REJECT)
    for change in ("UPDATE finding_labels SET author = 'eve'", "DELETE FROM added_findings"):
        with pytest.raises(DBAPIError, match="permission denied"):
            async with tenant.db.transaction(tenant.workspace) as connection:
                await connection.execute(text(change))


async def test_evaluated_again_the_same_words_keep_their_verdicts(tenant: Tenant) -> None:
    """By class and participant, wherever the finding stands then; another agent's, and a grown conversation's, are judged anew."""
    run, evaluation = await evaluated(tenant, a_finding(participant="agent"))
    await put(tenant, evaluation, REJECT)
    again = [a_finding(participant="other"), a_finding(participant="agent"), a_finding(error_class="no_farewell")]
    _, newer = await evaluated(tenant, *again, run=await tenant.again(run))
    assert [one.verdict for one in newer.findings] == [None, REJECT, None]
    _, grown = await evaluated(tenant, a_finding(participant="agent"), run=await tenant.grow(run))
    assert [one.verdict for one in grown.findings] == [None]


async def test_an_error_is_added_where_the_model_missed_it(tenant: Tenant) -> None:
    run, evaluation = await evaluated(tenant, a_finding(participant="agent"))
    place = (tenant.db, tenant.workspace, run.conversation_id)
    added = await findings.add(*place, new(), author=ANN, source="page")
    assert (added.source, added.added_by, added.fatal, added.quotes) == ("person", "ann", True, (QUOTE,))
    assert [one.error_class for one in (await stored(tenant, run)).findings] == ["no_greeting", "interruption"]
    for again in (new(), new("no_greeting")):
        with pytest.raises(FindingExists):
            await findings.add(*place, again, author=BOB, source="api")
    with pytest.raises(RevisionConflict):
        await findings.add(*place, new("no_farewell", revision=2), author=ANN, source="api")
    taken_back = NewFindingLabel(REJECT)
    await findings.put(*place, added.id or "", taken_back, author=BOB, source="api")
    assert [one.counts for one in (await stored(tenant, run)).findings] == [True, False]
    _, newer = await evaluated(tenant, run=await tenant.again(run))
    assert [(one.error_class, one.counts) for one in newer.findings] == [("interruption", False)]
    await findings.put(*place, added.id or "", NewFindingLabel(ACCEPT), author=BOB, source="api")
    _, own = await evaluated(
        tenant, a_finding(error_class="interruption", participant="agent"), run=await tenant.again(run)
    )
    assert [(one.source, one.verdict) for one in own.findings] == [("rule", ACCEPT)], "the model's own takes its place"
    assert evaluation.id != own.id


async def test_what_is_rejected_counts_nowhere(tenant: Tenant) -> None:
    run, evaluation = await evaluated(tenant, a_finding(participant="agent"), a_finding(error_class="no_farewell"))
    await put(tenant, evaluation, REJECT)
    await findings.add(tenant.db, tenant.workspace, run.conversation_id, new(), author=ANN, source="page")
    counted = {Severity.MAJOR: 1, Severity.CRITICAL: 1}
    page = await conversations.page(tenant.db, tenant.workspace, with_summaries=True)
    assert page.summaries[run.conversation_id].findings == counted
    (agent,) = await analytics.agents(tenant.db, tenant.workspace)
    assert agent.findings == counted
    (report,) = [one async for one in reports.iter_reports(tenant.db, tenant.workspace)]
    assert report.evaluation is not None
    assert [(one.error_class, one.counts) for one in report.evaluation.findings] == [
        ("no_greeting", False), ("no_farewell", True), ("interruption", True),
    ]  # fmt: skip
    classes = next(panel for panel in analytics.QUALITY if panel.name == "classes")
    since, until = datetime(2000, 1, 1, tzinfo=UTC), datetime(2100, 1, 1, tzinfo=UTC)
    rows = (await analytics.ask(tenant.db, tenant.workspace, classes, since=since, until=until)).rows
    assert {row[0] for row in rows} == {"no_farewell", "interruption"}


async def test_what_is_not_there_is_told(tenant: Tenant) -> None:
    run, evaluation = await evaluated(tenant, a_finding())
    waiting = await tenant.chat()
    neighbour = await tenant.neighbour()
    for db, workspace, conversation, finding in (
        (tenant.db, tenant.workspace, run.conversation_id, "no-such"),
        (tenant.db, tenant.workspace, waiting.conversation_id, evaluation.findings[0].id or ""),
        (neighbour.db, neighbour.workspace, run.conversation_id, evaluation.findings[0].id or ""),
    ):
        with pytest.raises(NotFound):
            await findings.put(db, workspace, conversation, finding, NewFindingLabel(ACCEPT), author=ANN, source="api")
        with pytest.raises(NotFound):
            await findings.history(db, workspace, conversation, finding)
    with pytest.raises(NotFound, match="no evaluation"):
        await findings.add(tenant.db, tenant.workspace, waiting.conversation_id, new(), author=ANN, source="api")
    await conversations.delete(tenant.db, tenant.workspace, run.conversation_id)
    with pytest.raises(Gone):
        await findings.add(tenant.db, tenant.workspace, run.conversation_id, new(), author=ANN, source="api")
