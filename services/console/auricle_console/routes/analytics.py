"""Analytics: scores and error classes by a group, comparisons, people and bots, fairness, drift. Each mark leads to the list behind it."""

from typing import Any, Literal

from auricle_contracts import Role
from auricle_contracts.fairness import FairnessBy
from fastapi import APIRouter, Request
from starlette.responses import Response

from auricle_console import narrowing
from auricle_console.drawing import page
from auricle_console.errors import GatewaySaid
from auricle_console.gateway import Gateway
from auricle_console.routes.callers import GatewayOf, SessionOf, WordsOf, chosen, period_told, periods, within
from auricle_console.routes.streaming import passed_on
from auricle_console.views.analytics import GROUPS, breakdown_page, comparison_rows, parity_rows
from auricle_console.views.drift import drift_page
from auricle_console.views.fairness import MEASURES, fairness_page
from auricle_console.views.word_uses import word_uses_page
from auricle_console.wording import Wording

router = APIRouter()
USUAL_DAYS = 30
REFUSED = 422
PASSED_ON = ("content-type", "content-length", "content-disposition")
CHOICE = ("choice_error_class", "choice_answer", "choice_score_below", "choice_score_from", "choice_appealed")
SPEAKER = "speaker"
SPEAKERS = (Role.CUSTOMER, Role.AGENT, Role.BOT)
OTHER = ("other_since", "other_until", "other_recipe")


@router.get("/analytics")
async def show_breakdown(
    request: Request,
    _: SessionOf,
    gateway: GatewayOf,
    words: WordsOf,
    by: Literal["team", "agent", "line", "channel", "week"] = "line",
) -> Response:
    """By line, of the last 30 days, unless said otherwise."""
    asked = _with_period(chosen(request, narrowing.NAMES), words)
    found = await gateway.breakdown(narrowing.query(within(asked, words)) | {"by": by})
    titles = await _titles(gateway, words)
    return _board(
        request,
        words,
        asked,
        "analytics.html",
        "breakdown",
        found=breakdown_page(found, asked, titles, words),
        by=by,
        groups=GROUPS,
    )


@router.get("/analytics/comparison")
async def show_comparison(request: Request, _: SessionOf, gateway: GatewayOf, words: WordsOf) -> Response:
    """The period that is chosen beside another one, or a recipe beside another one."""
    asked = _with_period(chosen(request, narrowing.NAMES), words)
    other = chosen(request, OTHER)
    rows = None
    if other:
        second = within({name.removeprefix("other_"): value for name, value in other.items()}, words)
        query = narrowing.query(within(asked, words)) | {f"other_{name}": value for name, value in second.items()}
        found = await gateway.comparison(query)
        titles = await _titles(gateway, words)
        rows = comparison_rows(found, titles, words)
    return _board(
        request,
        words,
        asked,
        "comparison.html",
        "comparison",
        rows=rows,
        other=other,
    )


@router.get("/analytics/parity")
async def show_parity(request: Request, _: SessionOf, gateway: GatewayOf, words: WordsOf) -> Response:
    """People and bots on the same checklist, of the last 30 days unless said otherwise."""
    asked = _with_period(chosen(request, narrowing.NAMES), words)
    found = await gateway.parity(narrowing.query(within(asked, words)))
    titles = await _titles(gateway, words)
    return _board(
        request,
        words,
        asked,
        "parity.html",
        "parity",
        found=found,
        rows=parity_rows(found, titles, words),
    )


@router.get("/analytics/parity/export")
async def export_parity(request: Request, _: SessionOf, gateway: GatewayOf, words: WordsOf) -> Response:
    """The same as CSV."""
    asked = _with_period(chosen(request, narrowing.NAMES), words)
    return await passed_on(gateway.parity_export(narrowing.query(within(asked, words))), PASSED_ON)


