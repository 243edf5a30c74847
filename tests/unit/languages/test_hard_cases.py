"""The hand-made hard cases, written before the code: amounts and days as people say them and as speech engines break them."""

import sys
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
import yaml
from auricle_contracts import Role, Turn
from auricle_languages import Amount, AnalysedTurn, Languages, analyse_turn

LANGUAGES = Languages.load(Path("prompts"))
CASES = Path("tests/data/rules")


def read(text: str) -> AnalysedTurn:
    return analyse_turn(Turn(id=1, participant="agent", role=Role.AGENT, text=text), LANGUAGES)


def cases(name: str) -> list[Any]:
    return [
        pytest.param(case, id=case["said"]) for case in yaml.load((CASES / name).read_text("utf-8"), yaml.CSafeLoader)
    ]


def expected(written: str) -> tuple[Decimal, str, str]:
    """ "500 RUB/month" is a value, a unit and a period."""
    sum_, _, per = written.partition("/")
    value, _, unit = sum_.partition(" ")
    return Decimal(value), unit, per


def facts(amount: Amount) -> tuple[Decimal, str, str]:
    return amount.value, amount.unit, amount.per


@pytest.mark.parametrize("case", [*cases("amounts.yaml"), *cases("amounts_forms.yaml")])
def test_amounts(case: dict[str, Any]) -> None:
    assert list(map(facts, read(case["said"]).amounts)) == list(map(expected, case["found"]))


@pytest.mark.parametrize("case", cases("dates.yaml"))
def test_dates(case: dict[str, Any]) -> None:
    assert [moment.value for moment in read(case["said"]).dates] == case["found"]


@pytest.mark.parametrize("case", cases("orders.yaml"))
def test_references(case: dict[str, Any]) -> None:
    assert [reference.digits for reference in read(case["said"]).references] == case["found"]


HOSTILE = [
    "тысяч ", "тысяч пять ", "пять ", "пять ну ", "ну ", "9 ", "9", "1 000 ", "1000 900 ", "рублей ", "от 5 до ", "две-три ",
    "а-б-", "через ", "пятого ", "двадцать ", "25.05 ", "25.05.", "с пятого по ", "ноль ", "half a ", "a", "ё", "\u0301", "миллиард ",
]  # fmt: skip


@pytest.mark.parametrize("piece", HOSTILE)
def test_twice_the_text_is_not_more_than_twice_the_work(piece: str) -> None:
    """In calls of functions, which are the same on every machine; the bench measures the seconds."""
    text = piece * (10_240 // len(piece.encode()))
    turn = read(text + text)  # and the words are known from now on
    assert isinstance(turn.amounts, tuple)
    assert isinstance(turn.dates, tuple)
    assert isinstance(turn.references, tuple)
    assert calls_of(read, text + text) <= 2.1 * calls_of(read, text) + 1000


def test_more_than_twice_the_work_is_seen() -> None:
    def of_pairs(text: str) -> int:
        return sum(len(a + b) for a in text for b in text)

    assert calls_of(of_pairs, "a" * 200) > 2.1 * calls_of(of_pairs, "a" * 100) + 1000


def calls_of(function: Callable[[str], object], text: str) -> int:
    """How many functions, Python's and C's, were called."""
    count = 0

    def seen(_frame: object, event: str, _argument: object) -> None:
        nonlocal count
        count += event in ("call", "c_call")

    sys.setprofile(seen)
    try:
        function(text)
    finally:
        sys.setprofile(None)
    return count
