"""A canary's choices as its page tells them: the criterion, the value, and both sides with their difference."""

from datetime import UTC, datetime
from typing import Any

from auricle_console.views.canaries import canary_page
from auricle_console.wording import wording
from auricle_contracts.canaries import CanaryReport

NOTHING = {"found": 0, "looked": 0, "share": None, "low": None, "high": None}
UNKNOWN = {"value": None, "low": None, "high": None, "is_told": False}


def share(found: int, looked: int) -> dict[str, Any]:
    return {"found": found, "looked": looked, "share": found / looked, "low": 0.1, "high": 0.9}


def report(*choices: dict[str, Any]) -> CanaryReport:
    of_people = {"first": NOTHING, "second": NOTHING, "difference": UNKNOWN}
    mean = {"mean": None, "n": 0, "plus_minus": None}
    told: dict[str, Any] = {
        "id": "k", "artefact_id": "a", "kind": "scorecard", "name": "sales", "hash": "ab" * 8, "live_hash": None, "share": 5,
        "state": "running", "reason": "to see", "end_reason": None, "actor_kind": "api_key", "actor": "key", "actor_name": None,
        "created_at": datetime(2026, 12, 1, tzinfo=UTC), "ended_at": None, "first": 20, "second": 20, "broken_first": mean,
        "broken_second": mean, "broken": UNKNOWN, "means": [], "classes": [], "choices": choices, "reviewed": of_people,
        "corrected": of_people, "appealed": of_people, "class_titles": {},
    }  # fmt: skip
    return CanaryReport.model_validate(told)


def test_a_choice_is_told_by_its_words_and_a_difference_stands_out() -> None:
    differs = {"value": 0.5, "low": 0.2, "high": 0.8, "is_told": True}
    stage = {"criterion": "stage", "title": "Stage", "value": "closing", "first": share(5, 20), "second": share(15, 20)}
    said = {"criterion": "own", "title": "Own question", "value": True, "first": share(9, 20), "second": share(9, 20)}
    page = canary_page(report(stage | {"difference": differs}, said | {"difference": UNKNOWN}), wording("en"))
    assert [one.name.partition(": ")[2].lower() for one in page.choices] == ["closing", "yes"]
    assert page.choices[1].name.startswith("Own question")
    assert [bool(one.way) for one in page.choices] == [True, False]
