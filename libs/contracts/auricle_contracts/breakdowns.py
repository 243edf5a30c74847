"""Analytics over many conversations: scores and error classes by a group, two periods or recipes compared, people beside bots."""

from datetime import date

from auricle_contracts.contract import Contract


class MeanOf(Contract):
    """Over `n` values; `plus_minus` is half of the 95 % interval by Student's t, null below two."""

    mean: float | None
    n: int
    plus_minus: float | None


class ShareOf(Contract):
    """`found` of `looked`: conversations in which it was decided. `low` to `high` is Wilson's 95 % interval; null where nobody looked."""

    found: int
    looked: int
    share: float | None
    low: float | None
    high: float | None


class GroupView(Contract):
    """`name` is "" without a line or a team; of a week its Monday, in UTC. `score` is of the conversations' mean judged scores."""

    name: str
    evaluated: int
    score: MeanOf


class CriterionMeanView(Contract):
    """One judged score; `week` is a Monday in UTC, or null over all."""

    criterion: str
    title: str
    mean: MeanOf
    week: date | None


class ClassShareView(Contract):
    """How often an error class is found; `group` null in all."""

    error_class: str
    group: str | None
    share: ShareOf


class BreakdownView(Contract):
    """`groups` by size, at most 200; `classes` the most frequent first, `cells` the same by group."""

    by: str
    evaluated: int
    score: MeanOf
    groups: tuple[GroupView, ...]
    criteria: tuple[CriterionMeanView, ...]
    weeks: tuple[CriterionMeanView, ...]
    classes: tuple[ClassShareView, ...]
    cells: tuple[ClassShareView, ...]


class DifferenceView(Contract):
    """The second less the first with its 95 % interval; `is_told` where that lies on one side of nothing. Intervals are of each difference
    alone: of twenty without any, one will seem told.
    """

    value: float | None
    low: float | None
    high: float | None
    is_told: bool


class MeanComparedView(Contract):
    """`criterion` is null for the score of the whole."""

    criterion: str | None
    title: str
    first: MeanOf
    second: MeanOf
    difference: DifferenceView


class ClassComparedView(Contract):
    """An error class in both."""

    error_class: str
    first: ShareOf
    second: ShareOf
    difference: DifferenceView


class ComparisonView(Contract):
    """Two sets of conversations, `first` and `second` evaluated ones."""

    first: int
    second: int
    means: tuple[MeanComparedView, ...]
    classes: tuple[ClassComparedView, ...]


class ClassParityView(Contract):
    """An error class of people and of bots: `looked` are opportunities, `found` conversations with the error; `difference` is bots less
    people. `too_few`: one side has fewer than ten opportunities, and nothing can be told.
    """

    error_class: str
    people: ShareOf
    bots: ShareOf
    difference: DifferenceView
    too_few: bool


class ParityView(Contract):
    """Evaluated conversations with people and with bots, `shared` of them with both; live classes, the most frequent first."""

    people: int
    bots: int
    shared: int
    classes: tuple[ClassParityView, ...]
