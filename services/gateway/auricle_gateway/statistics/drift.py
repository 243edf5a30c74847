"""Drift: agreement of machine and people on the random share over time, and whether what comes in is still what it was."""

from collections import defaultdict
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Annotated

from auricle_contracts.breakdowns import ClassShareView
from auricle_contracts.drift import AgreementWatch, AgreementWeek, DriftReport
from auricle_kit.sequential import watch
from auricle_quality.drift import input_drift
from auricle_quality.fairness import Counted, share
from auricle_records.analytics.inputs import input_bins
from auricle_records.analytics.reviewed import Reviewed, prevalence, reviewed
from auricle_records.conversations.filters import end_of
from fastapi import APIRouter, Query
from pydantic import Field

from auricle_gateway.access.callers import Auditor
from auricle_gateway.conversations.routes import FilterQuery
from auricle_gateway.parts import PartsOf
from auricle_gateway.rest import problem_docs

router = APIRouter(tags=["analytics"])
YEAR = timedelta(days=366)
BEFORE = 3
"""How many times as long as the last days the time before them is."""


class DriftQuery(FilterQuery):
    """Filters, and how many days are "now" for what comes in."""

    days: Annotated[int, Field(ge=7, le=92)] = 28


@router.get("/drift", summary="Agreement over time, and what comes in", responses=problem_docs.of())
async def get_drift(parts: PartsOf, caller: Auditor, query: Annotated[DriftQuery, Query()]) -> DriftReport:
    """Of conversations drawn at random and reviewed to the end, of the last year unless `since` says otherwise; what comes in is compared
    over the last `days` up to `until` or now.
    """
    filters = query.filters()
    until = datetime.now(UTC) if filters.until is None else end_of(filters.until)
    year = replace(filters, since=filters.since or until - YEAR)
    found = await reviewed(parts.db, caller.workspace, year, audited=True)
    found.reverse()
    classes = await prevalence(parts.db, caller.workspace, year)
    now_from = until - timedelta(days=query.days)
    lately = replace(filters, since=now_from - BEFORE * timedelta(days=query.days))
    bins = await input_bins(parts.db, caller.workspace, lately, now_from=now_from)
    return DriftReport(
        days=query.days,
        until=until,
        weeks=_weeks(found),
        watch=_watch(found),
        inputs=tuple(input_drift(of, counted) for of, counted in bins.items()),
        prevalence=tuple(
            ClassShareView(
                error_class=one.error_class, group=None, share=share(Counted(one.share.found, one.share.looked))
            )
            for one in classes
        ),
    )


def _weeks(found: list[Reviewed]) -> tuple[AgreementWeek, ...]:
    weeks: dict[date, list[bool]] = defaultdict(list)
    for one in found:
        day = one.reviewed_at.astimezone(UTC).date()
        weeks[day - timedelta(days=day.weekday())].append(one.is_changed)
    return tuple(
        AgreementWeek(week=week, changed=share(Counted(sum(each), len(each)))) for week, each in sorted(weeks.items())
    )


def _watch(found: list[Reviewed]) -> AgreementWatch:
    told = watch([one.is_changed for one in found])
    state = "too_few" if told.usual is None else "steady" if told.signalled is None else "drifted"
    at = {
        name: None if case is None else found[case].reviewed_at
        for name, case in (("signalled_at", told.signalled), ("began_at", told.began))
    }
    return AgreementWatch.model_validate(
        {"state": state, "n": told.n, "baseline": share(Counted(told.hits, told.baseline)), "usual": told.usual,
         "statistic": told.statistic, "limit": told.limit, **at}
    )  # fmt: skip
