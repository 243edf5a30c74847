"""A sum of money or a percentage that was said."""

from dataclasses import dataclass
from decimal import Decimal

PERCENT = "percent"
PART = "part"  # how often: one of several payments


@dataclass(frozen=True, slots=True)
class Amount:
    """A number with its unit: a currency code, `percent`, or "" for money of an unsaid currency; tokens `first` to `last` inclusive.

    `per` is a period of the pack ("month"), "part" for one of several payments, or "".
    """

    first: int
    last: int
    value: Decimal
    unit: str
    per: str = ""
