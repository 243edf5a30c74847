"""Slips of spelling: found with what the word was meant to be; names, terms, British forms and compounds are none."""

import pytest
from auricle_languages.spelling import correction, slips
from auricle_languages.words import tokenize


def corrected(text: str, *allowed: str) -> list[tuple[str, str]]:
    return [(text[slip.start : slip.end], slip.suggestion) for slip in slips(text, tokenize(text), allowed)]


@pytest.mark.parametrize(
    ("text", "wrong", "right"),
    [
        ("К сожелению, только синий.", "сожелению", "сожалению"),
        ("Привезём в течении дня.", "в течении", "в течение"),
        ("Незнаю, что сказать.", "Незнаю", "Не знаю"),
        ("Заказ может оплатится сам.", "оплатится", "оплатиться"),
        ("Завтра он вернуться обещал.", "вернуться", "вернутся"),
        ("Ждать как нибудь потом.", "как нибудь", "как-нибудь"),
        ("Мы вобщем готовы.", "вобщем", "в общем"),
        ("We recieved your payment.", "recieved", "received"),
        ("We will definately call.", "definately", "definitely"),
        ("Оооочень рады.", "Оооочень", "Очень"),
    ],
)
def test_a_slip_has_its_suggestion(text: str, wrong: str, right: str) -> None:
    assert (wrong, right) in corrected(text)


@pytest.mark.parametrize(
    "text",
    [
        "Ваш заказ собран, курьер приедет завтра до шести.",
        "Шкафы «Шкаффи» стоят на втором этаже.",
        "We apologise for the colour of your neighbour's programme.",
        "Автоперевод и спецпредложение доступны в приложении.",
        "Пишите на help@vectr.example или по ссылке vectr.example/zakaz.",
        "ООО «Вектр», ИНН и СНИЛС не нужны.",
        "Что-нибудь ещё? Кое-кто по-прежнему ждёт.",
    ],
)
def test_what_is_right_stays(text: str) -> None:
    assert corrected(text) == []


def test_a_term_of_the_caller_is_no_slip() -> None:
    assert corrected("Тариф копилочкин подключён.") != []
    assert corrected("Тариф копилочкин подключён.", "копилочкин") == []


def test_a_word_that_nothing_is_near_stays() -> None:
    assert correction("щшжывапролд") is None
    assert corrected("щшжывапролд " * 3) == []


def test_long_noise_costs_nothing() -> None:
    assert corrected("ъ" * 5_000 + " " + "абв" * 2_000) == []
