"""Groups beside the rest: exact tests, their correction, and silence where there are too few."""

from random import Random

import pytest
from auricle_contracts.fairness import FairnessBy, FairnessFigure, FairnessMeasure
from auricle_quality.fairness import Counted, Outcome, control, fisher, holm, report
from scipy import stats

NONE = Counted(0, 0)


def outcome(*, changed: bool = False, machine: float | None = None, people: float | None = None) -> Outcome:
    return Outcome(
        machine_error=changed,
        people_error=False,
        false_alarm=changed,
        missed=False,
        changed=changed,
        machine_score=machine,
        people_score=people,
    )


def conversations(changed: int, of: int) -> list[Outcome]:
    return [outcome(changed=at < changed) for at in range(of)]


def figures(
    groups: dict[str, list[Outcome]], measure: FairnessMeasure = FairnessMeasure.CHANGED
) -> dict[str, FairnessFigure]:
    everything = [one for each in groups.values() for one in each]
    found = report(FairnessBy.LINE, groups, everything, {}, NONE, audited=False)
    return {group.name: one for group in found.groups for one in group.figures if one.measure is measure}


@pytest.mark.parametrize(
    ("a", "of_a", "b", "of_b"), [(1, 10, 0, 1000), (8, 20, 5, 60), (0, 12, 0, 40), (15, 15, 3, 30)]
)
def test_fisher_is_the_one_of_scipy(a: int, of_a: int, b: int, of_b: int) -> None:
    told = stats.fisher_exact([[a, of_a - a], [b, of_b - b]]).pvalue
    assert fisher(Counted(a, of_a), Counted(b, of_b)) == pytest.approx(told)


def test_holm_keeps_the_order_and_never_falls() -> None:
    assert holm([0.04, 0.01, 0.03]) == pytest.approx([0.06, 0.03, 0.06])
    assert holm([0.5, 0.9]) == [1.0, 1.0]
    assert holm([]) == []


def test_a_group_that_is_corrected_more_often_stands_out() -> None:
    found = figures({"night": conversations(20, 40), "day": conversations(5, 100)})
    assert (found["night"].verdict, found["day"].verdict) == ("more", "less")
    night = found["night"]
    assert night.p is not None
    assert night.p < 0.001
    assert night.difference.value == pytest.approx(0.45)


def test_too_few_are_told_nothing_however_they_differ() -> None:
    found = figures({"night": conversations(9, 9), "day": conversations(0, 100)})
    assert found["night"].verdict == found["day"].verdict == "too_few", "the rest of a group must be enough as well"
    assert found["night"].p is None


def test_one_event_in_a_small_group_is_no_discovery() -> None:
    found = figures({"small": conversations(1, 10), **{f"line {n}": conversations(0, 100) for n in range(10)}})
    assert found["small"].verdict == "not_told"


def test_many_equal_groups_are_seldom_told_apart() -> None:
    lot = Random(13)
    told = 0
    for _ in range(100):
        groups = {f"agent {n}": [outcome(changed=lot.random() < 0.2) for _ in range(30)] for n in range(10)}
        told += any(one.verdict in ("more", "less") for one in figures(groups).values())
    assert told <= 10, "at most one report in twenty, by Holm; eleven of a hundred would be one time in a hundred"


def test_control_tells_what_machine_and_people_said_of_the_same() -> None:
    reviewed = [outcome(changed=at < 6, machine=60 + at % 3, people=70) for at in range(20)]
    found = control(reviewed)
    assert (found.machine_errors.found, found.people_errors.found) == (6, 0)
    assert found.errors.value == pytest.approx(0.3)
    assert found.errors.is_told
    assert found.score.value == pytest.approx(-9.05)
    assert found.score.is_told


def test_scores_that_nobody_changed_have_no_interval() -> None:
    found = control([outcome(machine=80, people=80) for _ in range(12)])
    assert (found.score.value, found.score.low, found.score.is_told) == (0, None, False)
    assert control([]).score.value is None


def test_appeals_count_by_group() -> None:
    groups = {"a": conversations(0, 5), "b": conversations(0, 5)}
    everything = groups["a"] + groups["b"]
    appeals = {"a": Counted(11, 12), "b": Counted(1, 14)}
    found = report(FairnessBy.AGENT, groups, everything, appeals, Counted(12, 26), audited=True)
    assert found.tests == 2
    verdicts = {group.name: group.figures[-1].verdict for group in found.groups}
    assert verdicts == {"a": "more", "b": "less"}
