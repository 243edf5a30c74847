"""Breakdowns by every group: means of judged scores, shares of classes among conversations that were looked at, only what filters leave."""

from datetime import UTC, date, datetime
from typing import Any

import pytest
from auricle_contracts import (
    AnswerState,
    ClassOutcome,
    DetectionState,
    FindingVerdict,
    Layer,
    MemberRole,
    Participant,
    Role,
)
from auricle_records import findings, labels, results
from auricle_records.analytics import By, breakdown
from auricle_records.analytics.breakdown import Breakdown
from auricle_records.conversations import Filters
from auricle_records.findings import NewFindingLabel
from auricle_records.labels import Author, NewLabel
from auricle_records.people import directory, teams
from auricle_records.people.directory import NewPerson
from auricle_records.runs import RunRow
from fixtures.tenant import CUSTOMER, Tenant, a_finding, an_answer, an_evaluation

MONDAY = datetime(2026, 11, 2, 10, tzinfo=UTC)
CLASS = a_finding().error_class


async def judged(
    tenant: Tenant, score: float, *, state: DetectionState | None = None, experimental: bool = False, **changes: Any
) -> RunRow:
    run = await tenant.begin(await tenant.chat(**changes))
    found = [a_finding(experimental=experimental)] if state is DetectionState.FOUND else []
    answers = [an_answer(value=score), an_answer("silence", 99, layer=Layer.METADATA)]
    evaluation = an_evaluation(run, answers, found)
    if state is not None:
        outcome = ClassOutcome(error_class=CLASS, version="c@1", state=state, step="detect")
        evaluation = evaluation.model_copy(update={"outcomes": (outcome,)})
    await results.commit_evaluation(tenant.db, run, evaluation)
    return run


async def asked(tenant: Tenant, by: By = By.LINE, **filters: Any) -> Breakdown:
    return await breakdown(tenant.db, tenant.workspace, Filters(**filters), by)


def agent(reference: str) -> Participant:
    return Participant(id="agent", role=Role.AGENT, reference=reference, name=reference)


async def test_scores_by_every_group(tenant: Tenant) -> None:
    team = await teams.add(tenant.db, tenant.workspace, "Смена")
    await directory.add(
        tenant.db, tenant.workspace, NewPerson("b@example.com", "Б", (MemberRole.AGENT,), team.id, ("B-1",))
    )
    await judged(tenant, 40, line="sales", started_at=MONDAY, participants=(agent("B-1"), CUSTOMER))
    await judged(tenant, 60, line="sales", started_at=MONDAY.replace(day=10), participants=(agent("B-1"), CUSTOMER))
    await judged(tenant, 90, started_at=MONDAY, participants=(agent("B-2"), CUSTOMER))
    await tenant.chat(line="not evaluated")
    expected = {
        By.LINE: [("sales", 2, 50.0), ("", 1, 90.0)],
        By.CHANNEL: [("chat", 3, pytest.approx(63.33, abs=0.01))],
        By.AGENT: [("B-1", 2, 50.0), ("B-2", 1, 90.0)],
        By.TEAM: [("Смена", 2, 50.0), ("", 1, 90.0)],
        By.WEEK: [("2026-11-02", 2, 65.0), ("2026-11-09", 1, 60.0)],
    }
    for by, groups in expected.items():
        found = await asked(tenant, by)
        assert [(one.name, one.evaluated, one.score.mean) for one in found.groups] == groups, by
        assert (found.evaluated, found.score.n) == (3, 3)
    weeks = [(one.criterion, one.week, one.mean.mean, one.mean.n) for one in found.weeks]
    assert weeks == [("politeness", date(2026, 11, 2), 65.0, 2), ("politeness", date(2026, 11, 9), 60.0, 1)]
    assert [(one.criterion, one.mean.n) for one in found.criteria] == [("politeness", 3)], (
        "silence is measured, not judged"
    )
    assert found.groups[0].score.plus_minus is not None


async def test_shares_are_of_conversations_that_were_looked_at(tenant: Tenant) -> None:
    run = await judged(tenant, 40, state=DetectionState.FOUND, line="sales")
    await judged(tenant, 40, state=DetectionState.NOT_FOUND, line="sales")
    await judged(tenant, 40, state=DetectionState.NO_OPPORTUNITY, line="sales")
    await judged(tenant, 40, state=DetectionState.UNDETERMINED, line="vip")
    found = await asked(tenant)
    (one,) = found.classes
    assert (one.error_class, one.share.found, one.share.looked, one.group) == (CLASS, 1, 2, None)
    assert [(cell.group, cell.share.found, cell.share.looked) for cell in found.cells] == [("sales", 1, 2)]
    evaluation = (await results.load_evaluation(tenant.db, tenant.workspace, run.conversation_id)).evaluation
    finding = evaluation.findings[0].id or f"{evaluation.id}.0"
    rejected, place = NewFindingLabel(FindingVerdict.REJECT), (tenant.db, tenant.workspace, run.conversation_id)
    await findings.put(*place, finding, rejected, author=Author("ann"), source="api")
    (one,) = (await asked(tenant)).classes
    assert (one.share.found, one.share.looked) == (0, 2), "what a person rejected counts as looked at, not as found"


async def test_an_experimental_class_has_no_share(tenant: Tenant) -> None:
    """It is found in one of two: neither the half that is true nor the none that counts is told of it."""
    await judged(tenant, 40, state=DetectionState.FOUND, experimental=True)
    await judged(tenant, 40, state=DetectionState.NOT_FOUND)
    found = await asked(tenant)
    assert (found.evaluated, found.classes, found.cells) == (2, (), ())


async def test_verdicts_count_filters_narrow_and_a_neighbour_sees_nothing(tenant: Tenant) -> None:
    run = await judged(tenant, 40, line="sales")
    await judged(tenant, 80, line="vip")
    evaluation = (await results.load_evaluation(tenant.db, tenant.workspace, run.conversation_id)).evaluation
    label = NewLabel(evaluation.id, "politeness", AnswerState.ANSWERED, 100)
    await labels.put(tenant.db, tenant.workspace, [label], author=Author("ann"), source="page")
    assert [(one.name, one.score.mean) for one in (await asked(tenant, line="sales")).groups] == [("sales", 100.0)]
    neighbour = await tenant.neighbour()
    empty = await asked(neighbour)
    assert (empty.evaluated, empty.score.mean, empty.groups, empty.weeks, empty.classes) == (0, None, (), (), ())
