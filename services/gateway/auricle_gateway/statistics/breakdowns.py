"""Analytics by team, agent, line, channel or week, and two periods or recipes compared."""

from dataclasses import fields, is_dataclass, replace
from typing import Annotated, Any

from auricle_contracts.breakdowns import BreakdownView, ComparisonView
from auricle_records import analytics
from auricle_records.analytics import By
from auricle_records.analytics.breakdown import Share
from auricle_records.analytics.differences import Difference
from fastapi import APIRouter, Query
from pydantic import Field

from auricle_gateway.access.callers import Reader
from auricle_gateway.conversations.routes import FilterQuery
from auricle_gateway.errors import InvalidRequest
from auricle_gateway.parts import PartsOf
from auricle_gateway.rest import problem_docs, timestamps
from auricle_gateway.statistics.agents import bounded

router = APIRouter(tags=["analytics"])


class BreakdownQuery(FilterQuery):
    """Filters, and what groups what they leave."""

    by: By = By.LINE


class ComparisonQuery(FilterQuery):
    """Filters of both; what differs in the second."""

    other_since: timestamps.DayOrMoment | None = None
    other_until: timestamps.DayOrMoment | None = None
    other_recipe: Annotated[str | None, Field(min_length=1, max_length=256)] = None


@router.get("/breakdown", summary="Scores and error classes by a group", responses=problem_docs.of())
async def get_breakdown(parts: PartsOf, caller: Reader, query: Annotated[BreakdownQuery, Query()]) -> BreakdownView:
    """Over conversations with a current evaluation that the filters leave; without `since` and `id`, of the 92 days before `until` or now.
    Answers and findings count as people left them.
    """
    found = await analytics.breakdown(parts.db, caller.workspace, bounded(query.filters()), query.by)
    return BreakdownView.model_validate({"by": query.by, **plain(found)})


@router.get("/comparison", summary="Two periods or recipes compared", responses=problem_docs.of())
async def get_comparison(parts: PartsOf, caller: Reader, query: Annotated[ComparisonQuery, Query()]) -> ComparisonView:
    """The first are what the filters leave; the second the same with `other_since` and `other_until` as period, or `other_recipe`.

    Recipes are compared by the conversations that each judged last, which may be other conversations.
    """
    if query.other_since is None and query.other_until is None and query.other_recipe is None:
        raise InvalidRequest(
            "there is nothing to compare with", action="Give other_since, other_until or other_recipe."
        )
    one = bounded(query.filters())
    other = replace(one, recipe=query.other_recipe or one.recipe)
    if query.other_since is not None or query.other_until is not None:
        since, until = timestamps.day_or_moment(query.other_since), timestamps.day_or_moment(query.other_until)
        other = bounded(replace(other, since=since, until=until))
    first, second = [await analytics.breakdown(parts.db, caller.workspace, each, By.CHANNEL) for each in (one, other)]
    means, classes = analytics.compared(first, second)
    return ComparisonView.model_validate(
        {"first": first.evaluated, "second": second.evaluated, "means": plain(means), "classes": plain(classes)}
    )


def plain(value: Any) -> Any:
    """As the replies take it: shares and differences with what follows from them."""
    if isinstance(value, Share):
        low, high = value.interval if value.looked else (None, None)
        return {"found": value.found, "looked": value.looked, "share": value.share, "low": low, "high": high}
    if isinstance(value, Difference):
        return {"value": value.value, "low": value.low, "high": value.high, "is_told": value.is_told}
    if isinstance(value, tuple):
        return tuple(map(plain, value))
    if is_dataclass(value):
        return {one.name: plain(getattr(value, one.name)) for one in fields(value)}
    return value
