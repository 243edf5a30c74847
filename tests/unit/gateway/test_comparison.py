"""Two versions beside each other: the fields that differ, by id where their list has ids, and the lines."""

from pathlib import Path

from auricle_criteria import Library
from auricle_gateway.artefacts import comparison

SALES = Library.read(Path("prompts")).scorecards["sales"]


def test_nothing_differs_from_itself() -> None:
    assert comparison.changes(SALES, SALES) == ()
    assert comparison.unified(SALES, SALES) == ""


def test_a_criterion_that_moved_is_no_change_of_its_fields() -> None:
    first, second, *rest = SALES.criteria
    stricter = second.model_copy(update={"min_confidence": 0.8})
    other = SALES.model_copy(update={"criteria": (stricter, first, *rest), "pass_mark": None})
    told = {one.path: (one.before, one.after) for one in comparison.changes(SALES, other)}
    assert told == {f"criteria.{second.id}.min_confidence": (0.5, 0.8), "pass_mark": (SALES.pass_mark, None)}


def test_what_was_added_or_removed_is_told_whole() -> None:
    fewer = SALES.model_copy(update={"criteria": SALES.criteria[1:]})
    (change,) = comparison.changes(SALES, fewer)
    assert change.path == f"criteria.{SALES.criteria[0].id}"
    assert isinstance(change.before, dict)
    assert change.after is None
    assert f"-- id: {SALES.criteria[0].id}\n" in comparison.unified(SALES, fewer)
