"""Digits with separators of thousands and decimals, as a value."""

from decimal import Decimal

_THOUSANDS = str.maketrans(
    {",": ".", "-": ".", " ": ".", "\u00a0": ".", "\u202f": ".", "\u2007": ".", "\u2009": ".", "'": ".", "’": "."}
)


def is_one_group(text: str) -> bool:
    """Whether a point or a comma stands before exactly three digits and nowhere else: "12,375"."""
    whole, _, group = text.replace(",", ".").partition(".")
    return whole.isdigit() and len(group) == 3 and group.isdigit()


def digits_value(text: str) -> Decimal:
    """As in "1 290,50", "1.290", "12,500": the last group is decimals only when it has one or two digits, or no thousands before."""
    groups = text.translate(_THOUSANDS).split(".")
    decimal = len(groups) > 1 and (len(groups[-1]) < 3 or groups[0] == "0")
    whole, decimals = (groups[:-1], groups[-1]) if decimal else (groups, "")
    return Decimal("".join(whole) + (f".{decimals}" if decimals else ""))
