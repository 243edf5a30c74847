"""Whether the machine errs more in one group of conversations than in all others, with what people said as control. Pure.

Each measure is a share of conversations, tested against the rest by Fisher's exact test (two-sided: all tables at most as probable as the
one seen), so that a group of ten with one event is no discovery. Holm (1979) corrects over everything that was tested. Where fewer than
MINIMUM are on either side nothing is tested and nothing said.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import exp, lgamma, sqrt
from statistics import fmean

from auricle_contracts.breakdowns import DifferenceView, MeanOf, ShareOf
from auricle_contracts.fairness import (
    FairnessBy,
    FairnessControl,
    FairnessFigure,
    FairnessGroup,
    FairnessMeasure,
    FairnessReport,
)
from auricle_kit.means import mean_interval
from auricle_kit.shares import wilson

MINIMUM = 10
LEVEL = 0.05
SAME_POINTS = 0.5
"""Points (of 100) within which two scores are the same."""
MOST_GROUPS = 100
_NOTHING = DifferenceView(value=None, low=None, high=None, is_told=False)
_ROUNDING = 1e-9


@dataclass(frozen=True, slots=True)
class Outcome:
    """A reviewed conversation: what the machine said, and what people left. Scores are None where not both have one."""

    machine_error: bool
    people_error: bool
    false_alarm: bool
    missed: bool
    changed: bool
    machine_score: float | None = None
    people_score: float | None = None

    @property
    def events(self) -> dict[FairnessMeasure, bool]:
        """What counts in which measure; scores only where there are two."""
        found = {
            FairnessMeasure.CHANGED: self.changed,
            FairnessMeasure.FALSE_ALARM: self.false_alarm,
            FairnessMeasure.MISSED: self.missed,
        }
        if self.machine_score is not None and self.people_score is not None:
            found[FairnessMeasure.TOO_LOW] = self.people_score - self.machine_score > SAME_POINTS
            found[FairnessMeasure.TOO_HIGH] = self.machine_score - self.people_score > SAME_POINTS
        return found


@dataclass(frozen=True, slots=True)
class Counted:
    """So many events of so many."""

    hits: int
    of: int

    def less(self, other: "Counted") -> "Counted":
        """What is left without those."""
        return Counted(self.hits - other.hits, self.of - other.of)


def report(
    by: FairnessBy,
    groups: Mapping[str, Sequence[Outcome]],
    everything: Sequence[Outcome],
    appeals: Mapping[str, Counted],
    all_appeals: Counted,
    *,
    audited: bool,
) -> FairnessReport:
    """`groups` by name; a conversation may be in several, as one with two agents is. The largest MOST_GROUPS are tested and told."""
    names = sorted({*groups, *appeals}, key=lambda name: (-len(groups.get(name, ())), name))[:MOST_GROUPS]
    whole = _counted(everything) | {FairnessMeasure.APPEAL_ACCEPTED: all_appeals}
    nothing = Counted(0, 0)
    pairs: dict[tuple[str, FairnessMeasure], tuple[Counted, Counted]] = {}
    for name in names:
        counted = _counted(groups.get(name, ())) | {FairnessMeasure.APPEAL_ACCEPTED: appeals.get(name, nothing)}
        pairs |= {(name, of): (counted[of], whole[of].less(counted[of])) for of in FairnessMeasure}
    tested = {key: fisher(*pair) for key, pair in pairs.items() if min(one.of for one in pair) >= MINIMUM}
    corrected = dict(zip(tested, holm(list(tested.values())), strict=True))
    told = [
        FairnessGroup(
            name=name,
            reviewed=len(groups.get(name, ())),
            control=control(groups.get(name, ())),
            figures=tuple(_figure(of, pairs[name, of], corrected.get((name, of))) for of in FairnessMeasure),
        )
        for name in names
    ]
    return FairnessReport(
        by=by, audited=audited, reviewed=len(everything), minimum=MINIMUM, tests=len(tested), groups=tuple(told)
    )


def control(outcomes: Sequence[Outcome]) -> FairnessControl:
    """Machine and people over the same conversations. The interval of the errors' difference is Newcombe's, by its two discordant shares;
    that of scores Student's, none where no score differs.
    """
    n = len(outcomes)
    machine, people = (sum(one.machine_error for one in outcomes), sum(one.people_error for one in outcomes))
    more = Counted(sum(one.machine_error and not one.people_error for one in outcomes), n)
    fewer = Counted(sum(one.people_error and not one.machine_error for one in outcomes), n)
    both = [
        (one.machine_score, one.people_score)
        for one in outcomes
        if one.machine_score is not None and one.people_score is not None
    ]
    return FairnessControl(
        machine_errors=share(Counted(machine, n)),
        people_errors=share(Counted(people, n)),
        errors=difference(more, fewer),
        machine_score=_mean([one for one, _ in both]),
        people_score=_mean([one for _, one in both]),
        score=_mean_difference([one - other for one, other in both]),
    )


def share(counted: Counted) -> ShareOf:
    """With Wilson's interval; nothing of nothing."""
    if not counted.of:
        return ShareOf(found=0, looked=0, share=None, low=None, high=None)
    low, high = wilson(counted.hits, counted.of)
    return ShareOf(found=counted.hits, looked=counted.of, share=counted.hits / counted.of, low=low, high=high)


