"""Thresholds on the page of a scorecard's version: what is held, what cannot be, and where there are too few."""

from typing import Any

from auricle_console.views.thresholds import threshold_table
from auricle_console.wording import wording
from auricle_contracts.judges import MeasuredShare, ModelIdentity
from auricle_contracts.thresholds import Threshold, Thresholds


def a_body(*of: dict[str, Any]) -> dict[str, Any]:
    made = Thresholds(
        model=ModelIdentity(name="judge", weights="ab" * 32), prompts=("p@1",), calibrated=True, risk=0.1, delta=0.05,
        of=tuple(Threshold.model_validate({"kind": "error_class", "subject": "blame"} | one) for one in of),
    )  # fmt: skip
    return {"id": "sales", "thresholds": made.model_dump(mode="json")}


COVERED = MeasuredShare(hits=60, of=80, share=0.75, low=0.645, high=0.832).model_dump()
HELD = {
    "said": "found",
    "state": "held",
    "at_least": 0.85,
    "n": 80,
    "kept": 60,
    "wrong": 1,
    "risk_high": 0.0979,
    "coverage": COVERED,
}


def test_each_state_is_told() -> None:
    few, never = (
        {"said": "not_found", "state": "too_few", "n": 20},
        {"said": "answered", "state": "unreachable", "n": 90},
    )
    found = threshold_table(a_body(HELD, few, never), {"blame": "Blame"}, wording("en"))
    assert found is not None
    assert (found.model, found.risk, found.sure, found.calibrated) == ("judge", "10 %", "95 %", True)
    held, too_few, unreachable = found.rows
    assert (held.name, held.said, held.at_least) == ("Blame", "error is there", "0.85")
    assert (held.coverage, held.wrong, held.risk, held.n) == ("75 % (64 % – 83 %)", "1 of 60", "≤ 9.8 %", "80")
    assert (too_few.at_least, too_few.coverage, too_few.risk, too_few.held) == ("—", "—", "—", False)
    assert too_few.state == "too few answers: there is no threshold"
    assert unreachable.state == "unreachable: all of it goes to a person"


def test_a_version_without_them_or_with_what_nobody_knows_has_no_table() -> None:
    assert threshold_table({"id": "sales"}, {}, wording("ru")) is None
    assert threshold_table({"thresholds": {"of": "later"}}, {}, wording("ru")) is None
