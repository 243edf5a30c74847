"""Whether what comes in is still what it was: the population stability index, with what it is by chance. Pure."""

from collections.abc import Sequence
from math import log, sqrt

from auricle_contracts.drift import DriftInput, InputBin, InputDrift

MINIMUM = 50
NOTICED = 0.1
"""Above it a shift is usually called moderate."""
_ONE_SIDED = 1.6448536269514722
_HALF = 0.5


def input_drift(of: DriftInput, bins: Sequence[InputBin]) -> InputDrift:
    """Over bins of both periods; the largest come first."""
    told = tuple(sorted(bins, key=lambda one: (-(one.before + one.now), one.name)))
    before, now = sum(one.before for one in bins), sum(one.now for one in bins)
    if min(before, now) < MINIMUM:
        return InputDrift(input=of, psi=None, noise=None, state="too_few", bins=told)
    found, chance = psi(bins), noise(len(bins), before, now)
    state = "moved" if found > max(NOTICED, chance) else "steady"
    return InputDrift.model_validate({"input": of, "psi": found, "noise": chance, "state": state, "bins": told})


def psi(bins: Sequence[InputBin]) -> float:
    """The sum of (q - p) ln(q / p) over bins; half a case is added to each, so that an empty one is not infinite."""
    before, now = (sum(getattr(one, side) + _HALF for one in bins) for side in ("before", "now"))
    shares = [((one.before + _HALF) / before, (one.now + _HALF) / now) for one in bins]
    return float(sum((q - p) * log(q / p) for p, q in shares))


def noise(bins: int, before: int, now: int) -> float:
    """Its 95 % quantile where nothing moved: chi-squared over bins - 1, times 1 / before + 1 / now (Yurdakul, Naranjo 2020)."""
    return _chi_squared(bins - 1) * (1 / before + 1 / now) if bins > 1 else 0.0


def _chi_squared(degrees: int) -> float:
    """The 95 % quantile, by Wilson and Hilferty (1931): within 3 % from one degree on."""
    spread = 2 / (9 * degrees)
    return float(degrees * (1 - spread + _ONE_SIDED * sqrt(spread)) ** 3)
