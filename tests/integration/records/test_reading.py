"""Lists, pages, agents and exports."""

import base64
import json
from datetime import UTC, date, datetime, timedelta

import pytest
from auricle_contracts import AnswerState, Channel, Code, CriterionKind, Direction, Participant, Role, Severity
from auricle_kit.errors import InvalidRequest
from auricle_records import analytics, conversations, reports, results, runs
from auricle_records.conversations import Filters, Order
from fixtures.tenant import AGENT, USAGE, Tenant, a_finding, an_answer, an_evaluation

NOON = datetime(2026, 5, 1, 12, tzinfo=UTC)


async def ids(tenant: Tenant, filters: Filters | None = None) -> list[str]:
    return [view.id for view in (await conversations.page(tenant.db, tenant.workspace, filters)).items]


async def test_pages_are_whole_and_newest_first(tenant: Tenant) -> None:
    stored = [(await tenant.call(started_at=NOON + timedelta(hours=number % 3))).conversation_id for number in range(7)]
    found: list[str] = []
    cursor = None
    while True:
        page = await conversations.page(tenant.db, tenant.workspace, cursor=cursor, limit=2)
        found += [view.id for view in page.items]
        cursor = page.cursor
        if cursor is None:
            break
    by_time = sorted(stored, key=lambda one: (stored.index(one) % 3, one), reverse=True)
    assert found == by_time


@pytest.mark.parametrize(
    "cursor", ["", "x", "bnVsbA==", "WzEsMl0=", "W10=", "\x00", "é", "W1tbW1tb" * 9000, "WyIyMDI2LTAxLTAxIl0="]
)
async def test_a_strange_cursor_is_refused(tenant: Tenant, cursor: str) -> None:
    with pytest.raises(InvalidRequest):
        await conversations.page(tenant.db, tenant.workspace, cursor=cursor)


async def test_odd_times_and_texts_in_cursors_and_filters_are_harmless(tenant: Tenant) -> None:
    await tenant.call(started_at=NOON.replace(tzinfo=None))
    assert (await conversations.page(tenant.db, tenant.workspace)).items[0].started_at == NOON, (
        "without a zone it is UTC"
    )
    for moment in ("2026-01-01T00:00:00", "0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-14:00"):
        cursor = base64.urlsafe_b64encode(json.dumps([moment, "\x00\ud800"]).encode()).decode()
        await conversations.page(tenant.db, tenant.workspace, cursor=cursor)
        since = datetime.fromisoformat(moment)
        await ids(
            tenant, Filters(since=since, until=since, line="\x00", agent="\x00", progress="\x00", source="\ud800")
        )
        await analytics.agents(
            tenant.db, tenant.workspace, Filters(since=since, until=since, line="\x00", agent="\ud800", progress="\x00")
        )


async def test_filters_narrow(tenant: Tenant) -> None:
    call = await tenant.call(line="sales", started_at=NOON, external_id="e1")
    chat = await tenant.chat(source="helpdesk", direction=Direction.OUTBOUND, started_at=NOON + timedelta(days=1))
    nameless = Participant(id="agent", role=Role.AGENT, name="Пётр")
    other = await tenant.call(participants=(nameless,), started_at=NOON + timedelta(days=2))
    expected = {
        Filters(channel=Channel.CHAT): [chat],
        Filters(source="helpdesk"): [chat],
        Filters(external_id="e1"): [call],
        Filters(direction=Direction.OUTBOUND): [chat],
        Filters(line="sales"): [call],
        Filters(agent="A-7"): [chat, call],
        Filters(agent="Пётр"): [other],
        Filters(agent="agent"): [],
        Filters(agent="ПЁТ"): [other],
        Filters(agent="анн"): [chat, call],
        Filters(agent="a-"): [chat, call],
        Filters(agent="%"): [],
        Filters(line="SAL"): [call],
        Filters(line="s_l"): [],
        Filters(external_id="E"): [call],
        Filters(external_id=chat.conversation_id[-8:].upper()): [chat],
        Filters(external_id=chat.conversation_id[-7:]): [],
        Filters(ids=(call.conversation_id, "nobody")): [call],
        Filters(ids=()): [],
        Filters(since=NOON.date(), until=NOON.date()): [call],
        Filters(until=(NOON + timedelta(days=1)).date()): [chat, call],
        Filters(since=(NOON + timedelta(days=2)).date()): [other],
        Filters(since=NOON + timedelta(days=1)): [other, chat],
        Filters(until=NOON + timedelta(days=1)): [call],
        Filters(channel=Channel.CALL, line="support"): [],
        Filters(line="nothing of the kind"): [],
    }
    for filters, wanted in expected.items():
        assert await ids(tenant, filters) == [run.conversation_id for run in wanted], filters


