"""A class's share corrected by a random share that people looked at: right on average, its interval holds, and it says how it was made."""

from random import Random

import pytest
from auricle_quality.fairness import Counted
from auricle_quality.prevalence import DRAWS, FEWEST, estimate

NOBODY = Counted(0, 0)


def test_the_machines_share_is_corrected_by_what_people_found() -> None:
    told = estimate(Counted(200, 1000), Counted(20, 40), Counted(8, 160))
    assert told.method == "corrected"
    assert told.share == pytest.approx(0.2 * 0.5 + 0.8 * 0.05)
    assert told.low is not None
    assert told.high is not None
    assert told.low < 0.14 < told.high
    assert told == estimate(Counted(200, 1000), Counted(20, 40), Counted(8, 160)), "the same draws"


def test_too_few_of_a_side_leave_the_audited_share_alone_and_none_the_machines() -> None:
    assert estimate(Counted(200, 1000), Counted(4, FEWEST - 1), Counted(1, 91)).method == "audited"
    assert estimate(Counted(200, 1000), Counted(4, FEWEST - 1), Counted(1, 91)).share == 0.05
    assert estimate(Counted(200, 1000), Counted(1, 3), Counted(0, 6)).method == "machine"
    assert estimate(Counted(200, 1000), NOBODY, NOBODY).share == 0.2
    assert estimate(NOBODY, NOBODY, NOBODY).share is None


def test_a_perfect_machine_has_an_interval_all_the_same() -> None:
    told = estimate(Counted(100, 1000), Counted(20, 20), Counted(0, 180))
    assert told.share == pytest.approx(0.1)
    assert told.low is not None
    assert told.high is not None
    assert told.high - told.low > 0.02


@pytest.mark.parametrize(
    ("prevalence", "sensitivity", "specificity"), [(0.1, 0.7, 0.95), (0.3, 0.5, 0.9), (0.05, 0.9, 0.97)]
)
def test_the_interval_holds_what_is_true(
    prevalence: float, sensitivity: float, specificity: float, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("auricle_quality.prevalence.DRAWS", DRAWS // 8)
    lot, held, corrected, of = Random(11), 0, 0, 200
    for _ in range(of):
        cells = [_one(lot, prevalence, sensitivity, specificity) for _ in range(1500)]
        audited = cells[:250]
        machine = Counted(sum(said for _, said in cells), len(cells))
        found = Counted(sum(true for true, said in audited if said), sum(said for _, said in audited))
        rest = Counted(sum(true for true, said in audited if not said), sum(not said for _, said in audited))
        told = estimate(machine, found, rest)
        corrected += told.method == "corrected"
        assert told.low is not None
        assert told.high is not None
        held += told.low <= prevalence <= told.high
    assert corrected > 0.9 * of
    assert held / of >= 0.9, "95 % of 200, less what chance takes"


def _one(lot: Random, prevalence: float, sensitivity: float, specificity: float) -> tuple[bool, bool]:
    true = lot.random() < prevalence
    return true, lot.random() < (sensitivity if true else 1 - specificity)
