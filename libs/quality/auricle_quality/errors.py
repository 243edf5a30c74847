"""Errors of judging.

AuricleError
├── JudgeIsScorer    422   a model would grade what it said itself
└── WeightsUnknown   422   nothing tells which weights a judge has, so nothing would tell that they changed
"""

from auricle_contracts import Code
from auricle_kit.errors import AuricleError


class JudgeIsScorer(AuricleError):
    """The judge is the very model whose sayings it would grade."""

    code = Code.JUDGE_IS_SCORER
    status = 422


class WeightsUnknown(AuricleError):
    """A certificate needs the weights' hash: it is void once they change."""

    code = Code.WEIGHTS_UNKNOWN
    status = 422
