"""Whether a share has risen, asked again with each new case and still right. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from math import log

from auricle_kit.shares import wilson

BASELINE = 50
ODDS = 2.0
RUN_LENGTH = 1000
"""Cases until a false signal, on average at least."""


@dataclass(frozen=True, slots=True)
class Watched:
    """A share that was watched case by case. The first `baseline` of `n` cases, `hits` of them, say what is usual; `usual` is the upper
    end of that share's 95 % interval. `statistic` rises towards `limit` while cases speak for odds that are ODDS times higher.

    `signalled` is the first case (from 0) at which it was reached, `began` the case from which it rose to there; None: it was not.
    Below BASELINE cases nothing is watched, and `usual` is None.
    """

    n: int
    baseline: int
    hits: int
    usual: float | None
    statistic: float
    limit: float
    signalled: int | None = None
    began: int | None = None


def watch(cases: Sequence[bool]) -> Watched:
    """Page's CUSUM (1954) of a Bernoulli likelihood ratio, in the order in which the cases came.

    With the logarithm of RUN_LENGTH as limit the mean time to a false signal is at least RUN_LENGTH (Lorden 1971), while the share is at
    most `usual`. After a signal nothing more is watched.
    """
    limit, hits = log(RUN_LENGTH), sum(cases[:BASELINE])
    if len(cases) < BASELINE:
        return Watched(len(cases), len(cases), hits, None, 0.0, limit)
    usual = wilson(hits, BASELINE)[1]
    raised = ODDS * usual / (1 - usual + ODDS * usual)
    hit, miss = log(raised / usual), log((1 - raised) / (1 - usual)) if usual < 1 else 0.0
    statistic, began = 0.0, BASELINE
    for at in range(BASELINE, len(cases)):
        if statistic <= 0:
            statistic, began = 0.0, at
        statistic += hit if cases[at] else miss
        if statistic >= limit:
            return Watched(len(cases), BASELINE, hits, usual, statistic, limit, at, began)
    return Watched(len(cases), BASELINE, hits, usual, max(0.0, statistic), limit)
