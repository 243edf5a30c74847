"""Which conversations are read twice, and how far apart two readings are."""

import pytest
from auricle_contracts import AnswerState, AnswerValue
from auricle_judging import ModelAnswer, PromptReply
from auricle_scorer.comparing import Comparison, points, values


def test_the_share_is_about_what_it_says_and_never_changes_its_mind() -> None:
    ids = [f"c{number}" for number in range(4000)]
    tenth = Comparison(None, 0.1)  # type: ignore[arg-type]  # choosing needs no reader
    chosen = {one for one in ids if tenth.chooses(one)}
    assert chosen == {one for one in ids if tenth.chooses(one)}
    assert 300 < len(chosen) < 500
    assert not any(Comparison(None, 0.0).chooses(one) for one in ids)  # type: ignore[arg-type]
    assert all(Comparison(None, 1.0).chooses(one) for one in ids)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("digest", "uncut", "apart"),
    [
        ((80,), (80,), 0.0),
        ((80, 60), (90,), 20.0),
        (("closing",), ("closing",), 0.0),
        (("needs", "closing"), ("needs",), 100.0),
    ],
)
def test_points(digest: tuple[AnswerValue, ...], uncut: tuple[AnswerValue, ...], apart: float) -> None:
    assert points(digest, uncut) == apart


def test_only_answers_with_evidence_count() -> None:
    replies = [
        PromptReply({"stage": ModelAnswer(AnswerState.ANSWERED, "needs")}, None, 0.1, 1, 1),
        PromptReply({"stage": ModelAnswer(AnswerState.UNDETERMINED, None)}, None, 0.1, 1, 1),
        PromptReply({}, None, 0.1, 1, 1),
    ]
    assert values(replies, "stage") == ("needs",)
