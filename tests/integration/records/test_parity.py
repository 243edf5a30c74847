"""People and bots side by side: each side's opportunities and errors, and nothing of a bot on a person's line."""

from datetime import UTC, datetime
from typing import Any

from auricle_contracts import ClassOutcome, DetectionState, Finding, Participant, Role
from auricle_records import analytics, results
from auricle_records.analytics import Period, Whose
from auricle_records.conversations import Filters
from fixtures.tenant import AGENT, CUSTOMER, Tenant, a_finding, an_answer, an_evaluation

BOT = Participant(id="bot", role=Role.BOT, reference="assistant")
CLASS = a_finding().error_class
PEOPLE, BOTS, BOTH = (AGENT, CUSTOMER), (BOT, CUSTOMER), (AGENT, BOT, CUSTOMER)


async def judged(
    tenant: Tenant, participants: tuple[Participant, ...], *findings: Finding, state: DetectionState | None = None
) -> None:
    run = await tenant.begin(await tenant.chat(participants=participants))
    told = state or (DetectionState.FOUND if findings else DetectionState.NOT_FOUND)
    outcome = ClassOutcome(error_class=CLASS, version="c@1", state=told, step="detect")
    evaluation = an_evaluation(run, [an_answer()], findings).model_copy(update={"outcomes": (outcome,)})
    await results.commit_evaluation(tenant.db, run, evaluation)


async def parity(tenant: Tenant, **filters: Any) -> analytics.Parity:
    return await analytics.parity(tenant.db, tenant.workspace, Filters(**filters))


def of(participant: str | None, **changes: Any) -> Finding:
    return a_finding(participant=participant, **changes)


async def test_an_error_is_of_who_made_it_and_a_shared_conversation_is_an_opportunity_for_both(tenant: Tenant) -> None:
    await judged(tenant, PEOPLE, of(None))
    await judged(tenant, PEOPLE)
    await judged(tenant, PEOPLE, state=DetectionState.NO_OPPORTUNITY)
    await judged(tenant, BOTS, of("bot"))
    await judged(tenant, BOTS)
    await judged(tenant, BOTH, of("bot"))
    await judged(tenant, BOTH, of(None))
    found = await parity(tenant)
    assert (found.people, found.bots, found.shared) == (5, 4, 2)
    (one,) = found.classes
    assert (one.people.found, one.people.looked) == (1, 4)
    assert (one.bots.found, one.bots.looked) == (2, 4)
    assert one.too_few
    assert one.difference.value == 0.25


async def test_with_enough_of_both_the_difference_is_told_by_its_interval(tenant: Tenant) -> None:
    for _ in range(12):
        await judged(tenant, PEOPLE)
        await judged(tenant, BOTS, of("bot"))
    (one,) = (await parity(tenant)).classes
    assert not one.too_few
    assert one.difference.is_told
    assert one.difference.value == 1.0
    neighbour = await tenant.neighbour()
    assert (await parity(neighbour)).classes == ()


async def test_what_a_bot_did_and_what_is_experimental_stand_on_no_persons_line(tenant: Tenant) -> None:
    await judged(tenant, BOTH, of("bot"), of("agent", experimental=True))
    (anna,) = await analytics.agents(tenant.db, tenant.workspace, Filters())
    assert anna.agent == "A-7"
    assert anna.findings == {}
    (one,) = (await parity(tenant)).classes
    assert (one.people.found, one.bots.found) == (0, 1)
    await judged(tenant, PEOPLE, of("agent"))
    (anna,) = await analytics.agents(tenant.db, tenant.workspace, Filters())
    assert sum(anna.findings.values()) == 1


async def test_what_a_bot_did_is_on_no_persons_page(tenant: Tenant) -> None:
    await judged(tenant, BOTH, of("bot"))
    period = Period(datetime(2020, 1, 1, tzinfo=UTC), datetime(2100, 1, 1, tzinfo=UTC))
    facts = await analytics.agent_facts(tenant.db, tenant.workspace, Whose(("A-7",), None), period)
    assert facts.conversations == 1
    assert facts.findings == ()
