"""When a rule rings on figures, and when it is told."""

from datetime import UTC, datetime
from typing import Any

import pytest
from auricle_contracts.alerts import AlertRuleIn, AlertSettings, Measure
from auricle_records.alerts.judging import rings
from auricle_records.alerts.settings import told_at
from auricle_records.analytics.breakdown import Mean, Share


def a_rule(measure: Measure = Measure.FATAL_SHARE, **changes: Any) -> AlertRuleIn:
    return AlertRuleIn(name="x", measure=measure, **{"threshold": 0.1, **changes})


def test_a_count_rings_at_its_threshold() -> None:
    rule = a_rule(Measure.CLASS_COUNT, error_class="rudeness", threshold=3)
    assert rings(rule, Share(3, 5), None) is True
    assert rings(rule, Share(2, 5), None) is False
    assert rings(rule, Share(0, 0), None) is False


def test_a_share_rings_only_with_its_whole_interval() -> None:
    assert rings(a_rule(), Share(6, 40), None) is False, "15 % of 40 may be 7 %"
    assert rings(a_rule(), Share(60, 400), None) is True
    assert rings(a_rule(), Share(19, 19), None) is None, "too few tell neither"


def test_a_mean_rings_below() -> None:
    rule = a_rule(Measure.MEAN_SCORE, threshold=60)
    assert rings(rule, Mean(55, 100, 2), None) is True
    assert rings(rule, Mean(59, 100, 2), None) is False
    assert rings(rule, Mean(70, 100, 2), None) is False
    assert rings(a_rule(Measure.MEAN_SCORE, threshold=60, minimum=1), Mean(55, 1, None), None) is None


def test_a_change_rings_when_its_interval_is_on_one_side() -> None:
    rule = a_rule(compared="previous", threshold=0.05)
    assert rings(rule, Share(60, 400), Share(20, 400)) is True
    assert rings(rule, Share(20, 400), Share(60, 400)) is False, "it got better"
    assert rings(rule, Share(8, 40), Share(4, 40)) is False, "twice as many, and it may be noise"
    assert rings(a_rule(compared="previous", threshold=0.2), Share(60, 400), Share(20, 400)) is False, "too little"
    assert rings(rule, Share(60, 400), Share(3, 10)) is None
    worse = a_rule(Measure.MEAN_SCORE, compared="previous", threshold=5)
    assert rings(worse, Mean(60, 100, 2), Mean(70, 100, 2)) is True
    assert rings(worse, Mean(70, 100, 2), Mean(60, 100, 2)) is False


@pytest.mark.parametrize(
    "given",
    [
        {"measure": "class_count", "threshold": 3},
        {"measure": "fatal_count", "threshold": 3, "error_class": "x"},
        {"measure": "fatal_count", "threshold": 0},
        {"measure": "fatal_share", "threshold": 3},
        {"measure": "fatal_share", "threshold": 0.1, "criterion": "x"},
        {"measure": "class_count", "error_class": "x", "threshold": 3, "compared": "previous"},
        {"measure": "mean_score", "threshold": float("nan")},
    ],
)
def test_what_never_rings_is_refused(given: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match="validation error"):
        AlertRuleIn.model_validate({"name": "x"} | given)


NIGHT = AlertSettings(time_zone="Europe/Moscow", quiet_from="21:00", quiet_until="08:00")


@pytest.mark.parametrize(
    ("at", "told"),
    [
        (datetime(2026, 12, 1, 17, 59, tzinfo=UTC), None),  # 20:59 in Moscow
        (datetime(2026, 12, 1, 18, 0, tzinfo=UTC), datetime(2026, 12, 2, 5, tzinfo=UTC)),
        (datetime(2026, 12, 2, 4, 59, tzinfo=UTC), datetime(2026, 12, 2, 5, tzinfo=UTC)),
        (datetime(2026, 12, 2, 5, 0, tzinfo=UTC), None),
    ],
)
def test_quiet_hours_hold_until_they_end(at: datetime, told: datetime | None) -> None:
    assert told_at(at, NIGHT, urgent=False) == (told or at)
    assert told_at(at, NIGHT, urgent=True) == at
    assert told_at(at, AlertSettings(), urgent=False) == at


def test_quiet_hours_within_a_day() -> None:
    noon = AlertSettings(quiet_from="12:00", quiet_until="13:30")
    assert told_at(datetime(2026, 12, 1, 12, 30, tzinfo=UTC), noon, urgent=False) == datetime(
        2026, 12, 1, 13, 30, tzinfo=UTC
    )
    assert told_at(datetime(2026, 12, 1, 11, 0, tzinfo=UTC), noon, urgent=False).hour == 11


def test_quiet_hours_are_both_or_none() -> None:
    for given in ({"quiet_from": "10:00"}, {"quiet_from": "10:00", "quiet_until": "10:00"}, {"time_zone": "Moscow"}):
        with pytest.raises(ValueError, match="validation error"):
            AlertSettings.model_validate(given)
