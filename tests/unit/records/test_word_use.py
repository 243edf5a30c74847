"""Words against a choice: the log-odds of a hand-made count, and what is told of chance."""

from math import log, sqrt

import pytest
from auricle_records.analytics.word_use import LEAST, PRIOR, compared


def test_the_log_odds_are_those_of_the_formula() -> None:
    counts = {"refund": (30, 10), "hello": (70, 90)}
    found = {one.word: one for one in compared(counts)}
    prior = PRIOR * 40 / 200
    chosen, others = (log((y + prior) / (100 + PRIOR - y - prior)) for y in (30, 10))
    deviation = sqrt(1 / (30 + prior) + 1 / (10 + prior))
    assert found["refund"].log_odds == pytest.approx(chosen - others)
    assert found["refund"].high - found["refund"].low == pytest.approx(2 * 1.959964 * deviation)
    assert found["hello"].log_odds < 0


def test_a_word_of_few_conversations_is_not_there_and_counts_in_the_whole() -> None:
    found = {one.word for one in compared({"rare": (LEAST - 1, 0), "usual": (LEAST, 0), "hello": (50, 50)})}
    assert found == {"usual", "hello"}


def test_what_may_be_chance_is_not_told() -> None:
    noise = {f"word{number}": (20, 21) for number in range(200)}
    found = {one.word: one for one in compared({**noise, "refund": (400, 20)})}
    assert found["refund"].is_told
    assert sum(one.is_told for one in found.values()) == 1
    assert next(iter(found)) == "refund", "the least likely by chance comes first"


def test_a_side_without_words_compares_nothing() -> None:
    assert compared({"hello": (9, 0)}) == []
