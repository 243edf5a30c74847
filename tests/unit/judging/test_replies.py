"""Replies in and out of form, where values stand in them, and what their tokens were worth."""

import json
import math
from pathlib import Path

import pytest
from auricle_criteria import Library
from auricle_judging.confidence import Token, probability
from auricle_judging.replies import BadReply, locate, parse
from hypothesis import given
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

SCHEMA = {
    "type": "object",
    "required": ["a"],
    "additionalProperties": False,
    "properties": {"a": {"type": "integer", "maximum": 100}, "b": {"type": "string"}},
}


SHIPPED = Library.read(Path("prompts")).prompts["evaluate"].answer_schema
NAMES = st.sampled_from(["a", "b", *SHIPPED["properties"], "at", "value"])
JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-200, 200) | st.floats(allow_nan=False) | st.sampled_from(["", "T1", "да"]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(NAMES, inner, max_size=4),
    max_leaves=12,
)


@given(JSON, st.sampled_from([SCHEMA, SHIPPED]))
def test_what_the_quick_validator_lets_pass_is_in_form(value: object, schema: dict[str, object]) -> None:
    in_form = isinstance(value, dict) and Draft202012Validator(schema).is_valid(value)
    try:
        assert parse(json.dumps(value), schema) == value
    except BadReply:
        assert not in_form
    else:
        assert in_form


@pytest.mark.parametrize("text", ['{"a":5}', ' {"a": 5}\n', '```json\n{"a": 5}\n```', '```\n{"a":5}```'])
def test_good_replies(text: str) -> None:
    assert parse(text, SCHEMA) == {"a": 5}


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("", "not JSON at 0 of 0"),
        ('{"a":', "not JSON at"),
        ("Конечно! Вот ответ", "not JSON"),
        ("[" * 100_000, "not JSON"),
        ("[5]", "answer: type"),
        ('{"a":"5"}', "a: type"),
        ('{"a":500}', "a: maximum"),
        ('{"b":"x"}', "answer: required"),
        ('{"a":5,"c":1}', "answer: additionalProperties"),
        ('{"a":5,"a":6}', "twice"),
        ('{"a":NaN}', "a: type"),
        ('{"a":5,"b":"\\ud800","c":1}', "answer: additionalProperties"),
        ('{"a":5} и ещё', "not JSON"),
        ('{"a":' + "9" * 5000 + "}", "not JSON"),
    ],
)
def test_bad_replies_name_the_place_and_never_the_words(text: str, fault: str) -> None:
    with pytest.raises(BadReply, match=fault) as bad:
        parse(text, SCHEMA)
    assert "Конечно" not in str(bad.value)


def test_a_value_is_found_where_it_stands() -> None:
    text = '{"q": "\\"value\\": 7", "x" :{ "value" : 42 , "quote":"да, \\"так\\""}, "value":1}'
    assert text[slice(*(locate(text, ("x", "value")) or ()))] == "42"
    assert text[slice(*(locate(text, ("value",)) or ()))] == "1"
    assert locate(text, ("x", "none")) is None
    assert locate(text, ("q", "value")) is None
    assert locate("[1]", ("q",)) is None
    assert locate("{}", ("q",)) is None


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=20),
    lambda inner: st.dictionaries(st.text(max_size=8), inner, max_size=4),
    max_leaves=12,
)


@given(st.dictionaries(st.text(max_size=8), JSON, min_size=1, max_size=4), st.sampled_from([None, 2]), st.booleans())
def test_every_value_is_found(value: dict[str, object], indent: int | None, ascii_only: bool) -> None:
    text = json.dumps(value, indent=indent, ensure_ascii=ascii_only)
    for key, expected in value.items():
        place = locate(text, (key,))
        assert place is not None
        assert json.loads(text[slice(*place)]) == expected


def tokens(*pairs: tuple[bytes, float]) -> list[Token]:
    """Tokens with probabilities."""
    return [Token(data, math.log(p)) for data, p in pairs]


def test_confidence_is_the_joint_probability_of_the_tokens_that_overlap_the_value() -> None:
    text = '{"ё":75}'
    said = tokens((b'{"', 0.1), ("ё".encode()[:1], 0.1), ("ё".encode()[1:] + b'":', 0.1), (b"7", 0.5), (b"5}", 0.8))
    assert probability(said, text, 5, 7) == pytest.approx(0.4)


def test_tokens_may_begin_before_the_text_and_end_after_it() -> None:
    said = tokens((b"```\n", 0.1), (b"{}", 0.9), (b"\n```", 0.1))
    assert probability(said, "{}", 0, 2) == pytest.approx(0.9)


def test_tokens_of_another_text_say_nothing() -> None:
    assert probability(tokens((b"{}", 0.9)), "[]", 0, 2) is None
    assert probability([], "[]", 0, 2) is None
    assert probability(tokens((b"{}", 0.9)), "{}", 1, 1) is None


def test_impossible_log_probabilities_give_none() -> None:
    assert probability([Token(b"{}", -math.inf)], "{}", 0, 2) is None
    assert probability([Token(b"{}", 0.5)], "{}", 0, 2) == 1.0
