"""Russian numbers, prices and dates in words, as people say them on the telephone."""

from __future__ import annotations

_UNITS = "ноль один два три четыре пять шесть семь восемь девять".split()
_TEENS = (
    "десять одиннадцать двенадцать тринадцать четырнадцать пятнадцать шестнадцать семнадцать восемнадцать девятнадцать"
).split()
_TENS = ". . двадцать тридцать сорок пятьдесят шестьдесят семьдесят восемьдесят девяносто".split()
_HUNDREDS = ". сто двести триста четыреста пятьсот шестьсот семьсот восемьсот девятьсот".split()
_DAYS = (
    "первого второго третьего четвёртого пятого шестого седьмого восьмого девятого десятого одиннадцатого двенадцатого"
    " тринадцатого четырнадцатого пятнадцатого шестнадцатого семнадцатого восемнадцатого девятнадцатого двадцатого"
).split()
MONTHS = "января февраля марта апреля мая июня июля августа сентября октября ноября декабря".split()


def cardinal(number: int, feminine: bool = False) -> str:
    """`number` from 0 to 999,999 in the nominative."""
    if number == 0:
        return _UNITS[0]
    thousands, rest = divmod(number, 1000)
    head = [_below_thousand(thousands, True), counted(thousands, "тысяча", "тысячи", "тысяч")] if thousands else []
    tail = [_below_thousand(rest, feminine)] if rest else []
    return " ".join(head + tail)


def counted(number: int, one: str, few: str, many: str) -> str:
    """The form of a noun that agrees with `number`."""
    if number % 100 in range(11, 15):
        return many
    return {1: one, 2: few, 3: few, 4: few}.get(number % 10, many)


def day_of_month(day: int) -> str:
    """1-31 in the genitive: "двадцать пятого"."""
    if day == 30:
        return "тридцатого"
    if day <= 20:
        return _DAYS[day - 1]
    return f"{_TENS[day // 10]} {_DAYS[day % 10 - 1]}"


def _below_thousand(number: int, feminine: bool) -> str:
    words = [_HUNDREDS[number // 100]] if number >= 100 else []
    rest = number % 100
    if 10 <= rest < 20:
        return " ".join([*words, _TEENS[rest - 10]])
    if rest >= 20:
        words.append(_TENS[rest // 10])
    unit = rest % 10
    if unit:
        words.append({1: "одна", 2: "две"}.get(unit, _UNITS[unit]) if feminine else _UNITS[unit])
    return " ".join(words)
