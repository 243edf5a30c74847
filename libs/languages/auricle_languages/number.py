"""A number that was said, with its place in the tokens of its turn."""

from dataclasses import dataclass
from decimal import Decimal

ONE = Decimal(1)


@dataclass(frozen=True, slots=True)
class Number:
    """A number said in tokens `first` to `last` inclusive. `scale` is the last one said; `low`: the next number ends this range.

    `shortened`: "двенадцать девятьсот", a word for thousand was left out.
    """

    first: int
    last: int
    value: Decimal
    scaled: bool = False
    scale: Decimal = ONE
    low: bool = False
    shortened: bool = False
