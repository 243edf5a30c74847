"""What a conversation cost: seconds, tokens, money. Speech and language stand apart.

Seconds of a device without a price (a laptop's) have none: a dash, never a zero and never a GPU's money.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from auricle_contracts import CostLine, Step


@dataclass(frozen=True)
class Sum:
    """Tokens are those that a model read and wrote, not those that the compressor counted.

    `amount_usd` is the money of the lines that have a price, None when none has; `unpriced` are devices without one.
    """

    seconds: float
    tokens_in: int
    tokens_out: int
    amount_usd: Decimal | None
    unpriced: tuple[str, ...]


@dataclass(frozen=True)
class Group:
    """`speech` or `language`, its lines and their sum."""

    name: str
    lines: tuple[CostLine, ...]
    sum: Sum


@dataclass(frozen=True)
class Ledger:
    """Groups in the order of work, and everything together."""

    groups: tuple[Group, ...]
    total: Sum
    prices_dated: date | None


def ledger(costs: Sequence[CostLine]) -> Ledger:
    """The groups of a conversation's cost lines."""
    speech = tuple(line for line in costs if line.usage.step is Step.TRANSCRIBE)
    language = tuple(line for line in costs if line.usage.step is Step.EVALUATE)
    groups = (Group("speech", speech, add(speech)), Group("language", language, add(language)))
    dated = max((line.prices_dated for line in costs), default=None)
    return Ledger(tuple(group for group in groups if group.lines), add(costs), dated)


def add(lines: Iterable[CostLine]) -> Sum:
    """Sums of seconds, tokens, and money where there is a price."""
    every = list(lines)
    asked = [line.usage for line in every if line.usage.model]
    amounts = [line.amount_usd for line in every if line.amount_usd is not None]
    return Sum(
        seconds=sum(line.usage.seconds for line in every),
        tokens_in=sum(usage.tokens_in or 0 for usage in asked),
        tokens_out=sum(usage.tokens_out or 0 for usage in asked),
        amount_usd=sum(amounts, Decimal(0)) if amounts else None,
        unpriced=tuple(sorted({line.usage.device for line in every if line.amount_usd is None})),
    )
