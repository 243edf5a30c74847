"""Money as people say it and as speech engines write it, and numbers that are nobody's price."""

from decimal import Decimal
from pathlib import Path

import pytest
from auricle_contracts import Role, Turn
from auricle_languages import Languages, read_turn

LANGUAGES = Languages.load(Path("prompts"))


def said(text: str) -> list[tuple[Decimal, str]]:
    read = read_turn(Turn(id=1, participant="agent", role=Role.AGENT, text=text), LANGUAGES)
    return [(amount.value, amount.unit) for amount in read.amounts]


@pytest.mark.parametrize(
    ("text", "value", "unit"),
    [
        ("1 290 р.", 1290, "RUB"),
        ("1\u00a0290\u00a0₽", 1290, "RUB"),
        ("1.290 рублей", 1290, "RUB"),
        ("1290р", 1290, "RUB"),
        ("99,90 руб", Decimal("99.90"), "RUB"),
        ("две с половиной тысячи рублей", 2500, "RUB"),
        ("полторы тысячи", 1500, ""),
        ("две пятьсот рублей", 2500, "RUB"),
        ("сто двадцать три тысячи четыреста пятьдесят шесть рублей", 123456, "RUB"),
        ("15к", 15000, ""),
        ("15 тыс. руб.", 15000, "RUB"),
        ("три косаря", 3000, ""),
        ("это стоит пятьсот", 500, ""),
        ("$1,290.50", Decimal("1290.50"), "USD"),
        ("fifteen hundred dollars", 1500, "USD"),
        ("two hundred thousand dollars", 200000, "USD"),
        ("one hundred and twenty dollars", 120, "USD"),
        ("скидка 15 %", 15, "percent"),
        ("двенадцать процентов", 12, "percent"),
    ],
)
def test_an_amount_is_read(text: str, value: int | Decimal, unit: str) -> None:
    assert said(text) == [(value, unit)]


@pytest.mark.parametrize(
    "text",
    [
        "приедем 25 мая",
        "номер заказа 48213",
        "восемь девятьсот двадцать шесть сто двадцать три",
        "две тысячи двадцать пятый год",
        "двадцать тысяч человек",
        "в 18 к вам приедут",
        "за 20 минут",
        "к вам и т д",
        "",
        "9" * 5000,
    ],
)
def test_a_number_is_nobodys_price(text: str) -> None:
    assert said(text) == []
