"""Fairness: whether the machine errs more about some conversations than about others, with people's verdicts as control."""

from enum import StrEnum
from typing import Literal

from auricle_contracts.breakdowns import DifferenceView, MeanOf, ShareOf
from auricle_contracts.contract import Contract


class FairnessBy(StrEnum):
    """What groups conversations. `length` is by characters of the transcript; `quality`: whether a recording's transcript has a flag."""

    AGENT = "agent"
    LINE = "line"
    LANGUAGE = "language"
    LENGTH = "length"
    QUALITY = "quality"


class FairnessMeasure(StrEnum):
    """What may differ between groups, each a share. Of reviewed conversations: a person changed anything (`changed`), rejected an error
    (`false_alarm`), added one (`missed`), raised or lowered the score (`too_low`, `too_high`). Of decided appeals: it was accepted,
    wholly or partly (`appeal_accepted`).
    """

    CHANGED = "changed"
    FALSE_ALARM = "false_alarm"
    MISSED = "missed"
    TOO_LOW = "too_low"
    TOO_HIGH = "too_high"
    APPEAL_ACCEPTED = "appeal_accepted"


class FairnessFigure(Contract):
    """A measure in a group and in all other groups together. `p` is Fisher's exact one (two-sided), corrected over everything that was
    tested in the report (Holm); null where too few are on either side, and then nothing is said (`too_few`).
    """

    measure: FairnessMeasure
    share: ShareOf
    rest: ShareOf
    difference: DifferenceView
    p: float | None
    verdict: Literal["too_few", "not_told", "more", "less"]


class FairnessControl(Contract):
    """What the machine and what people said of the same reviewed conversations: share with an error, and the mean judged score.
    Differences are the machine's less the people's.
    """

    machine_errors: ShareOf
    people_errors: ShareOf
    errors: DifferenceView
    machine_score: MeanOf
    people_score: MeanOf
    score: DifferenceView


class FairnessGroup(Contract):
    """`name` is "" where nothing is known; bands of `length` and words of `quality` are names of their own."""

    name: str
    reviewed: int
    control: FairnessControl
    figures: tuple[FairnessFigure, ...]


class FairnessReport(Contract):
    """Over conversations that people reviewed to the end; with `audited` only those that were drawn at random, which alone stand for all.
    Groups by size. `tests` is how many comparisons the correction counts.
    """

    by: FairnessBy
    audited: bool
    reviewed: int
    minimum: int
    tests: int
    groups: tuple[FairnessGroup, ...]
