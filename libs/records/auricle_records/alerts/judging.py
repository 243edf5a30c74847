"""Whether a rule rings on what was measured. Pure.

A count rings at its threshold. A mean or a share rings only when its whole 95 % interval is beyond the threshold, or when the interval of
its difference from the period before is on one side of nothing: so noise rings one time in forty, and few conversations hardly ever.
"""

from auricle_contracts.alerts import COUNTS, AlertRuleIn, Measure

from auricle_records.analytics.breakdown import Mean, Share
from auricle_records.analytics.differences import Difference, of_means, of_shares

Measured = Mean | Share


def rings(rule: AlertRuleIn, last: Measured, before: Measured | None) -> bool | None:
    """None where too few conversations tell neither. `before` is the period before, for a rule that compares with it."""
    if rule.measure in COUNTS:
        return isinstance(last, Share) and last.found >= rule.threshold
    if _n(last) < rule.minimum or (before is not None and _n(before) < rule.minimum):
        return None
    if before is not None:
        return _worsened(rule, _difference(before, last))
    low, high = _interval(last)
    if low is None or high is None:
        return None
    return high < rule.threshold if rule.measure is Measure.MEAN_SCORE else low > rule.threshold


def _worsened(rule: AlertRuleIn, difference: Difference) -> bool:
    if not difference.is_told or difference.value is None:
        return False
    worse = -difference.value if rule.measure is Measure.MEAN_SCORE else difference.value
    return worse > 0 and worse >= rule.threshold


def _difference(before: Measured, last: Measured) -> Difference:
    if isinstance(before, Share) and isinstance(last, Share):
        return of_shares(before, last)
    assert isinstance(before, Mean)
    assert isinstance(last, Mean)
    return of_means(before, last)


def _n(one: Measured) -> int:
    return one.looked if isinstance(one, Share) else one.n


def _interval(one: Measured) -> tuple[float | None, float | None]:
    if isinstance(one, Share):
        return one.interval if one.looked else (None, None)
    if one.mean is None or one.plus_minus is None:
        return None, None
    return one.mean - one.plus_minus, one.mean + one.plus_minus
