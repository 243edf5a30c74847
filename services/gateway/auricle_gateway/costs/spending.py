"""Money and seconds by criterion and by worker: the same parts as in the ledger, with the prices of the day. Pure.

Parts add up to their whole, to the last 0.00000001 dollar.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal

from auricle_contracts import CostLine, CriterionCost
from auricle_kit.metering import NS_PER_S
from auricle_records.worker_uptime import WorkerUptime

from auricle_gateway.costs.prices import MICRO_DOLLARS, PriceBook, PriceFile
from auricle_gateway.operations.replies import ShiftSum


@dataclass(frozen=True, slots=True)
class _Part:
    criterion: str
    tokens: int
    seconds: float
    amount: Decimal | None


def by_criterion(costs: Iterable[CostLine]) -> tuple[CriterionCost, ...]:
    """What each criterion cost of the lines that say whose their tokens were; the most tokens first."""
    parts: dict[str, list[_Part]] = {}
    for line in costs:
        for part in _parts(line):
            parts.setdefault(part.criterion, []).append(part)
    summed = (_summed(criterion, found) for criterion, found in parts.items())
    return tuple(sorted(summed, key=lambda cost: (-cost.tokens, cost.criterion)))


def _parts(line: CostLine) -> list[_Part]:
    criteria = line.usage.criteria or {}
    weights = list(criteria.values())
    spent = sum(weights)
    if not spent:
        return []
    amounts: Sequence[Decimal | None] = [None] * len(weights)
    if line.amount_usd is not None:
        amounts = apportioned(line.amount_usd, weights)
    seconds = line.usage.seconds
    return [
        _Part(criterion, tokens, seconds * tokens / spent, amount)
        for (criterion, tokens), amount in zip(criteria.items(), amounts, strict=True)
    ]


def _summed(criterion: str, parts: Sequence[_Part]) -> CriterionCost:
    amounts = [part.amount for part in parts if part.amount is not None]
    return CriterionCost(
        criterion=criterion,
        tokens=sum(part.tokens for part in parts),
        seconds=sum(part.seconds for part in parts),
        amount_usd=sum(amounts, Decimal(0)) if amounts else None,
    )


def apportioned(amount: Decimal, weights: Sequence[int]) -> list[Decimal]:
    """The amount in proportion to whole weights, not all of them zero; what does not divide goes to the first, a unit each."""
    units, whole = int(amount / MICRO_DOLLARS), sum(weights)
    shares = [units * weight // whole for weight in weights]
    for number in range(units - sum(shares)):
        shares[number] += 1
    return [share * MICRO_DOLLARS for share in shares]


def by_worker(shifts: Iterable[WorkerUptime], prices: PriceBook) -> tuple[ShiftSum, ...]:
    """Pod seconds by service and device: attributed + wasted + open + idle, and the money of each with the prices of its day."""
    groups: dict[tuple[str, str], list[WorkerUptime]] = {}
    for shift in shifts:
        groups.setdefault((shift.service, shift.device), []).append(shift)
    return tuple(_sum(service, device, group, prices) for (service, device), group in sorted(groups.items()))


def _sum(service: str, device: str, group: Sequence[WorkerUptime], prices: PriceBook) -> ShiftSum:
    parts = {
        "attributed": [shift.tally.attributed_ns for shift in group],
        "wasted": [shift.wasted_ns for shift in group],
        "open": [shift.open_ns for shift in group],
        "idle": [shift.tally.idle_ns for shift in group],
    }
    files = [prices.on(shift.started_at.date()) for shift in group]
    return ShiftSum(
        service=service,
        device=device,
        shifts=len(group),
        alive_seconds=sum(shift.tally.alive_ns for shift in group) / NS_PER_S,
        **{f"{name}_seconds": sum(found) / NS_PER_S for name, found in parts.items()},
        **{f"{name}_usd": _money(device, found, files) for name, found in parts.items()},
    )


def _money(device: str, nanoseconds: Sequence[int], files: Sequence[PriceFile]) -> Decimal | None:
    """None where the device has no price: a laptop's second is no GPU's."""
    amounts = [file.amount(device, Decimal(ns) / NS_PER_S) for ns, file in zip(nanoseconds, files, strict=True)]
    known = [amount for amount in amounts if amount is not None]
    return sum(known, Decimal(0)) if known else None
