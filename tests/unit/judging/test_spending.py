"""Tokens by criterion: an answer's own, an even part of the rest, nothing lost and nothing twice."""

import json

from auricle_judging.confidence import Token
from auricle_judging.spending import by_criterion, own_tokens
from hypothesis import given
from hypothesis import strategies as st

REPLY = {
    "reasoning": "Поздоровался.",
    "politeness": {"turn": "T1", "quote": "Добрый день", "value": 90},
    "stage": {"value": "start"},
}
TEXT = json.dumps(REPLY, ensure_ascii=False)
NAMES = ("politeness", "stage")


def tokens(text: str, width: int) -> list[Token]:
    """Bytes cut at every `width`, through code points and JSON alike, as tokenizers do."""
    raw = text.encode()
    return [Token(raw[start : start + width], -0.1) for start in range(0, len(raw), width)]


def test_the_long_answer_costs_more_and_the_rest_is_even() -> None:
    own = own_tokens(TEXT, NAMES, tokens(TEXT, 3), len(tokens(TEXT, 3)))
    assert own["politeness"] > own["stage"] > 0
    spent = by_criterion(NAMES, own, 1000)
    assert sum(spent.values()) == 1000
    assert abs((spent["politeness"] - own["politeness"]) - (spent["stage"] - own["stage"])) <= 1


def test_the_odd_token_goes_to_the_first() -> None:
    assert by_criterion(("a", "b", "c"), {}, 11) == {"a": 4, "b": 4, "c": 3}
    assert by_criterion((), {}, 11) == {}


def test_without_tokens_it_goes_by_characters() -> None:
    own = own_tokens(TEXT, NAMES, [], 100)
    assert 0 < own["stage"] < own["politeness"] < 100
    other = own_tokens(TEXT, NAMES, tokens("something else", 3), 100)
    assert other == own


@given(st.integers(1, 40))
def test_no_token_counts_for_two(width: int) -> None:
    every = tokens("```json\n" + TEXT + "\n```", width)
    own = own_tokens(TEXT, ("reasoning", *NAMES), every, len(every))
    assert sum(own.values()) <= len(every)


@given(st.lists(st.integers(0, 10**6), min_size=1, max_size=30), st.integers(0, 10**7))
def test_the_parts_are_the_whole(own: list[int], total: int) -> None:
    names = [f"c{number}" for number in range(len(own))]
    spent = by_criterion(names, dict(zip(names, own, strict=True)), total)
    assert sum(spent.values()) == total
    assert min(spent.values()) >= 0
