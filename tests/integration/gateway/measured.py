"""Grades of a judge, as a client brings them."""

from datetime import UTC, datetime
from typing import Any


def measurement(each: int, *, right: bool = True, **changed: Any) -> dict[str, Any]:
    """So many pairs of each grade; `right`: the judge agrees with people."""
    judge = {"prompt": "same_error@0123456789abcdef", "model": {"name": "big", "weights": "b1"}}
    pairs = [
        {"kind": "error_class", "subject": "blame", "people": grade} | _said(grade if right else 2 - grade)
        for grade in (0, 1, 2)
        for _ in range(each)
    ]
    return {"judge": judge, "temperature": 0, "measured_at": datetime.now(UTC).isoformat(), "pairs": pairs} | changed


def _said(grade: int) -> dict[str, Any]:
    return {"runs": [grade] * 11, "swapped": grade, "noise": grade, "paraphrases": [grade, grade]}