async def test_a_day_ends_with_its_last_moment(tenant: Tenant) -> None:
    last = await tenant.call(started_at=datetime(2026, 5, 1, 23, 59, 59, 999999, tzinfo=UTC))
    await tenant.call(started_at=datetime(2026, 5, 2, tzinfo=UTC))
    first = await tenant.call(started_at=datetime(2026, 5, 1, tzinfo=UTC))
    day = date(2026, 5, 1)
    assert await ids(tenant, Filters(since=day, until=day)) == [last.conversation_id, first.conversation_id]


@pytest.mark.parametrize("order", Order)
async def test_pages_in_every_order_are_whole(tenant: Tenant, order: Order) -> None:
    """Conversations come in in another order than they happened in, two of them at the same moment."""
    hours = (3, 1, 2, 1, 5)
    stored = [(await tenant.call(started_at=NOON + timedelta(hours=hour))).conversation_id for hour in hours]
    found: list[str] = []
    cursor = None
    for _ in range(3):
        page = await conversations.page(tenant.db, tenant.workspace, order=order, cursor=cursor, limit=2)
        found += [view.id for view in page.items]
        cursor = page.cursor
    by_time = [stored[at] for at in (1, 3, 2, 0, 4)]
    assert cursor is None
    assert found == {Order.OLDEST: by_time, Order.NEWEST: by_time[::-1], Order.ADDED: stored[::-1]}[order]


async def test_a_cursor_of_another_order_is_refused(tenant: Tenant) -> None:
    for _ in range(2):
        await tenant.call()
    cursor = (await conversations.page(tenant.db, tenant.workspace, limit=1)).cursor
    with pytest.raises(InvalidRequest):
        await conversations.page(tenant.db, tenant.workspace, order=Order.ADDED, cursor=cursor)


async def test_progress_is_how_the_newest_run_stands(tenant: Tenant) -> None:
    receiving = (await tenant.receive_again("r")).conversation_id
    waiting, transcribing, evaluating = (
        await tenant.call(),
        await tenant.begin(await tenant.call()),
        await tenant.begin(await tenant.chat()),
    )
    done, dead, heard = (
        await tenant.begin(await tenant.chat()),
        await tenant.call(),
        await tenant.begin(await tenant.call()),
    )
    await results.commit_evaluation(tenant.db, done, an_evaluation(done))
    await runs.fail(tenant.db, dead.id, Code.NOT_AUDIO, "x", fatal=True)
    await results.commit_transcript(tenant.db, heard, tenant.heard(heard))
    expected = {
        "receiving": [receiving],
        "waiting": [heard.conversation_id, waiting.conversation_id],
        "transcribing": [transcribing.conversation_id],
        "evaluating": [evaluating.conversation_id],
        "done": [done.conversation_id],
        "dead": [dead.conversation_id],
        "nonsense": [],
    }
    for progress, wanted in expected.items():
        assert sorted(await ids(tenant, Filters(progress=progress))) == sorted(wanted), progress
        for conversation_id in wanted:
            assert (await conversations.get(tenant.db, tenant.workspace, conversation_id)).progress == progress


