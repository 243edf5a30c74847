"""Kinds of faults that the fourth set showed, each in words of ours: where in a message, by whom, beside what a phrase stands."""

from collections.abc import Sequence

import pytest
from auricle_contracts import Channel, DetectionState
from unit.rules.test_detector_kinds import CALL, CHAT, EMAIL, state

SIGNED = "\n\nС уважением, Нора Вяз"


@pytest.mark.parametrize(
    ("name", "channel", "lines", "known", "wanted"),
    [
        (
            "farewell_of_wrong_channel",
            CHAT,
            ["c: есть лампы", "a: Алло, здравствуйте, благодарим за звонок! Лампы есть."],
            {},
            False,
        ),
        (
            "farewell_of_wrong_channel",
            EMAIL,
            ["c: есть лампы", "a: Добрый день! Лампы есть с пятницы. Спасибо за звонок!"],
            {},
            True,
        ),
        (
            "greeting_of_wrong_channel",
            EMAIL,
            ["c: есть лампы", "a: Добрый день! Лампы есть с пятницы. Спасибо за звонок!"],
            {},
            False,
        ),
        (
            "farewell_missing",
            CHAT,
            ["c: ключ нашли?", "a: Здравствуйте, Зоя. Нашли.", "c: а где?", "a: На вахте."],
            {},
            True,
        ),
        (
            "farewell_missing",
            CHAT,
            ["c: ключ нашли?", "a: Здравствуйте, Зоя. Нашли.", "c: иду", "a: Лёгкой дороги!"],
            {},
            False,
        ),
        ("farewell_missing", EMAIL, ["c: Ключ?", f"a: Нашли.{SIGNED}", "c: Где?", "a: На вахте, до шести."], {}, True),
        (
            "promise_without_date",
            CALL,
            ["a: слушаю", "c: кран течёт", "a: слесарь починит", "c: когда", "a: в два"],
            {},
            True,
        ),
        (
            "promise_without_date",
            CALL,
            ["a: слушаю", "c: кран течёт", "a: слесарь придёт завтра в два починит", "c: жду"],
            {},
            False,
        ),
        ("promise_without_date", CHAT, ["c: когда вернёте деньги", "a: Вернём, как бухгалтер освободится."], {}, True),
        (
            "hold_too_long",
            CALL,
            ["a: алло", "c: вы подождите пять минут я за очками", "a: конечно я подожду"],
            {},
            False,
        ),
        ("slow_reply", CHAT, ["c: шкаф неделю жду", "a: Добрый день! Везём сегодня."], {}, False),
        ("slow_reply", CHAT, ["c: где шкаф", "a: Добрый день! Смотрю.", "c: час жду", "a: Везём."], {}, True),
        ("caps_and_exclamation", CHAT, ["c: что за краска", "a: Это GREEN LINE, матовая."], {}, False),
        ("caps_and_exclamation", CHAT, ["c: что за краска", "a: ЧИТАЙТЕ ВНИМАТЕЛЬНО этикетку."], {}, True),
        (
            "repeated_template",
            EMAIL,
            ["c: Цена?", f"a: Добрый день!\nСто.{SIGNED}", "c: Срок?", f"a: Добрый день!\nДень.{SIGNED}"],
            {},
            False,
        ),
        ("placeholder_left", CHAT, ["c: сколько", "a: Доплата ( ) рублей."], {}, True),
        ("placeholder_left", EMAIL, ["c: Форма?", "a: Перепишите и впишите своё:\n\nЯ, ______, согласен."], {}, False),
        (
            "left_without_answer",
            CHAT,
            ["c: цена?", "a: Здравствуйте! Сто.", "c: а с доставкой? а, вижу", "c: всё спасибо"],
            {},
            False,
        ),
        ("left_without_answer", CHAT, ["c: цена?", "a: Здравствуйте! Сто.", "c: а с доставкой?"], {}, True),
        ("familiar_address", CALL, ["a: смотри оптика добрый день", "c: линзы есть"], {"company": "Смотри"}, False),
        ("familiar_address", CHAT, ["c: Good day, is it open?", "a: Course it is, babe."], {}, True),
        ("diminutives", CALL, ["a: ларёчек добрый день", "c: хлеб есть"], {"company": "Ларёчек"}, False),
        ("diminutives", CHAT, ["c: is it ready", "a: It is all spicky-wicky now."], {}, True),
        (
            "company_missing",
            CALL,
            ["a: больница восемь лора добрый день", "c: терапевта"],
            {"company": "Центральная больница 8"},
            False,
        ),
        ("company_missing", CALL, ["a: да", "c: вы кто", "a: новый раз"], {"company": "Выйра"}, True),
        ("introduction_missing", CHAT, ["c: розы есть", "a: Добрый день! Флорист Мая. Есть."], {}, False),
        ("introduction_missing", CHAT, ["c: розы есть", "a: Добрый день! Оператор на связи. Есть."], {}, True),
        (
            "name_wrong",
            CALL,
            ["a: алло ателье", "c: лев меня зовут", "a: олег ваша куртка готова"],
            {"customer_name": "Лев"},
            True,
        ),
        (
            "name_wrong",
            CALL,
            ["a: алло ателье", "c: лев меня зовут", "a: олег ваш мастер ждёт"],
            {"customer_name": "Лев"},
            False,
        ),
        (
            "name_not_adapted",
            CHAT,
            ["c: где заказ", "a: Здравствуйте, Орлова Инга! В пути."],
            {"customer_name": "Инга"},
            True,
        ),
        ("asks_for_secrets", CHAT, ["c: не входит", "a: Здравствуйте! Скажите пароль, я сам войду."], {}, True),
        ("asks_for_secrets", CHAT, ["c: скидка?", "a: Здравствуйте! Назовите код с упаковки."], {}, False),
        (
            "transfer_unexplained",
            CALL,
            ["a: алло", "c: счётчик", "a: это ведёт инженер", "c: да", "a: соединяю"],
            {},
            False,
        ),
        ("punctuation", CHAT, ["c: what now", "a: " + "wait for the van sign the slip keep one copy " * 3], {}, True),
    ],
)
def test_a_phrase_counts_by_its_place(
    name: str, channel: Channel, lines: Sequence[str], known: dict[str, str], wanted: bool
) -> None:
    assert (state(name, channel, lines, known) is DetectionState.FOUND) == wanted
