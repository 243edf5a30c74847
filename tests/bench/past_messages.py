"""The test set of repeated templates: an agent's past messages, and new ones that repeat one of them or do not. Synthetic, seeded.

A message is a greeting, sentences of its own and a farewell; greetings and farewells are everybody's, so they alone are no template.
A repeat is a past message with the edits that people make: another name or number, a typo, a sentence more, a sentence changed.
"""

import random
from dataclasses import dataclass

GREETINGS = (
    "Здравствуйте!",
    "Добрый день!",
    "Добрый вечер!",
    "Здравствуйте, спасибо за обращение.",
    "Приветствую вас!",
)
FAREWELLS = ("Хорошего дня!", "Если будут вопросы, пишите.", "Спасибо, что вы с нами.", "Всегда рады помочь.", "")
WHO = (
    "менеджер",
    "курьер",
    "мастер",
    "склад",
    "отдел доставки",
    "бухгалтер",
    "наш специалист",
    "партнёр",
    "технолог",
    "замерщик",
)
DOES = (
    "проверит", "подготовит", "перезвонит и уточнит", "согласует", "перенесёт", "подтвердит", "заменит", "вернёт", "отправит", "исправит",
)  # fmt: skip
WHAT = (
    "размеры столешницы", "счёт на оплату", "время приезда", "комплект креплений", "гарантийный талон", "цвет фасадов", "остаток бонусов",
    "заявку на возврат", "адрес пункта выдачи", "номер накладной", "дату монтажа", "состав набора", "скидку по карте", "маршрут машины",
)  # fmt: skip
WHEN = (
    "сегодня до вечера", "завтра утром", "в понедельник", "в течение часа", "после оплаты", "до конца недели", "как только придёт партия",
    "к пятнице", "через два дня", "сразу после звонка",
)  # fmt: skip
WHY = (
    "потому что партия задержалась на границе", "чтобы вам не пришлось ждать", "так как в прошлый раз перепутали коробки",
    "иначе система не пропустит платёж", "если вы не против", "ведь прежний вариант сняли с производства",
    "поскольку адрес изменился", "хотя обычно это дольше", "и тогда мы закроем обращение", "без дополнительной платы",
)  # fmt: skip
NAMES = ("Анна", "Олег", "Марина", "Сергей", "Ирина", "Павел", "Светлана", "Денис")


@dataclass(frozen=True)
class Asked:
    """A new message, and whether it was made from a past one."""

    text: str
    repeats: bool


def past(count: int, seed: int) -> list[str]:
    """Different messages of one agent, of about 315 characters."""
    rng = random.Random(seed)
    found: dict[str, None] = {}
    while len(found) < count:
        found[_message(rng)] = None
    return list(found)


def asked(messages: list[str], count: int, seed: int) -> list[Asked]:
    """Half repeats and half fresh, shuffled."""
    rng = random.Random(seed)
    known = set(messages)
    found = [Asked(_edited(rng.choice(messages), rng), repeats=True) for _ in range(count // 2)]
    while len(found) < count:
        fresh = _message(rng)
        if fresh not in known:
            found.append(Asked(fresh, repeats=False))
    rng.shuffle(found)
    return found


def _message(rng: random.Random) -> str:
    body = " ".join(_sentence(rng) for _ in range(rng.randint(3, 4)))
    return f"{rng.choice(GREETINGS)} {rng.choice(NAMES)}, {body} {rng.choice(FAREWELLS)}".strip()


def _sentence(rng: random.Random) -> str:
    ways = (
        "{who} {does} {what} {when}, {why}.", "по заказу {n} {who} {does} {what} {when}.", "{when} {who} {does} {what}, {why}.",
        "{why}, {who} {does} {what}, код {n}.",
    )  # fmt: skip
    said = rng.choice(ways).format(
        who=rng.choice(WHO), does=rng.choice(DOES), what=rng.choice(WHAT), when=rng.choice(WHEN), why=rng.choice(WHY),
        n=rng.randint(1000, 99999),
    )  # fmt: skip
    return said[0].upper() + said[1:]


def _edited(text: str, rng: random.Random) -> str:
    way = rng.randrange(5)
    if way == 0:
        return "".join(rng.choice("0123456789") if letter.isdigit() else letter for letter in text)
    if way == 1:
        place = rng.randrange(1, len(text) - 1)
        return text[:place] + text[place + 1 :]
    if way == 2:
        return f"{text} {_sentence(rng)}"
    if way == 3:
        parts = text.split(". ")
        parts[rng.randrange(len(parts))] = _sentence(rng).rstrip(".")
        return ". ".join(parts)
    for name in NAMES:
        text = text.replace(name, rng.choice(NAMES), 1)
    return text
