"""What a list shows beside each conversation, in a bounded number of statements, and what its filters suggest."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from auricle_contracts import AnswerState, AnswerSummary, CriterionKind, Layer, Participant, Role, Severity
from auricle_records import conversations, labels, results
from auricle_records.conversations import Facet, Page
from auricle_records.labels import Author, NewLabel
from auricle_records.runs import RunRow
from fixtures.tenant import AGENT, Tenant, a_finding, an_answer, an_evaluation
from sqlalchemy import event
from sqlalchemy.engine import Engine


async def judged(tenant: Tenant, *answers: Any, findings: Any = (), **changes: Any) -> RunRow:
    run = await tenant.begin(await tenant.chat(**changes))
    await results.commit_evaluation(tenant.db, run, an_evaluation(run, answers, findings))
    return run


async def listed(tenant: Tenant) -> Page:
    return await conversations.page(tenant.db, tenant.workspace, with_summaries=True, limit=200)


@contextmanager
def counted() -> Iterator[list[str]]:
    """The statements that SQLAlchemy sends meanwhile."""
    sent: list[str] = []

    def note(_connection: object, _cursor: object, statement: str, *_rest: object) -> None:
        sent.append(statement)

    event.listen(Engine, "before_cursor_execute", note)
    try:
        yield sent
    finally:
        event.remove(Engine, "before_cursor_execute", note)


async def test_answers_as_they_count_and_findings_by_severity(tenant: Tenant) -> None:
    note = an_answer("note", "Позвонить Анне на 79990000000", kind=CriterionKind.TEXT)
    unsure = an_answer("objections", None, state=AnswerState.UNDETERMINED, why="not_heard")
    run = await judged(
        tenant,
        an_answer(value=90),
        note,
        unsure,
        findings=[a_finding(), a_finding(), a_finding(severity=Severity.CRITICAL)],
    )
    waiting = await tenant.chat()
    evaluation = await results.load_evaluation(tenant.db, tenant.workspace, run.conversation_id)
    label = NewLabel(evaluation.evaluation.id, "politeness", AnswerState.ANSWERED, 75)
    await labels.put(tenant.db, tenant.workspace, [label], author=Author("key", "Анна"), source="page")

    page = await listed(tenant)
    assert {view.id for view in page.items} == {run.conversation_id, waiting.conversation_id}
    assert page.summaries.keys() == {run.conversation_id}, "without an evaluation there is none"
    summary = page.summaries[run.conversation_id]
    assert summary.evaluation_id == evaluation.evaluation.id
    assert summary.findings == {Severity.MAJOR: 2, Severity.CRITICAL: 1}
    politeness, objections = summary.answers
    assert politeness.model_copy(update={"judged_at": None}) == AnswerSummary(
        criterion="politeness",
        title="Politeness",
        layer=Layer.MODEL,
        kind=CriterionKind.SCORE,
        state=AnswerState.ANSWERED,
        value=75,
        model_state=AnswerState.ANSWERED,
        model_value=90,
        confidence=0.9,
        judged_by="Анна",
    )
    assert politeness.judged_at is not None
    assert (objections.state, objections.value, objections.why, objections.judged_by) == (
        "undetermined", None, "not_heard", None,
    )  # fmt: skip
    assert "79990000000" not in summary.model_dump_json(), "free text is not in a list"


@pytest.mark.parametrize("rows", [2, 25])
async def test_a_page_takes_three_statements_however_many_rows(tenant: Tenant, rows: int) -> None:
    for _ in range(rows):
        await judged(tenant, an_answer())
    with counted() as sent:
        page = await listed(tenant)
    assert len(page.summaries) == rows
    assert len(sent) == 3


async def test_what_filters_suggest(tenant: Tenant) -> None:
    boris = Participant(id="b", role=Role.AGENT, name="Борис")
    await tenant.call(line="sales")
    await tenant.call(line="sales", participants=(AGENT, boris))
    await tenant.call(line="support", participants=(boris,))
    await tenant.call(participants=(AGENT,))
    found = await conversations.facets(tenant.db, tenant.workspace)
    assert found.agents == (Facet("A-7", "Анна", 3), Facet("Борис", "Борис", 2))
    assert found.lines == (Facet("sales", None, 2), Facet("support", None, 1))
    assert (await conversations.facets(tenant.db, tenant.workspace, limit=1)).lines == (Facet("sales", None, 2),)
    neighbour = await tenant.neighbour()
    assert (await conversations.facets(neighbour.db, neighbour.workspace)).agents == ()
