"""A form's text as a value, and labels beside the answer that they judge."""

from datetime import UTC, datetime

import pytest
from auricle_console.views.labels import opinions, options, typed
from auricle_console.wording import wording
from auricle_contracts import Answer, AnswerState, AnswerValue, CriterionKind, Label, Layer, SaleStage

WORDS = wording("ru")
NOON = datetime(2026, 11, 21, 12, tzinfo=UTC)


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
    found = opinions([label(80), label(None, AnswerState.NOT_APPLICABLE), label(10, evaluation="older")], "e", WORDS)
    assert [(one.agrees, one.shown.text) for one in found["politeness"]] == [(True, "80"), (False, "неприменимо")]


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