async def test_agents_are_summed_up(tenant: Tenant) -> None:
    boris = Participant(id="boris", role=Role.AGENT, reference="B-1", name="Борис")
    yes = {"kind": CriterionKind.YES_NO}
    no_occasion = {"kind": CriterionKind.YES_NO, "value": None, "state": AnswerState.NOT_APPLICABLE}
    stories = [
        ((AGENT,), [an_answer(value=80), an_answer("greeting", value=True, **yes)], [a_finding()]),
        ((AGENT,), [an_answer(value=60), an_answer("greeting", value=False, **yes)], [a_finding(severity=Severity.CRITICAL)]),
        ((AGENT,), [an_answer(value=None, state=AnswerState.UNDETERMINED), an_answer("greeting", **no_occasion)], []),
        ((AGENT, boris), [an_answer(value=10, participant="boris")], [a_finding(participant="agent")]),
    ]  # fmt: skip
    for people, answers, findings in stories:
        run = await tenant.begin(await tenant.chat(participants=people, turns=None, started_at=NOON, line="sales"))
        await results.commit_evaluation(tenant.db, run, an_evaluation(run, answers, findings))
    call = await tenant.begin(await tenant.call(started_at=NOON, line="sales"))
    await results.commit_transcript(tenant.db, call, tenant.heard(call))
    await tenant.call(started_at=NOON + timedelta(days=9), line="sales")
    await tenant.call(started_at=NOON, line="support")

    anna, second = await analytics.agents(
        tenant.db, tenant.workspace, Filters(since=NOON, until=NOON + timedelta(days=1), line="sales")
    )
    assert (anna.agent, anna.name, anna.conversations, anna.evaluated, anna.duration_ms) == (
        "A-7",
        "Анна",
        5,
        4,
        61_000,
    )
    politeness, greeting = anna.criteria["politeness"], anna.criteria["greeting"]
    assert (politeness.answered, politeness.undetermined, politeness.mean) == (2, 1, 70.0)
    assert (greeting.answered, greeting.not_applicable, greeting.mean) == (2, 1, 0.5)
    assert anna.findings == {"major": 2, "critical": 1}
    assert (second.agent, second.criteria["politeness"].mean, second.findings) == ("B-1", 10.0, {})
    assert len(await analytics.agents(tenant.db, tenant.workspace)) == 2


async def test_agents_are_summed_up_over_what_every_filter_leaves(tenant: Tenant) -> None:
    boris = Participant(id="boris", role=Role.AGENT, reference="B-1", name="Борис")
    await tenant.chat(participants=(AGENT,), turns=None, started_at=NOON, source="helpdesk")
    await tenant.call(participants=(AGENT, boris), started_at=NOON, line="sales", direction=Direction.OUTBOUND)
    await tenant.receive_again("half")
    narrowed: dict[Filters, dict[str, int]] = {
        Filters(): {"A-7": 2, "B-1": 1},
        Filters(channel=Channel.CHAT): {"A-7": 1},
        Filters(source="helpdesk"): {"A-7": 1},
        Filters(direction=Direction.OUTBOUND): {"A-7": 1, "B-1": 1},
        Filters(agent="B-1"): {"B-1": 1},
        Filters(progress="waiting", agent="A-7"): {"A-7": 2},
        Filters(progress="done"): {},
        Filters(external_id="nobody"): {},
    }
    for filters, counts in narrowed.items():
        found = await analytics.agents(tenant.db, tenant.workspace, filters)
        assert {one.agent: one.conversations for one in found} == counts, filters


async def test_reports_come_one_by_one(tenant: Tenant) -> None:
    made = []
    for number in range(7):
        run = await tenant.begin(await tenant.chat())
        if number % 2:
            await results.commit_evaluation(
                tenant.db, run, an_evaluation(run, [an_answer(value=number)], [a_finding()]), usages=[USAGE]
            )
        made.append(run.conversation_id)
    found = [report async for report in reports.iter_reports(tenant.db, tenant.workspace, batch=3)]
    assert [report.conversation.id for report in found] == made[::-1]
    assert [report.evaluation is not None for report in found] == [False, True, False, True, False, True, False]
    assert [len(report.usages) for report in found] == [0, 1, 0, 1, 0, 1, 0]
    evaluation = found[1].evaluation
    assert evaluation is not None
    assert evaluation.answers[0].value == 5
    assert [report async for report in reports.iter_reports(tenant.db, tenant.workspace, Filters(line="none"))] == []
