"""A form's text as a value, and labels beside the answer that they judge."""

from datetime import UTC, datetime, timedelta

import pytest
from auricle_console.views.labels import Draft, fault_of, opinions, options, typed
from auricle_console.wording import wording
from auricle_contracts import Answer, AnswerState, AnswerValue, CriterionKind, Evaluation, Label, Layer, SaleStage

WORDS = wording("ru")
NOON = datetime(2026, 11, 21, 12, tzinfo=UTC)
POLITE = Answer(
    criterion="politeness", title="", layer=Layer.MODEL, kind=CriterionKind.SCORE, state=AnswerState.ANSWERED, value=80
)
EVALUATION = Evaluation(
    id="e", conversation_id="c", revision=1, recipe="r", current=True, answers=(POLITE,), created_at=NOON
)


@pytest.mark.parametrize(
    ("kind", "state", "raw", "value"),
    [
        ("score", "answered", "40", 40), ("score", "answered", "40,5", 40.5), ("score", "answered", "много", "много"),
        ("count", "answered", " ", None), ("yes_no", "answered", "false", False), ("yes_no", "answered", "0", "0"),
        ("choice", "answered", " closing ", "closing"), ("score", "not_applicable", "40", None), ("score", "answered", "nan", "nan"),
        ("score", "answered", "1e999", "1e999"), ("?", "?", "x", None),
    ],
)  # fmt: skip
def test_a_forms_text_becomes_a_value_of_its_kind(kind: str, state: str, raw: str, value: AnswerValue) -> None:
    found = typed(kind, state, raw)
    assert (found, type(found)) == (value, type(value))


def label(value: AnswerValue, state: AnswerState = AnswerState.ANSWERED, evaluation: str = "e") -> Label:
    return Label(
        id="l", conversation_id="c", evaluation_id=evaluation, criterion="politeness", kind=CriterionKind.SCORE, state=state,
        value=value, old_state=AnswerState.ANSWERED, old_value=80, comment=None, author="ann", source="page", created_at=NOON,
        updated_at=NOON,
    )  # fmt: skip


def test_an_opinion_agrees_or_contests() -> None:
    later = label(None, AnswerState.NOT_APPLICABLE).model_copy(update={"created_at": NOON + timedelta(hours=1)})
    found = opinions([label(80), later, label(10, evaluation="older")], EVALUATION, WORDS)
    assert [(title, one.agrees, one.shown.text) for title, one in found] == [
        ("Вежливость", False, "неприменимо"),
        ("Вежливость", True, "80"),
    ]


def intent(value: str) -> Answer:
    kind, state = CriterionKind.CHOICE, AnswerState.ANSWERED
    return Answer(criterion="intent", title="", layer=Layer.MODEL, kind=kind, state=state, value=value)


def test_a_list_is_offered_where_there_is_one() -> None:
    def choices(criterion: str, kind: CriterionKind) -> tuple[str, ...]:
        answer = Answer(criterion=criterion, title="", layer=Layer.MODEL, kind=kind, state=AnswerState.UNDETERMINED)
        return tuple(
            value for value, _ in options(answer, {"stage": tuple(SaleStage), "intent": ("order", "refund")}, WORDS)
        )

    assert choices("stage", CriterionKind.CHOICE)[0] == "start"
    assert choices("intent", CriterionKind.CHOICE) == ("order", "refund")
    assert choices("greeting", CriterionKind.YES_NO) == ("true", "false")
    assert choices("politeness", CriterionKind.SCORE) == choices("mood", CriterionKind.CHOICE) == ()


def test_a_choice_of_the_workspace_has_its_title_or_its_own_name() -> None:
    assert options(intent("order"), {"intent": ("order", "refund")}, WORDS) == (
        ("order", "заказать"),
        ("refund", "refund"),
    )


def test_an_answer_of_an_older_list_is_still_offered() -> None:
    assert [value for value, _ in options(intent("gone"), {"intent": ("order",)}, WORDS)] == ["gone", "order"]


@pytest.mark.parametrize(
    ("kind", "state", "value", "fault"),
    [
        ("score", "answered", "100", ("", "")), ("score", "answered", "100.5", ("value", "no_score")),
        ("score", "answered", "-1", ("value", "no_score")), ("score", "answered", "nan", ("value", "no_score")),
        ("score", "not_applicable", "999", ("", "")), ("score", "", "5", ("state", "no_state")),
        ("count", "answered", "3", ("", "")), ("count", "answered", "2,5", ("value", "no_count")),
        ("yes_no", "answered", "true", ("", "")), ("yes_no", "answered", "да", ("value", "no_choice")),
        ("choice", "answered", "closing", ("", "")), ("choice", "answered", " ", ("value", "no_value")),
    ],
)  # fmt: skip
def test_a_verdict_that_cannot_be_sent_names_its_field(
    kind: str, state: str, value: str, fault: tuple[str, str]
) -> None:
    assert fault_of(CriterionKind(kind), Draft("c", state, value, "", "")) == fault


def test_nobody_is_called_by_a_whole_key() -> None:
    key = label(80).model_copy(update={"author": "01a228b2-7c1e-4d0a"})
    named = key.model_copy(update={"author_name": "Иванова"})
    ((_, unnamed),), ((_, known),) = (opinions([one], EVALUATION, WORDS) for one in (key, named))
    assert (unnamed.author, known.author) == ("ключ 01a228b2", "Иванова")
