"""Labels: one per answer and author, the same again changes nothing, and what an agent's summary makes of them."""

import pytest
from auricle_contracts import Answer, AnswerState, AnswerValue, CriterionKind
from auricle_records import analytics, conversations, labels, results
from auricle_records.errors import NotFound
from auricle_records.labels import Author, LabelOutcome, NewLabel
from fixtures.tenant import Tenant, an_answer, an_evaluation
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

DOUBT = AnswerState.UNDETERMINED
NO_OCCASION = AnswerState.NOT_APPLICABLE
ANN, BOB = Author("key-of-ann", "ann"), Author("key-of-bob", "bob")


async def evaluated(tenant: Tenant, *answers: Answer) -> str:
    """The id of an evaluation with these answers."""
    run = await tenant.begin(await tenant.chat())
    committed = await results.commit_evaluation(tenant.db, run, an_evaluation(run, answers))
    assert committed.evaluation_id
    return committed.evaluation_id


async def put(tenant: Tenant, *wanted: NewLabel, author: Author = ANN) -> list[LabelOutcome]:
    kept = await labels.put(tenant.db, tenant.workspace, wanted, author=author, source="sheet")
    return [kept[one.answer] for one in wanted if one.answer in kept]


async def test_a_label_keeps_what_it_judged(tenant: Tenant) -> None:
    evaluation = await evaluated(tenant, an_answer(value=80))
    assert await put(tenant, NewLabel(evaluation, "politeness", AnswerState.ANSWERED, 55, "перебил")) == [
        LabelOutcome.NEW
    ]
    label = await labels.get(tenant.db, tenant.workspace, evaluation, "politeness", ANN)
    assert (label.old_state, label.old_value, label.state, label.value) == ("answered", 80, "answered", 55)
    assert (label.kind, label.comment, label.source) == (CriterionKind.SCORE, "перебил", "sheet")


@pytest.mark.parametrize(
    ("state", "value"),
    [(AnswerState.ANSWERED, False), (AnswerState.ANSWERED, 0), (DOUBT, None), (NO_OCCASION, None)],
)
async def test_no_and_nothing_and_nobody_knows_stay_apart(
    tenant: Tenant, state: AnswerState, value: AnswerValue
) -> None:
    evaluation = await evaluated(tenant, an_answer("greeting", value=True, kind=CriterionKind.YES_NO))
    await put(tenant, NewLabel(evaluation, "greeting", state, value))
    label = await labels.get(tenant.db, tenant.workspace, evaluation, "greeting", ANN)
    assert (label.state, label.value) == (state, value)
    assert type(label.value) is type(value)


async def test_the_same_again_doubles_nothing(tenant: Tenant) -> None:
    evaluation = await evaluated(tenant, an_answer(), an_answer("stage", "closing", kind=CriterionKind.CHOICE))
    wanted = [NewLabel(evaluation, "politeness", AnswerState.ANSWERED, 10), NewLabel(evaluation, "stage", DOUBT)]
    assert await put(tenant, *wanted) == [LabelOutcome.NEW, LabelOutcome.NEW]
    assert await put(tenant, *wanted) == [LabelOutcome.SAME, LabelOutcome.SAME]
    assert await put(tenant, wanted[1], NewLabel(evaluation, "politeness", AnswerState.ANSWERED, 11)) == [
        LabelOutcome.SAME,
        LabelOutcome.CHANGED,
    ]
    assert await put(tenant, *wanted, author=BOB) == [LabelOutcome.NEW, LabelOutcome.NEW]
    found = (await labels.page(tenant.db, tenant.workspace)).items
    assert len(found) == 5
    ann = (await labels.page(tenant.db, tenant.workspace, author="ann")).items
    assert [(one.value, one.superseded) for one in ann] == [(11, False), (None, False), (10, True)]
    assert {one.author for one in ann} == {"key-of-ann"}


async def test_nobody_writes_over_another_by_a_name(tenant: Tenant) -> None:
    """The same shown name under another key, and under a key whose id is that name, is another author."""
    evaluation = await evaluated(tenant, an_answer())
    verdicts = {author: number for number, author in enumerate((ANN, Author("key-of-eve", "ann"), Author("ann")))}
    for author, number in verdicts.items():
        given = NewLabel(evaluation, "politeness", AnswerState.ANSWERED, number)
        assert await put(tenant, given, author=author) == [LabelOutcome.NEW]
    for author, number in verdicts.items():
        assert (await labels.get(tenant.db, tenant.workspace, evaluation, "politeness", author)).value == number


