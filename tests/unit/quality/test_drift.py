"""What comes in beside what came: still within chance, moved, or too few."""

from random import Random

import pytest
from auricle_contracts.drift import DriftInput, InputBin
from auricle_quality.drift import input_drift, noise, psi
from scipy import stats


def bins(*counts: tuple[int, int]) -> list[InputBin]:
    return [InputBin(name=str(at), before=before, now=now) for at, (before, now) in enumerate(counts)]


def test_the_index_of_equal_shares_is_next_to_nothing() -> None:
    found = input_drift(DriftInput.CHANNEL, bins((300, 100), (600, 200)))
    assert found.psi == pytest.approx(0, abs=1e-4)
    assert found.state == "steady"


def test_a_new_language_moves_it() -> None:
    found = input_drift(DriftInput.LANGUAGE, bins((300, 60), (0, 40)))
    assert found.state == "moved"
    assert found.bins[0].name == "0", "the largest first"


def test_too_few_on_either_side_tell_nothing() -> None:
    found = input_drift(DriftInput.LANGUAGE, bins((300, 0), (0, 49)))
    assert (found.state, found.psi) == ("too_few", None)
    assert input_drift(DriftInput.LANGUAGE, ()).state == "too_few"


@pytest.mark.parametrize("count", [2, 5, 12])
def test_chance_is_the_chi_squared_of_scipy(count: int) -> None:
    told = stats.chi2.ppf(0.95, count - 1) * (1 / 300 + 1 / 100)
    assert noise(count, 300, 100) == pytest.approx(told, rel=0.03)


def test_what_did_not_move_seldom_passes_the_noise() -> None:
    lot = Random(7)
    over = 0
    for _ in range(300):
        drawn = [[lot.randrange(5) for _ in range(size)] for size in (600, 200)]
        told = bins(*((drawn[0].count(at), drawn[1].count(at)) for at in range(5)))
        over += psi(told) > noise(5, 600, 200)
    assert over < 30, "one in twenty is expected: 15 of 300"
