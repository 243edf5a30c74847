"""Statistics: what a mean is of, and whose answer counts."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from auricle_contracts import AnswerState, AnswerValue, Layer, Participant, Role
from auricle_records import analytics, labels, results
from auricle_records.analytics import QUALITY
from auricle_records.labels import Author, NewLabel
from auricle_records.runs import RunRow
from fixtures.tenant import AGENT, Tenant, an_answer, an_evaluation
from sqlalchemy import text

ANN, BOB = Author("key-of-ann", "Анна"), Author("key-of-bob")
NOON = datetime(2026, 5, 1, 12, tzinfo=UTC)
UNSURE: dict[str, Any] = {"value": None, "state": AnswerState.UNDETERMINED}


def silence(percent: int) -> Any:
    return an_answer("silence_share", percent, layer=Layer.RULE, confidence=None, quotes=())


async def judged(tenant: Tenant, *answers: Any, **changes: Any) -> RunRow:
    """An evaluated chat; its evaluate run."""
    run = await tenant.begin(await tenant.chat(started_at=NOON, **changes))
    await results.commit_evaluation(tenant.db, run, an_evaluation(run, answers))
    return run


async def evaluation_of(tenant: Tenant, run: RunRow) -> str:
    return (await results.load_evaluation(tenant.db, tenant.workspace, run.conversation_id)).evaluation.id


async def verdict(
    tenant: Tenant, run: RunRow, author: Author, value: AnswerValue, state: AnswerState = AnswerState.ANSWERED
) -> None:
    label = NewLabel(await evaluation_of(tenant, run), "politeness", state, value)
    assert await labels.put(tenant.db, tenant.workspace, [label], author=author, source="page")


async def panel(tenant: Tenant, name: str) -> list[dict[str, Any]]:
    (chosen,) = (one for one in QUALITY if one.name == name)
    since, until = NOON - timedelta(days=1), NOON + timedelta(days=1)
    found = await analytics.ask(tenant.db, tenant.workspace, chosen, since=since, until=until)
    return [dict(zip(found.columns, row, strict=True)) for row in found.rows]


async def effective(tenant: Tenant, run: RunRow) -> tuple[object, ...]:
    asked = text(
        "SELECT state, value, model_state, model_value, judged_by FROM effective_answers"
        " WHERE current AND conversation_id = :id AND criterion = 'politeness' ORDER BY position LIMIT 1"
    )
    async with tenant.db.transaction(tenant.workspace) as connection:
        return tuple((await connection.execute(asked, {"id": run.conversation_id})).one())


async def test_silence_is_no_score(tenant: Tenant) -> None:
    """A call with nothing but a share of silence has no score, and is not among the lowest."""
    await judged(tenant, silence(86))
    await judged(tenant, silence(43), an_answer(value=90), an_answer("objections", 70))
    await judged(tenant, silence(2), an_answer(**UNSURE))
    (agent,) = await panel(tenant, "agents")
    assert (agent["conversations"], agent["mean_score"], agent["judged"], agent["undetermined"]) == (3, 80.0, 1, 1)
    (line,) = await panel(tenant, "lines")
    assert (line["conversations"], line["mean_score"], line["judged"]) == (3, 80.0, 1)
    (lowest,) = await panel(tenant, "lowest")
    assert (lowest["mean_score"], lowest["judged"]) == (80.0, 2)
    assert {one["criterion"] for one in await panel(tenant, "scores")} == {"politeness", "objections"}
    (summary,) = await analytics.agents(tenant.db, tenant.workspace)
    assert (summary.conversations, summary.score, summary.judged, summary.plus_minus) == (3, 80.0, 1, None)
    assert summary.criteria["silence_share"].layer is Layer.RULE


async def test_a_mean_comes_with_its_interval(tenant: Tenant) -> None:
    """By Student: of 70, 80, 90 the deviation is 10 and the quantile for two degrees of freedom 4.303."""
    for value in (70, 80, 90):
        await judged(tenant, an_answer(value=value))
    (summary,) = await analytics.agents(tenant.db, tenant.workspace)
    expected = pytest.approx(4.303 * 10 / 3**0.5)
    assert summary.plus_minus == expected
    assert summary.criteria["politeness"].plus_minus == expected
    (agent,) = await panel(tenant, "agents")
    assert (agent["mean_score"], agent["judged"]) == (80.0, 3)
    assert agent["plus_minus"] == expected
    (criterion,) = await panel(tenant, "criteria")
    assert criterion["plus_minus"] == expected


@pytest.mark.parametrize(("n", "quantile"), [(2, 12.706), (31, 2.042), (32, 1.96), (10_000, 1.96)])
async def test_the_interval_narrows_with_n(tenant: Tenant, n: int, quantile: float) -> None:
    async with tenant.db.transaction(tenant.workspace) as connection:
        half = await connection.scalar(text("SELECT auricle_half_width(10, :n)"), {"n": n})
    assert half == pytest.approx(quantile * 10 / n**0.5)


async def test_the_newest_verdict_of_anybody_is_what_counts(tenant: Tenant) -> None:
    run = await judged(tenant, an_answer(value=90))
    assert await effective(tenant, run) == ("answered", 90, "answered", 90, None)
    await verdict(tenant, run, ANN, 75)
    assert await effective(tenant, run) == ("answered", 75, "answered", 90, "Анна")
    await verdict(tenant, run, BOB, 60)
    await verdict(tenant, run, ANN, 75)
    assert await effective(tenant, run) == ("answered", 60, "answered", 90, "key-of-bob"), "the same again is no news"
    (summary,) = await analytics.agents(tenant.db, tenant.workspace)
    assert (summary.score, summary.criteria["politeness"].mean, summary.criteria["politeness"].model_mean) == (
        60,
        60,
        90,
    )
    assert [one["mean_score"] for name in ("agents", "lines", "lowest") for one in await panel(tenant, name)] == [
        60
    ] * 3
    assert [one["mean"] for one in await panel(tenant, "scores")] == [60]
    await verdict(tenant, run, ANN, None, AnswerState.NOT_APPLICABLE)
    assert await effective(tenant, run) == ("not_applicable", None, "answered", 90, "Анна")
    assert (await analytics.agents(tenant.db, tenant.workspace))[0].judged == 0


async def test_a_verdict_outlives_a_second_evaluation_of_the_same_words_only(tenant: Tenant) -> None:
    run = await judged(tenant, an_answer(value=90))
    await verdict(tenant, run, ANN, 75)
    again = await tenant.begin(await tenant.again(run))
    await results.commit_evaluation(tenant.db, again, an_evaluation(again, [an_answer(value=40)]))
    assert await effective(tenant, run) == ("answered", 75, "answered", 40, "Анна")
    grown = await tenant.begin(await tenant.grow(run))
    await results.commit_evaluation(tenant.db, grown, an_evaluation(grown, [an_answer(value=30)]))
    assert await effective(tenant, run) == ("answered", 30, "answered", 30, None)


async def test_of_two_agents_answers_a_verdict_judges_the_first(tenant: Tenant) -> None:
    boris = Participant(id="boris", role=Role.AGENT, reference="B-1")
    run = await judged(
        tenant,
        an_answer(value=90, participant="agent"),
        an_answer(value=20, participant="boris"),
        participants=(AGENT, boris),
        turns=None,
    )
    await verdict(tenant, run, ANN, 75)
    anna, second = await analytics.agents(tenant.db, tenant.workspace)
    assert (anna.score, second.score) == (75, 20)


async def test_the_view_shows_no_neighbours_answers(tenant: Tenant) -> None:
    run = await judged(tenant, an_answer(value=90))
    await verdict(tenant, run, ANN, 75)
    neighbour = await tenant.neighbour()
    async with neighbour.db.transaction(neighbour.workspace) as connection:
        assert await connection.scalar(text("SELECT count(*) FROM effective_answers")) == 0
