"""The phrases of a split and the values of one call."""

import random
import tomllib
from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from typing import Any

from auricle_samples.dialogues.numerals import amount, ru_words
from auricle_samples.planted.call import PlantedSplit

DIGITS = 7
MONTHS = ("января", "марта", "мая", "августа", "октября")
ORDINALS = ("второго", "пятого", "десятого", "пятнадцатого", "двадцатого")


@cache
def material(split: PlantedSplit) -> Mapping[str, Any]:
    """`dev.toml` or `test.toml`."""
    return tomllib.loads((files("auricle_samples.planted") / f"{split}.toml").read_text("utf-8"))


def slots(phrases: Mapping[str, Any], subject: Mapping[str, Any], rng: random.Random) -> dict[str, str]:
    """Values that stay the same through a call: half of the calls spell numbers as words, as the engine of the day does."""
    spoken = rng.random() < 0.5
    agent, other = rng.sample(phrases["agents"], 2)
    return {
        "agent": agent,
        "other": other,
        "customer": rng.choice(phrases["customers"]),
        "company": rng.choice(phrases["companies"]),
        "street": rng.choice(phrases["streets"]),
        "city": rng.choice(phrases["cities"]),
        "thing": subject["thing"],
        "things": subject["things"],
        "request": rng.choice(subject["request"]),
        **_numbers(rng, spoken=spoken),
    }


def _numbers(rng: random.Random, *, spoken: bool) -> dict[str, str]:
    return {
        "price": amount(rng.randrange(12, 190) * 500, "рубль", spoken=spoken),
        "price2": amount(rng.randrange(8, 60) * 250, "рубль", spoken=spoken),
        "percent": amount(rng.choice((10, 20, 30, 50)), "процент", spoken=spoken),
        "percent2": amount(rng.choice((5, 7, 12, 15)), "процент", spoken=spoken),
        "days": amount(rng.randrange(3, 30), "день", spoken=spoken),
        "months": amount(rng.choice((6, 10, 12, 24)), "месяц", spoken=spoken),
        "years": amount(rng.choice((2, 3, 5, 7)), "год", spoken=spoken),
        "times": f"{ru_words(rng.randrange(5, 9))} раз",
        "order": _figures(rng, 5, spoken=spoken),
        "phone": _figures(rng, DIGITS, spoken=spoken),
        "house": _number(rng.randrange(2, 99), spoken=spoken),
        "hour": f"{_number(rng.randrange(11, 20), spoken=spoken)} часов",
        "date": f"{rng.choice(ORDINALS) if spoken else rng.randrange(2, 28)} {rng.choice(MONTHS)}",
    }


def _number(value: int, *, spoken: bool) -> str:
    return ru_words(value) if spoken else str(value)


def _figures(rng: random.Random, count: int, *, spoken: bool) -> str:
    """Dictated digit by digit, or written as one number."""
    digits = [rng.randrange(1, 10) for _ in range(count)]
    return " ".join(ru_words(digit) for digit in digits) if spoken else "".join(map(str, digits))
