"""Money as people say it and as speech engines write it, and numbers that are nobody's price."""

from decimal import Decimal
from pathlib import Path

import pytest
from auricle_contracts import Role, Turn
from auricle_languages import Languages, analyse_turn

LANGUAGES = Languages.load(Path("prompts"))


def said(text: str) -> list[tuple[Decimal, str]]:
    read = analyse_turn(Turn(id=1, participant="agent", role=Role.AGENT, text=text), LANGUAGES)
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
        ("к оплате 1870-00 руб", 1870, "RUB"),
        ("киловатт стоит 5,437 рубля", Decimal("5.437"), "RUB"),
        ("USD 45 late fee", 45, "USD"),
        ("a couple hundred bucks", 200, "USD"),
        ("1 500 000 (один миллион пятьсот тысяч) рублей", 1500000, "RUB"),
        ("скидка 15 %", 15, "percent"),
        ("двенадцать процентов", 12, "percent"),
        ("с вас 780", 780, ""),
        ("с вас семьсот восемьдесят", 780, ""),
        ("that'll be 35", 35, ""),
        ("четверть миллиона", 250000, ""),
        ("seven and a quarter percent", Decimal("7.25"), "percent"),
        ("семь с четвертью процентов", Decimal("7.25"), "percent"),
        ("quarter million dollars", 250000, "USD"),
        ("полтинник", 50, ""),
        ("1 200 000 сум", 1200000, "UZS"),
        ("400 грн", 400, "UAH"),
        ("200 лари", 200, "GEL"),
        ("25 бел. рублей", 25, "BYN"),
        ("₹1,500", 1500, "INR"),
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
        "с вас 3 подписи",
        "с него 18 лет",
        "без четверти пять",
        "a quarter past nine",
        "к вам и т д",
        "",
        "9" * 5000,
    ],
)
def test_a_number_is_nobodys_price(text: str) -> None:
    assert said(text) == []


@pytest.mark.parametrize(
    "text",
    [
        "three pounds of apples in the bag", "140 pounds is my weight", "forty pounds of luggage", "капсулы по 250 мг",
        "пробег двести тысяч", "счётчик двенадцать тысяч триста один", "скорость 80 мегабит", "odometer ninety thousand",
    ],
)  # fmt: skip
def test_what_is_weighed_or_read_off_is_no_sum(text: str) -> None:
    assert not said(text)
