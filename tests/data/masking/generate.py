"""Makes generated.jsonl and generated_held.jsonl: random numbers with right checksums, said and written in many ways.

Run: python tests/data/masking/generate.py      The two files share the ways of saying a number and no carrier sentence.
"""

import json
import random
from collections.abc import Callable, Sequence
from pathlib import Path

from auricle_samples.dialogues.numerals import en_words, ru_words

HERE = Path(__file__).parent
FILLERS = ("эээ", "ну", "так", "дальше", "и")
OFFICES = ("912", "903", "916", "921", "965", "987", "999", "495", "812", "343")
CARRIERS = {
    "dev": {
        "phone": ("мой номер {}", "телефон {} звоните", "перезвоните на {} после обеда", "да {} это мобильный", "{}"),
        "card": ("карта {}", "номер карты {} сбер", "спишите с карты {} пожалуйста"),
        "snils": ("снилс {}", "номер снилс {} у меня"),
        "inn": ("инн {}", "наш инн {} проверьте"),
        "passport": ("паспорт {} выдан овд", "паспортные данные {}", "серия и номер паспорта {}"),
        "none": ("номер заказа {}", "трек номер {} где посылка", "стоит {} рублей", "договор номер {} расторгнуть"),
    },
    "held": {
        "phone": ("а запишите сотовый {}", "со мной связь по {}", "{} вот сюда наберите", "контактный {} и всё"),
        "card": ("оплата картой {} была", "с карточки {} ушли деньги"),
        "snils": ("мой снилс {} найдите", "по снилсу {} посмотрите"),
        "inn": ("выставьте счёт на инн {}", "инн организации {}"),
        "passport": ("паспорт у меня {}", "продиктую паспорт {}"),
        "none": ("по заявке {} тишина", "заказ {} застрял", "артикул {} есть", "сумма {} рублей"),
    },
}


def luhn(body: str) -> str:
    """The body with its check digit."""
    doubled = [int(digit) * (2 - place % 2) for place, digit in enumerate(reversed(body))]
    return body + str(-sum(value - 9 * (value > 9) for value in doubled) % 10)


def snils(rng: random.Random) -> str:
    """Eleven digits, the last two of which check the rest."""
    body = str(rng.randint(2_000_000, 999_999_999)).zfill(9)
    check = sum(int(digit) * (9 - place) for place, digit in enumerate(body)) % 101
    return body + f"{0 if check == 100 else check:02}"


def inn(rng: random.Random) -> str:
    """Ten digits of a company."""
    body = f"77{rng.randint(0, 9_999_999):07}"
    return body + str(
        sum(weight * int(digit) for weight, digit in zip((2, 4, 10, 3, 5, 9, 4, 6, 8), body, strict=True)) % 11 % 10
    )


def grouped(digits: str, sizes: Sequence[int], rng: random.Random, *, spoken: float) -> str:
    """The digits in groups, each in words with this probability; leading zeros are said one by one."""
    pieces, start = [], 0
    for size in sizes:
        group = digits[start : start + size]
        start += size
        pieces.append(said(group) if rng.random() < spoken else group)
    return " ".join(pieces)


def said(group: str) -> str:
    """One group in words."""
    zeros = len(group) - len(group.lstrip("0"))
    rest = group[zeros:]
    return " ".join(["ноль"] * zeros + ([ru_words(int(rest))] if rest else []))


def one_by_one(digits: str) -> str:
    """Digit by digit."""
    return " ".join(ru_words(int(digit)) for digit in digits)


def hesitant(text: str, rng: random.Random) -> str:
    """With a sound between two groups, as people dictate."""
    words = text.split(" ")
    if len(words) > 4 and rng.random() < 0.4:
        words.insert(rng.randint(2, len(words) - 2), rng.choice(FILLERS))
    return " ".join(words)