def difference(first: Counted, second: Counted) -> DifferenceView:
    """The first share less the second, with Newcombe's interval (1998, method 10)."""
    if not first.of or not second.of:
        return _NOTHING
    one, other = first.hits / first.of, second.hits / second.of
    (low_1, high_1), (low_2, high_2) = wilson(first.hits, first.of), wilson(second.hits, second.of)
    low = one - other - sqrt((one - low_1) ** 2 + (high_2 - other) ** 2)
    high = one - other + sqrt((high_1 - one) ** 2 + (other - low_2) ** 2)
    return DifferenceView(value=one - other, low=low, high=high, is_told=low > 0 or high < 0)


def fisher(first: Counted, second: Counted) -> float:
    """The two-sided p of Fisher's exact test that both have the same share."""
    hits, of = first.hits + second.hits, first.of + second.of
    lowest, highest = max(0, first.of - (of - hits)), min(hits, first.of)

    def probability(in_first: int) -> float:
        return exp(_choose(hits, in_first) + _choose(of - hits, first.of - in_first) - _choose(of, first.of))

    seen = probability(first.hits) * (1 + _ROUNDING)
    return min(1.0, sum(p for p in map(probability, range(lowest, highest + 1)) if p <= seen))


def holm(values: Sequence[float]) -> list[float]:
    """Each p corrected over all of them (Holm 1979), in the given order."""
    order = sorted(range(len(values)), key=lambda at: values[at])
    corrected, highest = [1.0] * len(values), 0.0
    for rank, at in enumerate(order):
        highest = max(highest, min(1.0, (len(values) - rank) * values[at]))
        corrected[at] = highest
    return corrected


def _choose(n: int, k: int) -> float:
    return lgamma(n + 1) - lgamma(k + 1) - lgamma(n - k + 1)


def _counted(outcomes: Sequence[Outcome]) -> dict[FairnessMeasure, Counted]:
    events = [one.events for one in outcomes]
    return {
        of: Counted(sum(one.get(of, False) for one in events), sum(of in one for one in events))
        for of in FairnessMeasure
    }


def _figure(measure: FairnessMeasure, pair: tuple[Counted, Counted], p: float | None) -> FairnessFigure:
    mine, rest = pair
    gap = difference(mine, rest)
    verdict = "too_few" if p is None else "not_told"
    if p is not None and p < LEVEL:
        verdict = "more" if (gap.value or 0) > 0 else "less"
    return FairnessFigure.model_validate(
        {"measure": measure, "share": share(mine), "rest": share(rest), "difference": gap, "p": p, "verdict": verdict}
    )


def _mean(values: Sequence[float]) -> MeanOf:
    if not values:
        return MeanOf(mean=None, n=0, plus_minus=None)
    interval = mean_interval(values)
    return MeanOf(mean=fmean(values), n=len(values), plus_minus=(interval[1] - interval[0]) / 2 if interval else None)


def _mean_difference(values: Sequence[float]) -> DifferenceView:
    if not values:
        return _NOTHING
    interval = mean_interval(values) if len(set(values)) > 1 else None
    low, high = interval or (None, None)
    told = low is not None and high is not None and (low > 0 or high < 0)
    return DifferenceView(value=fmean(values), low=low, high=high, is_told=told)
