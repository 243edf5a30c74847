"""How urgently an item waits: its risk (0-1) is 1 - Π(1 - w) over its reasons, the chance that a person would change something if the
reasons were independent.

The weights w are chosen, not measured; a workspace may choose others. `undetermined` weighs by the share of answers and classes that
nobody could tell, `unsure` by the doubt, 1 - confidence, of the least sure answer or finding.
"""

from collections.abc import Mapping

from auricle_contracts.review import ReviewReason, ReviewSettings
from sqlalchemy import BindParameter, Double, bindparam

WEIGHTS: Mapping[ReviewReason, float] = {
    ReviewReason.FATAL: 0.8,
    ReviewReason.CONTESTED: 0.6,
    ReviewReason.UNDETERMINED: 0.5,
    ReviewReason.UNSURE: 0.5,
    ReviewReason.RARE_CLASS: 0.3,
    ReviewReason.DISAGREEING: 0.4,
    ReviewReason.HUNTED: 0.2,
    ReviewReason.OUTLIER: 0.3,
    ReviewReason.AUDITED: 0.05,
    ReviewReason.AGENT_WEEK: 0.05,
    ReviewReason.REQUESTED: 0.5,
}


def parameter(reason: ReviewReason) -> BindParameter[float]:
    """The weight of a reason as a statement's parameter, `:w_fatal`."""
    return bindparam(f"w_{reason}", WEIGHTS[reason], Double)


def weights(settings: ReviewSettings) -> dict[str, float]:
    """The workspace's weights, as parameters of a statement."""
    return {f"w_{reason}": settings.weights.get(reason, usual) for reason, usual in WEIGHTS.items()}
