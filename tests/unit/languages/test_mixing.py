"""Which languages people mix in a turn: letters, words, transliteration, and what is no language at all."""

from pathlib import Path

import pytest
from auricle_languages import Languages, mix, mixes

LANGUAGES = Languages.load(Path("prompts"))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("добрый день, где мой заказ", {"ru"}), ("where is my order", {"en"}),
        ("Доброго дня, підкажіть будь ласка де моє замовлення", {"uk"}), ("добрий день чи можна замовити доставку", {"uk"}),
        ("сәлеметсіз бе, менің тапсырысым қайда", {"kk"}), ("рахмет, түсіндім", {"kk"}),
        ("прывітанне як справы ў вас", {"be"}), ("privet kogda budet dostavka moego zakaza", {"ru-Latn"}),
        ("zdravstvuyte, ya khochu uznat pro zakaz", {"ru-Latn"}), ("net na sklade", {"ru-Latn"}),
        ("12 34 56", set()), ("👍👍", set()), ("", set()), ("你好 привет", {"other", "ru"}),
        ("Здравствуйте, мені потрібна допомога", {"ru", "uk"}), ("у меня samsung galaxy a52 не включается", {"ru", "en"}),
    ],
)  # fmt: skip
def test_languages_of_a_turn(text: str, expected: set[str]) -> None:
    assert set(mix(text, LANGUAGES)) == expected


@pytest.mark.parametrize(
    "text",
    [
        "hello i want to know my order status", "order status please", "no problem, done", "google pay or apple pay",
        "thank you very much", "too many calls",
    ],
)  # fmt: skip
def test_english_is_not_read_as_transliterated(text: str) -> None:
    assert set(mix(text, LANGUAGES)) == {"en"}


@pytest.mark.parametrize(
    ("text", "mixed"),
    [
        ("я хочу узнать когда мені привезуть замовлення", True), ("can you please сказать мне the price", True),
        ("менің тапсырысым қайда вы сказали что сегодня привезут", True), ("I want to переоформить the заказ на мою жену", True),
        ("Здравствуйте, мені потрібна допомога", False), ("Купил iPhone 15 Pro Max в DNS", False),
        ("можно оплатить через google pay или apple pay", False), ("один заказ, one problem", False),
        ("Доброго дня, підкажіть будь ласка де моє замовлення", False), ("12 34", False),
    ],
)  # fmt: skip
def test_two_languages_in_one_turn(text: str, mixed: bool) -> None:
    assert mixes(text, LANGUAGES) is mixed


@pytest.mark.timeout(5)
@pytest.mark.parametrize(
    "text", ["мені что " * 10_000, "privet kogda " * 10_000, "ї" * 100_000, "a" * 100_000, "я" * 100_000]
)
def test_a_long_turn_does_not_stall(text: str) -> None:
    mixes(text, LANGUAGES)


@pytest.mark.parametrize(
    "text", ["Всего доброго", "Доброго дня", "Бар в отеле есть?", "Коли вам удобно", "Без мен никак"]
)
def test_a_word_that_two_languages_have_tells_nothing_alone(text: str) -> None:
    assert set(mix(text, LANGUAGES)) == {"ru"}
    assert not mixes(text, LANGUAGES)
