"""Fairness: the machine's errors by groups of conversations, with people's verdicts as control, as JSON and as a file."""

from collections import defaultdict
from typing import Annotated, Literal

from auricle_contracts.audit import AuditAction
from auricle_contracts.fairness import FairnessBy, FairnessReport
from auricle_quality import fairness
from auricle_quality.fairness import Counted, Outcome
from auricle_records.analytics.inputs import LENGTHS, LONGEST
from auricle_records.analytics.reviewed import About, Reviewed, decided_appeals, reviewed
from auricle_records.callers import Caller
from fastapi import APIRouter, Query
from fastapi.responses import Response

from auricle_gateway.access.callers import Auditor
from auricle_gateway.audit.trail import note
from auricle_gateway.conversations.routes import FilterQuery
from auricle_gateway.exports.columns import Column, Kind
from auricle_gateway.exports.csv_file import CsvFormat
from auricle_gateway.parts import Parts, PartsOf
from auricle_gateway.rest import problem_docs
from auricle_gateway.statistics.agents import bounded

router = APIRouter(tags=["analytics"])
CSV = "text/csv; charset=utf-8"
COLUMNS = tuple(
    Column(key, kind, {"ru": ru, "en": en})
    for key, kind, ru, en in (
        ("group", Kind.TEXT, "Группа", "Group"),
        ("measure", Kind.TEXT, "Показатель", "Measure"),
        ("found", Kind.NUMBER, "Случаев", "Events"),
        ("of", Kind.NUMBER, "Из", "Of"),
        ("share", Kind.NUMBER, "Доля", "Share"),
        ("low", Kind.NUMBER, "Доля, от", "Share, low"),
        ("high", Kind.NUMBER, "Доля, до", "Share, high"),
        ("rest_found", Kind.NUMBER, "Случаев у остальных", "Events of the rest"),
        ("rest_of", Kind.NUMBER, "Из, у остальных", "Of, the rest"),
        ("difference", Kind.NUMBER, "Разница", "Difference"),
        ("difference_low", Kind.NUMBER, "Разница, от", "Difference, low"),
        ("difference_high", Kind.NUMBER, "Разница, до", "Difference, high"),
        ("p", Kind.NUMBER, "p с поправкой Холма", "p corrected by Holm"),
        ("verdict", Kind.TEXT, "Вывод", "Verdict"),
    )
)


class FairnessQuery(FilterQuery):
    """Filters, what groups what they leave, and whether only the random share is looked at."""

    by: FairnessBy = FairnessBy.LINE
    audited: bool = False


class FairnessFileQuery(FairnessQuery):
    """The same, and the file's language."""

    language: Literal["ru", "en"] = "ru"


@router.get("/fairness", summary="The machine's errors by group, beside people's verdicts", responses=problem_docs.of())
async def get_fairness(parts: PartsOf, caller: Auditor, query: Annotated[FairnessQuery, Query()]) -> FairnessReport:
    """Over conversations that the filters leave and that people reviewed to the end; without `since` and `id`, of the 92 days before
    `until` or now. What waits in the queue waits for a reason, so only `audited` ones stand for all conversations. Appeals are of all.
    """
    return await _report(parts, caller, query)


@router.get(
    "/fairness/export",
    summary="The same as a file",
    response_class=Response,
    responses=problem_docs.of() | {200: {"description": "CSV.", "content": {CSV: {"schema": {"type": "string"}}}}},
)
async def export_fairness(parts: PartsOf, caller: Auditor, query: Annotated[FairnessFileQuery, Query()]) -> Response:
    """A line for each group and measure. That it was exported is a line of the audit log."""
    found = await _report(parts, caller, query)
    await note(parts.db, caller, AuditAction.EXPORTED, subject="fairness", details={"by": query.by.value})
    form = CsvFormat(query.language, "semicolon" if query.language == "ru" else "comma")
    rows = [
        (group.name, one.measure.value, one.share.found, one.share.looked, one.share.share, one.share.low, one.share.high,
         one.rest.found, one.rest.looked, one.difference.value, one.difference.low, one.difference.high, one.p, one.verdict)
        for group in found.groups for one in group.figures
    ]  # fmt: skip
    headers = {"content-disposition": f'attachment; filename="fairness-{query.by}.csv"'}
    return Response(form.header(COLUMNS) + form.lines(rows), media_type=CSV, headers=headers)


async def _report(parts: Parts, caller: Caller, query: FairnessQuery) -> FairnessReport:
    filters = bounded(query.filters())
    found = await reviewed(parts.db, caller.workspace, filters, audited=query.audited)
    appeals = await decided_appeals(parts.db, caller.workspace, filters)
    groups: dict[str, list[Outcome]] = defaultdict(list)
    everything = []
    for one in found:
        outcome = _outcome(one)
        everything.append(outcome)
        for name in names(query.by, one.about):
            groups[name].append(outcome)
    contested: dict[str, list[bool]] = defaultdict(list)
    for each in appeals:
        for name in names(query.by, each.about):
            contested[name].append(each.accepted)
    counted = {name: Counted(sum(each), len(each)) for name, each in contested.items()}
    whole = Counted(sum(each.accepted for each in appeals), len(appeals))
    return fairness.report(query.by, groups, everything, counted, whole, audited=query.audited)


def names(by: FairnessBy, about: About) -> tuple[str, ...]:
    """The groups of a conversation; "" where nothing is known."""
    match by:
        case FairnessBy.AGENT:
            return tuple(dict.fromkeys(about.agents)) or ("",)
        case FairnessBy.LINE:
            return (about.line,)
        case FairnessBy.LANGUAGE:
            return (about.language,)
        case FairnessBy.LENGTH:
            return (_length(about.characters),)
        case FairnessBy.QUALITY:
            return ({None: "", True: "flagged", False: "clean"}[about.flagged],)


def _length(characters: int | None) -> str:
    if characters is None:
        return ""
    return next((name for below, name in LENGTHS if characters < below), LONGEST)


def _outcome(one: Reviewed) -> Outcome:
    return Outcome(
        machine_error=one.machine_error,
        people_error=one.people_error,
        false_alarm=one.false_alarm,
        missed=one.missed,
        changed=one.is_changed,
        machine_score=one.machine_score,
        people_score=one.people_score,
    )
