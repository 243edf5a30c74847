"""The human ceiling: how often two people say the same of the same, beside which every figure of the model stands."""

from collections import Counter
from collections.abc import Sequence
from itertools import groupby

from auricle_contracts import Contract, CriterionKind
from auricle_contracts.golden import GoldenKind, GoldenLabel, GoldenState
from auricle_kit.shares import wilson
from auricle_quality import PredictedOutcome, PredictedState, grade
from auricle_records.calibration import pairs
from auricle_records.calibration.pairs import Pair
from fastapi import APIRouter

from auricle_gateway.access.callers import ArtefactReader
from auricle_gateway.parts import PartsOf
from auricle_gateway.rest import problem_docs

router = APIRouter(tags=["calibration"])
FEW = 10
SAME = 2
SEEN = "double"


class HumanAgreement(Contract):
    """Of one criterion or error class: of `n` pairs of people `agreed` said the same, by the gate's rule; Wilson's interval, 0-1.

    `sources` counts pairs: `calibration`, `blind`, `double`. The figure is of the first two; `seen` where there are only double reviews, of
    which the second could see the first. `few`: too few to tell.
    """

    kind: GoldenKind
    subject: str
    n: int
    agreed: int
    share: float
    low: float
    high: float
    few: bool
    seen: bool
    sources: dict[str, int]


class HumanAgreements(Contract):
    """What is not listed was not measured."""

    few: int
    items: tuple[HumanAgreement, ...]


@router.get("/human-agreement", summary="How far people agree with each other", responses=problem_docs.of())
async def get_agreement(parts: PartsOf, caller: ArtefactReader) -> HumanAgreements:
    """By criterion and error class: calibration sessions, blind items and double reviews. A model cannot be asked to agree more."""
    found = await pairs.pairs(parts.db, caller.workspace)
    by_subject = groupby(found, key=lambda one: (one.kind, one.subject))
    items = (_agreement(GoldenKind(kind), subject, list(said)) for (kind, subject), said in by_subject)
    return HumanAgreements(few=FEW, items=tuple(items))


def _agreement(kind: GoldenKind, subject: str, said: Sequence[Pair]) -> HumanAgreement:
    blind = [one for one in said if one.source != SEEN]
    counted = blind or said
    agreed = sum(map(agree, counted))
    low, high = wilson(agreed, len(counted))
    return HumanAgreement(
        kind=kind,
        subject=subject,
        n=len(counted),
        agreed=agreed,
        share=agreed / len(counted),
        low=low,
        high=high,
        few=len(counted) < FEW,
        seen=not blind,
        sources=dict(Counter(one.source for one in said)),
    )


def agree(pair: Pair) -> bool:
    """Scores within 10 points, everything else the same."""
    kind = GoldenKind(pair.kind)
    label = GoldenLabel(kind=kind, subject=pair.subject, state=GoldenState(pair.state), value=pair.value)
    scale = CriterionKind(pair.scale) if pair.scale else None
    said = PredictedOutcome(
        kind=kind, subject=pair.subject, state=PredictedState(pair.other_state), value=pair.other_value, scale=scale
    )
    return grade(label, said) == SAME
