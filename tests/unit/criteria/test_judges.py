"""Prompts of judges: the shipped ones are read, and what grades without reasons or in one wording is refused."""

from pathlib import Path

import pytest
from auricle_criteria import BadArtefact, UnknownArtefact
from auricle_criteria.judges import judge_of, read_judges

PROMPTS = Path(__file__).parents[3] / "prompts"
SHIPPED = read_judges(PROMPTS)


def test_there_are_two_judges_that_ask_differently() -> None:
    assert len(SHIPPED) >= 2
    assert len({one.question for one in SHIPPED.values()}) == len(SHIPPED)


@pytest.mark.parametrize("name", sorted(SHIPPED))
def test_a_judge_reasons_first_and_says_a_discrete_grade(name: str) -> None:
    judge = SHIPPED[name]
    assert list(judge.answer_schema["properties"]) == ["reasoning", "grade"]
    assert len(judge.paraphrases) >= 2
    assert judge.prompt("?").serves == ("grade",)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("required: [reasoning, grade]", "required: [grade, reasoning]"),
        ("enum: [2, 1, 0]", "enum: [1, 0]"),
        ("said: НОВЫЙ", "said: ОБРАЗЕЦ"),
        ("paraphrases:", "paraphrases: []\nmore:"),
    ],
)
def test_what_is_no_judge_is_refused(tmp_path: Path, old: str, new: str) -> None:
    text = (PROMPTS / "judges" / "same_error.yaml").read_text("utf-8")
    assert old in text
    (tmp_path / "judges").mkdir()
    (tmp_path / "judges" / "same_error.yaml").write_text(text.replace(old, new), "utf-8")
    with pytest.raises(BadArtefact):
        read_judges(tmp_path)


def test_an_unknown_judge_is_named() -> None:
    with pytest.raises(UnknownArtefact, match="same_error"):
        judge_of(PROMPTS, "nobody")