async def test_a_verdict_is_kept_for_good(tenant: Tenant) -> None:
    evaluation = await evaluated(tenant, an_answer())
    await put(tenant, NewLabel(evaluation, "politeness", DOUBT))
    for change in ("UPDATE labels SET author = 'eve'", "DELETE FROM labels"):
        with pytest.raises(DBAPIError, match="permission denied"):
            async with tenant.db.transaction(tenant.workspace) as connection:
                await connection.execute(text(change))


async def test_what_is_not_there_is_left_out(tenant: Tenant) -> None:
    evaluation = await evaluated(tenant, an_answer())
    unknown = [
        NewLabel(evaluation, "no-such", DOUBT),
        NewLabel("no-such", "politeness", DOUBT),
        NewLabel("\x00", "\ud800", DOUBT),
    ]
    assert await labels.put(tenant.db, tenant.workspace, unknown, author=ANN, source="api") == {}
    assert await labels.put(tenant.db, tenant.workspace, [], author=ANN, source="api") == {}
    with pytest.raises(NotFound):
        await labels.get(tenant.db, tenant.workspace, evaluation, "politeness", ANN)


async def test_labels_go_with_their_conversation(tenant: Tenant) -> None:
    evaluation = await evaluated(tenant, an_answer())
    await put(tenant, NewLabel(evaluation, "politeness", DOUBT))
    (label,) = (await labels.page(tenant.db, tenant.workspace)).items
    await conversations.delete(tenant.db, tenant.workspace, label.conversation_id)
    assert (await labels.page(tenant.db, tenant.workspace)).items == ()


async def test_pages_follow_each_other(tenant: Tenant) -> None:
    for number in range(5):
        await put(tenant, NewLabel(await evaluated(tenant, an_answer()), "politeness", AnswerState.ANSWERED, number))
    first = await labels.page(tenant.db, tenant.workspace, limit=3)
    second = await labels.page(tenant.db, tenant.workspace, limit=3, cursor=first.cursor)
    assert [one.value for one in first.items + second.items] == [4, 3, 2, 1, 0]
    assert second.cursor is None


async def test_who_could_not_tell_was_not_contradicted(tenant: Tenant) -> None:
    open_answer = an_answer(state=DOUBT, value=None)
    first = await evaluated(tenant, open_answer)
    await put(tenant, NewLabel(first, "politeness", AnswerState.ANSWERED, 75))
    second = await evaluated(tenant, an_answer(value=80))
    await put(tenant, NewLabel(second, "politeness", DOUBT))
    (anna,) = await analytics.agents(tenant.db, tenant.workspace)
    politeness = anna.criteria["politeness"]
    assert (politeness.labelled, politeness.agreed) == (0, None)
    assert politeness.mean == 75, "what a person said counts all the same"


async def test_an_agents_summary_says_how_often_people_agree(tenant: Tenant) -> None:
    """Scores agree within ten points, all others exactly; a label of no occasion agrees with no occasion."""
    yes = {"kind": CriterionKind.YES_NO}
    none = {"state": NO_OCCASION, "value": None}
    opinions: list[tuple[AnswerState, AnswerValue]] = [
        (AnswerState.ANSWERED, 90), (AnswerState.ANSWERED, 69), (NO_OCCASION, None), (AnswerState.ANSWERED, 80),
    ]  # fmt: skip
    for state, value in opinions:
        evaluation = await evaluated(
            tenant, an_answer(value=80), an_answer("greeting", value=True, **yes), an_answer("objection", **none)
        )
        await put(
            tenant,
            NewLabel(evaluation, "politeness", state, value),
            NewLabel(evaluation, "greeting", AnswerState.ANSWERED, False),
            NewLabel(evaluation, "objection", NO_OCCASION),
        )
    (anna,) = await analytics.agents(tenant.db, tenant.workspace)
    found = {name: (one.labelled, one.agreed) for name, one in anna.criteria.items()}
    assert found == {"politeness": (4, 0.5), "greeting": (4, 0.0), "objection": (4, 1.0)}
    politeness = anna.criteria["politeness"]
    assert (politeness.answered, politeness.not_applicable, politeness.mean) == (3, 1, 239 / 3)
    assert politeness.model_mean == 80, "a label never changes what the model said"
    assert (anna.judged, anna.score) == (3, 239 / 3)