def phone(rng: random.Random) -> str:
    digits = "8" + rng.choice(OFFICES) + f"{rng.randint(0, 9_999_999):07}"
    style = rng.randrange(6)
    if style == 0:
        return f"+7 {digits[1:4]} {digits[4:7]}-{digits[7:9]}-{digits[9:]}"
    if style == 1:
        return digits
    if style == 2:
        return hesitant(one_by_one(digits), rng)
    return hesitant(grouped(digits, (1, 3, 3, 2, 2), rng, spoken=(1.0, 1.0, 0.5)[style - 3]), rng)


def card(rng: random.Random) -> str:
    digits = luhn(rng.choice(("4276", "2202", "5536")) + "".join(rng.choices("0123456789", k=11)))
    style = rng.randrange(3)
    if style == 0:
        return " ".join(digits[i : i + 4] for i in range(0, 16, 4))
    return one_by_one(digits) if style == 1 else grouped(digits, (2,) * 8, rng, spoken=1.0)


def written_snils(rng: random.Random) -> str:
    digits = snils(rng)
    if rng.random() < 0.5:
        return f"{digits[:3]}-{digits[3:6]}-{digits[6:9]} {digits[9:]}"
    return grouped(digits, (3, 3, 3, 2), rng, spoken=1.0)


def written_inn(rng: random.Random) -> str:
    digits = inn(rng)
    return digits if rng.random() < 0.5 else grouped(digits, (2,) * 5, rng, spoken=1.0)


def passport(rng: random.Random) -> str:
    digits = f"{rng.randint(1, 99):02}{rng.randint(0, 24):02}{rng.randint(100_000, 999_999)}"
    return grouped(digits, (2, 2, 3, 3), rng, spoken=1.0) if rng.random() < 0.6 else f"{digits[:4]} {digits[4:]}"


def none(rng: random.Random) -> str:
    """What only looks like it: seven to nine digits, spoken amounts."""
    return str(rng.randint(10_000, 999_999_999)) if rng.random() < 0.6 else ru_words(rng.randint(10_000, 999_999))


def english_phone(rng: random.Random) -> str:
    digits = f"{rng.randint(212, 989)}555{rng.randint(100, 9999):04}"
    if rng.random() < 0.4:
        return f"{digits[:3]}-{digits[3:6]}-{digits[6:]}"
    return " ".join(rng.choice(("oh", "zero")) if digit == "0" else en_words(int(digit)) for digit in digits)


SAYINGS: dict[str, Callable[[random.Random], str]] = {
    "phone": phone, "card": card, "snils": written_snils, "inn": written_inn, "passport": passport, "none": none,
}  # fmt: skip


def cases(part: str, seed: int, count: int) -> list[dict[str, object]]:
    """The kinds in turn."""
    rng = random.Random(seed)
    found: list[dict[str, object]] = []
    kinds = ("phone", "phone", "card", "snils", "inn", "passport", "none")
    for number in range(count):
        kind = kinds[number % len(kinds)]
        value = SAYINGS[kind](rng)
        marked = value if kind == "none" else f"{{{kind}|{value}}}"
        turns = [["customer", rng.choice(CARRIERS[part][kind]).format(marked)]]
        found.append({"id": f"{part}-gen-{number:03}", "language": "ru", "tag": f"generated_{kind}", "turns": turns})
    english = ("my number is {}", "call me on {} please") if part == "dev" else ("text {} anytime", "my phone is {}")
    for number in range(count // 10):
        turns = [["customer", rng.choice(english).format(f"{{phone|{english_phone(rng)}}}")]]
        found.append({"id": f"{part}-gen-en-{number:03}", "language": "en", "tag": "generated_phone", "turns": turns})
    return found


def main() -> None:
    """Write both files."""
    for part, seed, name in (("dev", 1, "generated.jsonl"), ("held", 2, "generated_held.jsonl")):
        lines = [json.dumps(case, ensure_ascii=False) for case in cases(part, seed, 140)]
        (HERE / name).write_text("\n".join(lines) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
