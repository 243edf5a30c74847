"""What a dry run would use, told before anything is started: by what the same conversations used when they were judged. Pure."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date

from auricle_contracts import Usage
from auricle_contracts.artefacts import DryRunMethod
from auricle_contracts.dry_runs import DryRunEstimate
from auricle_records.errors import OverBudget

from auricle_gateway.costs.prices import PriceBook, total


def estimate(
    method: DryRunMethod,
    conversations: int,
    in_period: int,
    used: Mapping[str, Sequence[Usage]],
    prices: PriceBook,
    on: date,
) -> DryRunEstimate:
    """`used` by conversation, of those whose ledger is known; the others count as these on average. Money at prices of the day `on`."""
    told = {"method": method, "conversations": conversations, "in_period": in_period, "known": len(used)}
    nothing = dict.fromkeys(("tokens_in", "tokens_out", "seconds", "amount_usd"))
    if method is DryRunMethod.STORED:
        return DryRunEstimate.model_validate(told | dict.fromkeys(nothing, 0))
    if not used:
        return DryRunEstimate.model_validate(told | nothing)
    usages = [one for each in used.values() for one in each]
    times = conversations / len(used)
    money = total(prices.cost(tuple(usages), on))
    return DryRunEstimate.model_validate(
        told
        | {
            "tokens_in": round(times * _sum(one.tokens_in for one in usages)),
            "tokens_out": round(times * _sum(one.tokens_out for one in usages)),
            "seconds": times * sum(one.seconds for one in usages),
            "amount_usd": None if money is None else money * conversations / len(used),
        }
    )


def check_budget(found: DryRunEstimate, budget_tokens: int | None) -> None:
    """Raises OverBudget, also where nobody knows what it would use."""
    if budget_tokens is None:
        return
    if found.tokens_in is None or found.tokens_out is None:
        raise OverBudget("what these conversations used is not known", action="Start it without a budget.")
    if found.tokens_in + found.tokens_out > budget_tokens:
        raise OverBudget(
            f"about {found.tokens_in + found.tokens_out} tokens, more than {budget_tokens}",
            action="Judge fewer conversations, or raise the budget.",
        )


def _sum(tokens: Iterable[int | None]) -> int:
    return sum(one or 0 for one in tokens)
