"""Labels: one per answer and author, the same again changes nothing, and what an agent's summary makes of them."""

import pytest
from auricle_contracts import Answer, AnswerState, AnswerValue, CriterionKind
from auricle_records import conversations, labels, results
from auricle_records.errors import NotFound
from auricle_records.labels import Kept, Wanted
from fixtures.house import House, an_answer, an_evaluation

DOUBT = AnswerState.UNDETERMINED
NO_OCCASION = AnswerState.NOT_APPLICABLE


async def evaluated(house: House, *answers: Answer) -> str:
    """The id of an evaluation with these answers."""
    run = await house.begin(await house.chat())
    committed = await results.commit_evaluation(house.db, run, an_evaluation(run, answers))
    assert committed.evaluation_id
    return committed.evaluation_id


async def put(house: House, *wanted: Wanted, author: str = "ann") -> list[Kept]:
    kept = await labels.put(house.db, house.workspace, wanted, author=author, source="sheet")
    return [kept[one.answer] for one in wanted if one.answer in kept]


async def test_a_label_keeps_what_it_judged(house: House) -> None:
    evaluation = await evaluated(house, an_answer(value=80))
    assert await put(house, Wanted(evaluation, "politeness", AnswerState.ANSWERED, 55, "перебил")) == [Kept.NEW]
    label = await labels.get(house.db, house.workspace, evaluation, "politeness", "ann")
    assert (label.old_state, label.old_value, label.state, label.value) == ("answered", 80, "answered", 55)
    assert (label.kind, label.comment, label.source) == (CriterionKind.SCORE, "перебил", "sheet")


@pytest.mark.parametrize(
    ("state", "value"),
    [(AnswerState.ANSWERED, False), (AnswerState.ANSWERED, 0), (DOUBT, None), (NO_OCCASION, None)],
)
async def test_no_and_nothing_and_nobody_knows_stay_apart(house: House, state: AnswerState, value: AnswerValue) -> None:
    evaluation = await evaluated(house, an_answer("greeting", value=True, kind=CriterionKind.YES_NO))
    await put(house, Wanted(evaluation, "greeting", state, value))
    label = await labels.get(house.db, house.workspace, evaluation, "greeting", "ann")
    assert (label.state, label.value) == (state, value)
    assert type(label.value) is type(value)


async def test_the_same_again_doubles_nothing(house: House) -> None:
    evaluation = await evaluated(house, an_answer(), an_answer("stage", "closing", kind=CriterionKind.CHOICE))
    wanted = [Wanted(evaluation, "politeness", AnswerState.ANSWERED, 10), Wanted(evaluation, "stage", DOUBT)]
    assert await put(house, *wanted) == [Kept.NEW, Kept.NEW]
    assert await put(house, *wanted) == [Kept.SAME, Kept.SAME]
    assert await put(house, wanted[1], Wanted(evaluation, "politeness", AnswerState.ANSWERED, 11)) == [
        Kept.SAME,
        Kept.CHANGED,
    ]
    assert await put(house, *wanted, author="bob") == [Kept.NEW, Kept.NEW]
    found = (await labels.page(house.db, house.workspace)).items
    assert len(found) == 4
    assert len((await labels.page(house.db, house.workspace, author="ann")).items) == 2


async def test_what_is_not_there_is_left_out(house: House) -> None:
    evaluation = await evaluated(house, an_answer())
    unknown = [
        Wanted(evaluation, "no-such", DOUBT),
        Wanted("no-such", "politeness", DOUBT),
        Wanted("\x00", "\ud800", DOUBT),
    ]
    assert await labels.put(house.db, house.workspace, unknown, author="ann", source="api") == {}
    assert await labels.put(house.db, house.workspace, [], author="ann", source="api") == {}
    with pytest.raises(NotFound):
        await labels.get(house.db, house.workspace, evaluation, "politeness", "ann")


async def test_labels_go_with_their_conversation(house: House) -> None:
    evaluation = await evaluated(house, an_answer())
    await put(house, Wanted(evaluation, "politeness", DOUBT))
    (label,) = (await labels.page(house.db, house.workspace)).items
    await conversations.delete(house.db, house.workspace, label.conversation_id)
    assert (await labels.page(house.db, house.workspace)).items == ()


async def test_pages_follow_each_other(house: House) -> None:
    for number in range(5):
        await put(house, Wanted(await evaluated(house, an_answer()), "politeness", AnswerState.ANSWERED, number))
    first = await labels.page(house.db, house.workspace, limit=3)
    second = await labels.page(house.db, house.workspace, limit=3, cursor=first.cursor)
    assert [one.value for one in first.items + second.items] == [4, 3, 2, 1, 0]
    assert second.cursor is None


async def test_an_agents_summary_says_how_often_people_agree(house: House) -> None:
    """Scores agree within ten points, all others exactly; a label of no occasion agrees with no occasion."""
    yes = {"kind": CriterionKind.YES_NO}
    none = {"state": NO_OCCASION, "value": None}
    opinions: list[tuple[AnswerState, AnswerValue]] = [
        (AnswerState.ANSWERED, 90), (AnswerState.ANSWERED, 69), (NO_OCCASION, None), (AnswerState.ANSWERED, 80),
    ]  # fmt: skip
    for state, value in opinions:
        evaluation = await evaluated(
            house, an_answer(value=80), an_answer("greeting", value=True, **yes), an_answer("objection", **none)
        )
        await put(
            house,
            Wanted(evaluation, "politeness", state, value),
            Wanted(evaluation, "greeting", AnswerState.ANSWERED, False),
            Wanted(evaluation, "objection", NO_OCCASION),
        )
    (anna,) = await conversations.agents(house.db, house.workspace)
    found = {name: (one.labelled, one.agreed) for name, one in anna.criteria.items()}
    assert found == {"politeness": (4, 0.5), "greeting": (4, 0.0), "objection": (4, 1.0)}
    assert anna.criteria["politeness"].mean == 80, "a label never changes what the model said"
