"""Edit distance, intervals and AUROC against definitions that are too slow to use."""

from __future__ import annotations

import math

import numpy as np
import pytest
from auricle_trainer.speech.scores import alignment, auroc, errors, rate_with_interval, spelled
from hypothesis import given
from hypothesis import strategies as st

WORDS = st.lists(st.sampled_from("абвг"), max_size=8)


@given(WORDS, WORDS)
def test_the_alignment_costs_what_the_distance_says(said: list[str], heard: list[str]) -> None:
    pairs = alignment(said, heard)
    assert [i for i, _ in pairs if i is not None] == list(range(len(said)))
    assert [j for _, j in pairs if j is not None] == list(range(len(heard)))
    cost = sum(i is None or j is None or said[i] != heard[j] for i, j in pairs)
    assert cost == errors(said, heard)


@given(WORDS, WORDS, WORDS)
def test_the_distance_is_a_distance(a: list[str], b: list[str], c: list[str]) -> None:
    assert errors(a, b) == errors(b, a) <= errors(a, c) + errors(c, b)
    assert (errors(a, b) == 0) == (a == b)


@pytest.mark.parametrize(
    ("said", "heard", "wrong"),
    [("да нет", "да", 1), ("", "привет", 1), ("скидка на всё", "скидки на все", 1), ("как-то так", "как то так", 0)],
)
def test_known_cases(said: str, heard: str, wrong: int) -> None:
    assert errors(spelled(said), spelled(heard)) == wrong


@given(st.lists(st.tuples(st.floats(0, 1), st.booleans()), min_size=2, max_size=30))
def test_auroc_is_the_share_of_ordered_pairs(judged: list[tuple[float, bool]]) -> None:
    good = [score for score, right in judged if right]
    bad = [score for score, right in judged if not right]
    value = auroc([score for score, _ in judged], [right for _, right in judged])
    if not good or not bad:
        assert math.isnan(value)
        return
    wins = np.mean([(g > b) + (g == b) / 2 for g in good for b in bad])
    assert value == pytest.approx(float(wins))


def test_the_interval_holds_the_rate_and_narrows_with_more_words() -> None:
    few, many = (rate_with_interval([1, 0, 2, 0] * n, [10] * 4 * n) for n in (3, 100))
    for rate, low, high in (few, many):
        assert rate == pytest.approx(0.075)
        assert low <= rate <= high
    assert many[2] - many[1] < few[2] - few[1]
