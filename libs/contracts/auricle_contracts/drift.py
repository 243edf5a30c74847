"""Drift: whether machine and people agree less than they did, and whether what comes in is still what it was."""

from datetime import date, datetime
from enum import StrEnum
from typing import Literal

from auricle_contracts.breakdowns import ClassShareView, ShareOf
from auricle_contracts.contract import Contract


class DriftInput(StrEnum):
    """What of conversations is compared. `length` is by characters of the transcript; `confidence` is the mean of the model's answers."""

    CHANNEL = "channel"
    LANGUAGE = "language"
    LENGTH = "length"
    CONFIDENCE = "confidence"


class AgreementWeek(Contract):
    """A Monday, UTC; of the conversations drawn at random and reviewed in that week, those in which a person changed anything."""

    week: date
    changed: ShareOf


class AgreementWatch(Contract):
    """A sequential test (CUSUM). The first `baseline` reviews say what is `usual`: the upper end of their interval. It signals when
    `statistic` reaches `limit`; on average no sooner than after a thousand reviews without a change. `began_at` is the review from which
    it rose. `too_few`: not even a baseline.
    """

    state: Literal["too_few", "steady", "drifted"]
    n: int
    baseline: ShareOf
    usual: float | None
    statistic: float
    limit: float
    signalled_at: datetime | None
    began_at: datetime | None


class InputBin(Contract):
    """One value or band, and how many conversations have it: before, and now. `name` is "" where nothing is known."""

    name: str
    before: int
    now: int


class InputDrift(Contract):
    """Population stability index of an input; `noise` is what it stays under by chance (95 %) with so many conversations. `moved`: above
    0.1 and above the noise; `too_few`: fewer than fifty on either side.
    """

    input: DriftInput
    psi: float | None
    noise: float | None
    state: Literal["too_few", "steady", "moved"]
    bins: tuple[InputBin, ...]


class DriftReport(Contract):
    """Agreement over the whole period; inputs of the last `days` beside the three times as long before. `prevalence`: how often each error
    class occurs, by what people left of the same conversations; they had the same chance to be drawn, so it stands for all. The rarest
    first.
    """

    days: int
    until: datetime
    weeks: tuple[AgreementWeek, ...]
    watch: AgreementWatch
    inputs: tuple[InputDrift, ...]
    prevalence: tuple[ClassShareView, ...]
