"""Check digits, and the shapes of numbers that need no cue. Home-made: python-stdnum is LGPL, and each is a sum of products."""

import re
from collections.abc import Sequence

import phonenumbers

_SERIES_OF_PASSPORT = re.compile(r"(?!00)\d{2}(?:9[789]|[012]\d)")  # region, year of the form
_RUSSIAN = re.compile(r"[78][3489]\d{9}|9\d{9}")
_RUSSIAN_MOBILE = re.compile(r"[78]9\d{9}")
_NORTH_AMERICAN = re.compile(r"1?[2-9]\d{2}[2-9]\d{6}")
_BRITISH = re.compile(r"0[127]\d{9}")
_TOLL_FREE = {"ru": ("800",), "en": ("800", "833", "844", "855", "866", "877", "888")}
_NEIGHBOURS = (
    "375",
    "380",
    "374",
    "994",
    "995",
    "996",
    "998",
    "992",
    "993",
    "373",
)  # Russian-speaking callers write them bare
_INN_10 = (2, 4, 10, 3, 5, 9, 4, 6, 8)
_INN_12 = ((7, 2, 4, 10, 3, 5, 9, 4, 6, 8), (3, 7, 2, 4, 10, 3, 5, 9, 4, 6, 8))


def is_card(digits: str) -> bool:
    """A payment card: an issuer's first digit, a length in use, Luhn's check digit (ISO/IEC 7812-1)."""
    return len(digits) in (15, 16, 18, 19) and digits[0] in "23456" and luhn(digits)


def is_printed_card(chunks: Sequence[str]) -> bool:
    """Four groups of four as they are printed, an issuer's first digit; a check digit may be misheard."""
    return [len(chunk) for chunk in chunks] == [4, 4, 4, 4] and chunks[0][0] in "23456"


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
        return 10 <= len(digits) <= _longest_with_plus(digits)
    if _is_international(digits):
        return True
    if _RUSSIAN_MOBILE.fullmatch(digits):
        return True  # also among English words: no North American or British number begins so
    if _RUSSIAN.fullmatch(digits) and language in ("ru", ""):
        return True
    return language in ("en", "") and bool(_NORTH_AMERICAN.fullmatch(digits) or _BRITISH.fullmatch(digits))


def _longest_with_plus(digits: str) -> int:
    """A plan of fixed length ends its number: what follows is the next one's ("+7 900 321-54-76, 8 900 …")."""
    if digits.startswith(("1", "7")):
        return 11
    return 12 if digits.startswith(_NEIGHBOURS) else 15


def is_toll_free(digits: str, *, language: str) -> bool:
    """A number that its owner pays for: a company's hotline, nobody's secret."""
    national = digits[-10:]
    return national.startswith(_TOLL_FREE["en" if language == "en" else "ru"]) and len(digits) in (10, 11)


def is_printed_phone(chunks: Sequence[str]) -> bool:
    """A code of three or four digits and a local number by pairs: "(8442) 12-34-56", "495 123 45 67"."""
    digits = "".join(chunks)
    grouped = len(chunks) >= 3 and len(chunks[0]) in (3, 4) and [len(chunk) for chunk in chunks[-2:]] == [2, 2]
    return grouped and len(digits) == 10 and digits[0] in "348"


def is_mobile_as_printed(chunks: Sequence[str]) -> bool:
    """A Russian mobile number in its usual groups, with its 8 or 7: "8 926 123-45-67"; no other number is cut so."""
    groups = [len(chunk) for chunk in chunks]
    return groups == [1, 3, 3, 2, 2] and bool(_RUSSIAN_MOBILE.fullmatch("".join(chunks)))


def _is_international(digits: str) -> bool:
    """With "00" or a neighbour's country code and no plus, and a number that the country's plan has."""
    if digits.startswith("00"):
        digits = digits[2:]
    elif not digits.startswith(_NEIGHBOURS):
        return False
    try:
        return phonenumbers.is_valid_number(phonenumbers.parse(f"+{digits}"))
    except phonenumbers.NumberParseException:
        return False


def is_passport(chunks: Sequence[str]) -> bool:
    """A Russian passport as it is printed: "45 08 123456", "4508 123456"; ten digits in one chunk are no such thing."""
    series = "".join(chunks[:-1])
    return len(chunks) in (2, 3) and len(chunks[-1]) == 6 and bool(_SERIES_OF_PASSPORT.fullmatch(series))
