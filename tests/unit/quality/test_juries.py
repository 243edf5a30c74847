"""Juries: only what all judges grade 2 is proposed, and one judge twice is no jury."""

from datetime import UTC, datetime

import pytest
from auricle_contracts.golden import GoldenDialogue
from auricle_contracts.judges import ComparedPair, ModelIdentity
from auricle_kit.errors import InvalidRequest
from auricle_quality.juries import agreed, disagreeing, proposals
from auricle_quality.pairs import JudgeReplies, JudgeReply, Variant

DIALOGUE = GoldenDialogue.model_validate(
    {
        "id": "0193", "channel": "chat", "turns": [{"role": "agent", "text": "Сами виноваты"}],
        "labels": [
            {"kind": "error_class", "subject": "blame", "state": "found", "comment": "Винит.", "decided_by": "Анна",
             "places": [{"turn": 1, "text": "Сами виноваты"}]},
            {"kind": "error_class", "subject": "rudeness", "state": "not_found", "decided_by": "Анна"},
        ],
    }
)  # fmt: skip


def pair(comment: str | None, item: str = "0193") -> ComparedPair:
    told = {
        "item": item,
        "kind": "error_class",
        "subject": "blame",
        "asked": "Обвинение",
        "golden": {"comment": "Винит."},
    }
    return ComparedPair.model_validate(told | {"said": {"words": ["Сами виноваты"], "comment": comment}})


def judge(weights: str, *grades: int | None, prompt: str = "same_error") -> JudgeReplies:
    replies = tuple(JudgeReply(pair=place, variant=Variant.PLAIN, grade=one) for place, one in enumerate(grades))
    model = ModelIdentity(name="big", weights=weights)
    at = datetime(2026, 11, 30, tzinfo=UTC)
    return JudgeReplies(prompt=f"{prompt}@0123456789abcdef", model=model, temperature=0, asked_at=at, replies=replies)


def test_only_what_all_grade_two_is_agreed() -> None:
    pairs = [pair("Первый"), pair("Второй"), pair("Третий"), pair("Четвёртый")]
    jury = [judge("a", 2, 2, 1, 2), judge("b", 2, 1, 2, None)]
    assert [one.said.comment for one in agreed(pairs, jury)] == ["Первый"]


def test_judges_disagree_where_one_says_right_and_another_wrong_in_every_run() -> None:
    pairs = [pair(str(place)) for place in range(5)]
    jury = [judge("a", 2, 2, 1, 2, 0), judge("b", 0, 1, 0, None, 2), judge("c", 1, 2, 2, 2, 2)]
    assert [one.said.comment for one in disagreeing(pairs, jury)] == ["0", "2", "4"]
    with pytest.raises(InvalidRequest):
        list(disagreeing(pairs, jury[:1]))


def test_a_proposal_is_the_dialogue_with_the_new_comment_under_the_jurys_name() -> None:
    (one,) = proposals(
        [pair("Обвинил клиента"), pair(None), pair("Чужой", "0194")],
        [judge("a", 2, 2, 2), judge("b", 2, 2, 2)],
        {"0193": DIALOGUE},
    )
    (label,) = one.labels
    assert (label.subject, label.comment, label.grade) == ("blame", "Обвинил клиента", 2)
    assert label.places == DIALOGUE.labels[0].places
    assert label.decided_by == "jury: same_error of big, same_error of big"


@pytest.mark.parametrize("jury", [[], [judge("a", 2)], [judge("a", 2), judge("a", 2)]])
def test_one_judge_is_no_jury(jury: list[JudgeReplies]) -> None:
    with pytest.raises(InvalidRequest):
        list(agreed([pair("x")], jury))
    assert list(agreed([pair("x")], [judge("a", 2), judge("a", 2, prompt="same_lesson")]))
