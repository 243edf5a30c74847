"""Check digits, and the shapes of numbers that need no cue. Home-made: python-stdnum is LGPL, and each is a sum of products."""

import re
from collections.abc import Sequence

_SERIES_OF_PASSPORT = re.compile(r"(?!00)\d{2}(?:9[789]|[012]\d)")  # region, year of the form
_RUSSIAN = re.compile(r"[78][3489]\d{9}|9\d{9}")
_NORTH_AMERICAN = re.compile(r"1?[2-9]\d{2}[2-9]\d{6}")
_BRITISH = re.compile(r"0[127]\d{9}")
_INN_10 = (2, 4, 10, 3, 5, 9, 4, 6, 8)
_INN_12 = ((7, 2, 4, 10, 3, 5, 9, 4, 6, 8), (3, 7, 2, 4, 10, 3, 5, 9, 4, 6, 8))


def is_card(digits: str) -> bool:
    """A payment card: an issuer's first digit, a length in use, Luhn's check digit (ISO/IEC 7812-1)."""
    return len(digits) in (15, 16, 18, 19) and digits[0] in "23456" and luhn(digits)


def luhn(digits: str) -> bool:
    """Whether the last digit checks the others."""
    doubled = (int(digit) * (1 + place % 2) for place, digit in enumerate(reversed(digits)))
    return sum(value - 9 * (value > 9) for value in doubled) % 10 == 0


def is_snils(digits: str) -> bool:
    """Eleven digits, the last two of which check the first nine."""
    if len(digits) != 11:
        return False
    total = sum(int(digit) * (9 - place) for place, digit in enumerate(digits[:9])) % 101
    return total % 100 == int(digits[9:])


def is_inn(digits: str) -> bool:
    """Ten digits of a company or twelve of a person, with their check digits."""
    if len(digits) == 10:
        return _weighted(digits, _INN_10) == int(digits[9])
    return len(digits) == 12 and all(_weighted(digits, weights) == int(digits[len(weights)]) for weights in _INN_12)


def _weighted(digits: str, weights: tuple[int, ...]) -> int:
    return sum(weight * int(digit) for weight, digit in zip(weights, digits, strict=False)) % 11 % 10


def is_phone(digits: str, *, plus: bool, language: str) -> bool:
    """Whether it looks like a telephone number without anybody saying so; "" is a language that nobody knows."""
    if plus:
        return 10 <= len(digits) <= 15
    if _RUSSIAN.fullmatch(digits) and language in ("ru", ""):
        return True
    return language in ("en", "") and bool(_NORTH_AMERICAN.fullmatch(digits) or _BRITISH.fullmatch(digits))


def is_passport(chunks: Sequence[str]) -> bool:
    """A Russian passport as it is printed: "45 08 123456", "4508 123456"; ten digits in one chunk are no such thing."""
    series = "".join(chunks[:-1])
    return len(chunks) in (2, 3) and len(chunks[-1]) == 6 and bool(_SERIES_OF_PASSPORT.fullmatch(series))