@router.get("/analytics/words")
async def show_words(request: Request, _: SessionOf, gateway: GatewayOf, words: WordsOf) -> Response:
    """Words that go with a choice, against the rest of what the list is narrowed to."""
    asked = _with_period(chosen(request, narrowing.NAMES), words)
    classes = await gateway.error_classes()
    picked = chosen(request, CHOICE)
    speaker = chosen(request, (SPEAKER,))
    found, fault = None, ""
    if picked:
        wanted: dict[str, str | list[str]] = {**picked, **speaker}
        wanted |= {name: narrowing.parts(picked[name]) for name in CHOICE[:2] if name in picked}
        try:
            found = await gateway.word_uses(narrowing.query(within(asked, words)) | wanted)
        except GatewaySaid as error:
            if error.said_status != REFUSED:
                raise
            fault = error.detail
    return _board(
        request,
        words,
        asked,
        "word_uses.html",
        "words",
        found=word_uses_page(found, asked, picked, words) if found else None,
        fault=fault,
        picked={**picked, **speaker},
        speakers=SPEAKERS,
        classes=classes,
    )


@router.get("/analytics/fairness")
async def show_fairness(
    request: Request,
    _: SessionOf,
    gateway: GatewayOf,
    words: WordsOf,
    by: FairnessBy = FairnessBy.LINE,
    audited: bool = False,
) -> Response:
    """By line, of the last 30 days, unless said otherwise."""
    asked = _with_period(chosen(request, narrowing.NAMES), words)
    found = await gateway.fairness(_fairness_query(asked, by, words, audited=audited))
    return _board(
        request,
        words,
        asked,
        "fairness.html",
        "fairness",
        found=fairness_page(found, asked, words),
        by=by.value,
        groups=tuple(one.value for one in FairnessBy),
        measures=MEASURES,
        audited=audited,
    )


@router.get("/analytics/fairness/export")
async def export_fairness(
    request: Request,
    _: SessionOf,
    gateway: GatewayOf,
    words: WordsOf,
    by: FairnessBy = FairnessBy.LINE,
    audited: bool = False,
) -> Response:
    """The same as CSV."""
    asked = _with_period(chosen(request, narrowing.NAMES), words)
    query = _fairness_query(asked, by, words, audited=audited) | {"language": words.language}
    return await passed_on(gateway.fairness_export(query), PASSED_ON)


@router.get("/analytics/drift")
async def show_drift(request: Request, _: SessionOf, gateway: GatewayOf, words: WordsOf) -> Response:
    """Of the last year, and of the last 28 days what comes in, unless said otherwise."""
    asked = chosen(request, narrowing.NAMES)
    found = await gateway.drift(narrowing.query(within(asked, words)))
    titles = await _titles(gateway, words)
    return _board(
        request,
        words,
        asked,
        "drift.html",
        "drift",
        found=drift_page(found, titles, words),
        usual="drift.last_year",
    )


def _fairness_query(
    asked: dict[str, str], by: FairnessBy, words: WordsOf, *, audited: bool
) -> dict[str, str | list[str]]:
    return narrowing.query(within(asked, words)) | {"by": by.value, "audited": str(audited).lower()}


def _board(
    request: Request,
    words: Wording,
    asked: dict[str, str],
    template: str,
    name: str,
    usual: str = "list.last_30_days",
    **shown: Any,
) -> Response:
    """A board of analytics, with what it is narrowed to and its period; `usual` are the words for none."""
    period = period_told(asked, words, usual)
    return page(request, template, chosen=asked, board=name, periods=periods(words), period=period, **shown)


async def _titles(gateway: Gateway, words: Wording) -> dict[str, str]:
    """Error classes by id, in the page's language."""
    return {one.id: one.title.get(words.language, one.id) for one in await gateway.error_classes()}


def _with_period(asked: dict[str, str], words: WordsOf) -> dict[str, str]:
    if "since" in asked or "until" in asked:
        return asked
    return {**asked, "since": narrowing.days_ago(USUAL_DAYS, words.zone)}
