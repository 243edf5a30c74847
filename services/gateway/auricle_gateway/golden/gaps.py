"""What the golden set lacks, and where such conversations wait."""

from datetime import UTC, datetime

from auricle_contracts.golden import GoldenKind
from auricle_criteria import ClassState
from auricle_records.golden import gaps
from auricle_records.golden.gaps import DAYS, MOST, GoldenGap
from fastapi import APIRouter

from auricle_gateway.access.callers import Reviewer
from auricle_gateway.golden.replies import GoldenGapList, GoldenGapView
from auricle_gateway.golden.transfer import quota_view
from auricle_gateway.parts import PartsOf
from auricle_gateway.rest import problem_docs

router = APIRouter(tags=["golden"])
_NUMBERS = ("waiting_with", "waiting_without", "waiting_undetermined", "hunted", "judged_with", "judged_without")


@router.get("/golden-gaps", summary="What the golden set lacks, and where it waits", responses=problem_docs.of())
async def get_gaps(parts: PartsOf, caller: Reviewer) -> GoldenGapList:
    """By error class or criterion, and channel: what is missing to the quota, how many such conversations are in the review queue
    (`GET /v1/review-items` with `subject`, `subject_state` and `channel` lists them), and how many were judged and wait nowhere.
    `untouched`: error classes of the checklist of which there is neither a label nor a conversation.
    """
    found = await gaps.find(parts.db, caller.workspace, now=datetime.now(UTC))
    classes = await parts.pinned.classes(parts.db, caller.workspace)
    touched = found.touched
    looked_for = {one.id for one in classes.values() if one.state is not ClassState.PLANNED}
    return GoldenGapList(
        quota=found.quota,
        days=DAYS,
        most=MOST,
        items=tuple(_view(one, found.quota) for one in found.rows),
        untouched=tuple(sorted(looked_for - {one for kind, one in touched if kind is GoldenKind.ERROR_CLASS})),
    )


def _view(gap: GoldenGap, wanted: int) -> GoldenGapView:
    return GoldenGapView(
        **quota_view(gap.quota, wanted).model_dump(), **{name: getattr(gap, name) for name in _NUMBERS}
    )
