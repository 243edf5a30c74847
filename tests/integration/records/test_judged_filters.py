"""Lists narrowed by how conversations were judged: answers as they count, confidence, score, findings, flags, recipe, team."""

from typing import Any

import pytest
from auricle_contracts import AnswerState, CriterionKind, FindingVerdict, Layer, MemberRole, Participant, Role
from auricle_kit.errors import InvalidRequest
from auricle_records import conversations, findings, labels, results
from auricle_records.conversations import AnswerCondition, Filters
from auricle_records.findings import NewFindingLabel
from auricle_records.labels import Author, NewLabel
from auricle_records.people import directory, teams
from auricle_records.people.directory import NewPerson
from auricle_records.runs import RunRow
from fixtures.tenant import Tenant, a_finding, an_answer, an_evaluation


async def judged(tenant: Tenant, *answers: Any, found: Any = (), **changes: Any) -> RunRow:
    run = await tenant.begin(await tenant.chat(**changes))
    await results.commit_evaluation(tenant.db, run, an_evaluation(run, answers, found))
    return run


async def listed(tenant: Tenant, filters: Filters) -> set[str]:
    return {view.id for view in (await conversations.page(tenant.db, tenant.workspace, filters)).items}


ANSWERS = (
    an_answer(value=40, confidence=0.5),
    an_answer("silence", 99, layer=Layer.METADATA, confidence=None),
    an_answer("stage", "closing", kind=CriterionKind.CHOICE),
    an_answer("greeting", value=False, kind=CriterionKind.YES_NO),
    an_answer("offer", None, state=AnswerState.UNDETERMINED, why="not_heard"),
)


@pytest.mark.parametrize(
    ("given", "holds"),
    [
        ("politeness<50", True),
        ("politeness < 40", False),
        ("politeness<=40", True),
        ("politeness>=40", True),
        ("politeness>40", False),
        ("politeness=40", True),
        ("politeness=40.0", True),
        ("politeness!=40", False),
        ("politeness!=41", True),
        ("politeness~0,6", True),
        ("politeness~0.5", False),
        ("politeness:answered", True),
        ("offer:undetermined", True),
        ("offer<50", False),
        ("offer!=50", False),
        ("stage=closing", True),
        ("stage=start", False),
        ("stage!=start", True),
        ("stage<50", False),
        ("greeting=false", True),
        ("greeting=true", False),
        ("nobody=1", False),
    ],
)
async def test_a_condition_on_an_answer(tenant: Tenant, given: str, holds: bool) -> None:
    await judged(tenant, *ANSWERS)
    await tenant.chat()
    assert len(await listed(tenant, Filters(answers=(AnswerCondition.read(given),)))) == holds


@pytest.mark.parametrize(
    "given", ["", "politeness", "politeness<", "<50", "a b<1", "politeness:gone", "politeness<many", "x~1e99"]
)
def test_what_is_no_condition(given: str) -> None:
    with pytest.raises(InvalidRequest):
        AnswerCondition.read(given)


async def test_a_persons_verdict_counts(tenant: Tenant) -> None:
    run = await judged(tenant, *ANSWERS)
    evaluation = (await results.load_evaluation(tenant.db, tenant.workspace, run.conversation_id)).evaluation
    label = NewLabel(evaluation.id, "politeness", AnswerState.ANSWERED, 90)
    assert await listed(tenant, Filters(unsure_below=0.6))
    await labels.put(tenant.db, tenant.workspace, [label], author=Author("ann"), source="page")
    assert await listed(tenant, Filters(answers=(AnswerCondition.read("politeness>=90"),), score_from=90))
    assert not await listed(tenant, Filters(score_below=90))
    assert not await listed(tenant, Filters(unsure_below=0.6)), "a person has looked at it"


async def test_score_is_of_judged_answers_only(tenant: Tenant) -> None:
    run = await judged(tenant, *ANSWERS, an_answer("objections", 60))
    assert await listed(tenant, Filters(score_from=50, score_below=50.1)) == {run.conversation_id}
    assert await listed(tenant, Filters(score_from=50.1)) == set()


async def test_findings_that_count_flags_and_recipe(tenant: Tenant) -> None:
    run = await judged(tenant, found=[a_finding()])
    error_class = a_finding().error_class
    assert await listed(tenant, Filters(error_classes=(error_class,))) == {run.conversation_id}
    assert await listed(tenant, Filters(error_classes=(error_class, "other"))) == set()
    assert await listed(tenant, Filters(recipe=tenant.recipe[:8])) == {run.conversation_id}
    assert await listed(tenant, Filters(recipe="%")) == set()
    evaluation = (await results.load_evaluation(tenant.db, tenant.workspace, run.conversation_id)).evaluation
    finding = evaluation.findings[0].id or f"{evaluation.id}.0"
    rejected, place = NewFindingLabel(FindingVerdict.REJECT), (tenant.db, tenant.workspace, run.conversation_id)
    await findings.put(*place, finding, rejected, author=Author("ann"), source="api")
    assert await listed(tenant, Filters(error_classes=(error_class,))) == set()

    call = await tenant.begin(await tenant.call())
    await results.commit_transcript(tenant.db, call, tenant.heard(call, flags=("noisy",)))
    assert await listed(tenant, Filters(flags=("noisy",))) == {call.conversation_id}
    assert await listed(tenant, Filters(flags=("noisy", "short"))) == set()


async def test_a_team_is_that_of_an_agents_person(tenant: Tenant) -> None:
    team = await teams.add(tenant.db, tenant.workspace, "Смена Б")
    person = NewPerson("ann@example.com", "Анна", (MemberRole.AGENT,), team.id, ("T-1",))
    await directory.add(tenant.db, tenant.workspace, person)
    theirs = Participant(id="agent", role=Role.AGENT, reference="T-1", name="Анна")
    customer = Participant(id="customer", role=Role.CUSTOMER)
    run = await tenant.chat(participants=(theirs, customer))
    await tenant.chat()
    for named in (team.id, "смена б"):
        assert await listed(tenant, Filters(team=named)) == {run.conversation_id}
    assert await listed(tenant, Filters(team="Смена В")) == set()
