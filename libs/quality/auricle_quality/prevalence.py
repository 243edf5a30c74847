"""How often something occurs, from what a machine says of all conversations and people of a random share of them. Pure.

Double sampling (Tenenbein 1970): p = q · PPV + (1 - q) · FOR, with q the machine's share of all, PPV the right ones of what it found and
FOR the missed ones of the rest, both by people. It is what Rogan and Gladen (1978) correct by sensitivity and specificity, for the case
that the checked conversations are a random part of the same: there both of its terms are shares, and it never leaves 0 to 1. The interval
is of the three shares drawn from their posteriors (beta, Jeffreys' prior), which holds for small counts and for none, where the formula's
normal approximation has no width.
"""

from dataclasses import dataclass
from random import Random

from auricle_contracts.prevalence import PrevalenceMethod
from auricle_kit.shares import wilson

from auricle_quality.fairness import Counted

FEWEST = 10
"""Checked conversations: of each side to correct by, and of both to be a share of their own."""
DRAWS = 4000
_JEFFREYS = 0.5


@dataclass(frozen=True, slots=True)
class Estimate:
    """A share with its 95 % interval, and how it was made; None of nothing."""

    method: PrevalenceMethod
    share: float | None
    low: float | None
    high: float | None


def estimate(machine: Counted, found: Counted, rest: Counted) -> Estimate:
    """`machine`: found of all. Of the checked ones: `found` by the machine, and how many of those are there; the `rest`, and how many of
    those are there all the same.
    """
    if machine.of and min(found.of, rest.of) >= FEWEST:
        q, ppv, missed = (one.hits / one.of for one in (machine, found, rest))
        return Estimate("corrected", q * ppv + (1 - q) * missed, *_interval(machine, found, rest))
    checked = Counted(found.hits + rest.hits, found.of + rest.of)
    if checked.of >= FEWEST:
        return Estimate("audited", checked.hits / checked.of, *wilson(checked.hits, checked.of))
    if machine.of:
        return Estimate("machine", machine.hits / machine.of, *wilson(machine.hits, machine.of))
    return Estimate("none", None, None, None)


def _interval(machine: Counted, found: Counted, rest: Counted) -> tuple[float, float]:
    """The middle 95 % of DRAWS, the same ones at every call."""
    lot = Random(0)  # noqa: S311 - draws of a posterior

    def drawn(of: Counted) -> float:
        return lot.betavariate(of.hits + _JEFFREYS, of.of - of.hits + _JEFFREYS)

    shares = []
    for _ in range(DRAWS):
        q = drawn(machine)
        shares.append(q * drawn(found) + (1 - q) * drawn(rest))
    shares.sort()
    return shares[round(0.025 * DRAWS)], shares[round(0.975 * DRAWS) - 1]
