"""Certificates of judges: brought as grades, computed here, listed as they stand now."""

import asyncio
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Annotated

from auricle_contracts.audit import AuditAction
from auricle_contracts.judges import JudgeIdentity, ModelIdentity
from auricle_kit import log
from auricle_kit.errors import InvalidRequest
from auricle_quality.certificates import certify, standing
from auricle_quality.errors import JudgeIsScorer
from auricle_records import judges
from auricle_records.judges import KeptCertificate, Named
from fastapi import APIRouter, Query, Request
from pydantic import BaseModel, ConfigDict, Field

from auricle_gateway.access.callers import ArtefactReader, Promoter
from auricle_gateway.audit.trail import note
from auricle_gateway.judges.replies import CertificateIn, CertificatePage, CertificateView
from auricle_gateway.parts import Parts, PartsOf
from auricle_gateway.rest import bodies, problem_docs

router = APIRouter(tags=["judges"])
logger = log.get("gateway.judges")
CLOCKS_APART = timedelta(minutes=5)
MAX_BYTES = 16 * 1024 * 1024
_PAIR = {
    "kind": "error_class",
    "subject": "rudeness",
    "people": 2,
    "runs": [2, 2],
    "swapped": 2,
    "noise": 2,
    "paraphrases": [2],
}
_JUDGE = {"prompt": "same_error@0123456789abcdef", "model": {"name": "judge-14b", "weights": "9f2c…"}}
EXAMPLE = {
    "measurement": {"judge": _JUDGE, "temperature": 0, "measured_at": "2026-11-30T12:00:00Z", "pairs": [_PAIR]}, "days": 30,
}  # fmt: skip


class CertificateQuery(BaseModel):
    """Which page."""

    model_config = ConfigDict(extra="forbid")

    cursor: Annotated[str | None, Field(max_length=64, description="`next_cursor` of the page before.")] = None
    limit: Annotated[int, Field(ge=1, le=200)] = 50


@router.get("/judge-certificates", summary="Certificates of judges", responses=problem_docs.of())
async def list_certificates(
    parts: PartsOf, caller: ArtefactReader, query: Annotated[CertificateQuery, Query()]
) -> CertificatePage:
    """As they stand now: `expired` after their days, `void` where the judge's prompt or model is another by now. Newest first."""
    found = await judges.page(parts.db, caller.workspace, cursor=query.cursor, limit=query.limit)
    newest = await judges.newest_weights(parts.db, caller.workspace)
    return CertificatePage(items=tuple(_view(parts, one, newest) for one in found.items), next_cursor=found.cursor)


@router.get("/judge-certificates/{certificate_id}", summary="One certificate", responses=problem_docs.of(404))
async def get_certificate(certificate_id: str, parts: PartsOf, caller: ArtefactReader) -> CertificateView:
    """As it stands now."""
    found = await judges.get(parts.db, caller.workspace, certificate_id)
    return _view(parts, found, await judges.newest_weights(parts.db, caller.workspace))


@router.post(
    "/judge-certificates",
    status_code=201,
    summary="Bring a judge's grades",
    responses=problem_docs.of(413, 415),
    openapi_extra=problem_docs.json_body(CertificateIn, EXAMPLE),
)
async def post_certificate(request: Request, parts: PartsOf, caller: Promoter) -> CertificateView:
    """The figures are computed here, from the grades. 422 `judge_is_scorer` for a model that would grade its own words, 422
    `weights_unknown` without the weights' hash. A measurement that is refused or too small is kept too: it only reports.
    """
    async with parts.body_slots.taken(request):
        wanted = await bodies.read_json(request, CertificateIn, MAX_BYTES)
    measured = wanted.measurement
    if measured.measured_at > datetime.now(UTC) + CLOCKS_APART:
        raise InvalidRequest("`measured_at` lies ahead: a certificate would hold for longer than its days")
    recipe = parts.pinned.recipe
    if measured.judge.model.is_same(ModelIdentity(name=recipe.language_model, weights=recipe.weights)):
        raise JudgeIsScorer(
            "the judge is the model that scores here",
            action="Name another model, or another version of it by its weights.",
        )
    found = await asyncio.to_thread(certify, measured, days=wanted.days)
    kept = await judges.add(parts.db, caller.workspace, found, measured, caller.actor)
    details = {"judge": found.judge.prompt, "model": found.judge.model.name, "state": found.state, "pairs": found.pairs}
    await note(parts.db, caller, AuditAction.JUDGE_CERTIFIED, subject=kept.id, details=details)
    logger.info("judge_certified", **details)
    return _view(parts, kept, {})


def _view(parts: Parts, kept: KeptCertificate, newest: Mapping[Named, str]) -> CertificateView:
    now = standing(kept.certificate, datetime.now(UTC), _current(parts, kept, newest))
    told = {
        "id": kept.id,
        "added_by": kept.added_by,
        "added_by_name": kept.added_by_name,
        "created_at": kept.created_at,
    }
    return CertificateView.model_validate(now.model_dump() | told)


def _current(parts: Parts, kept: KeptCertificate, newest: Mapping[Named, str]) -> JudgeIdentity:
    """The judge as it is now: the prompt of this release, and the weights of its model that were measured last."""
    judge = kept.certificate.judge
    name = judge.prompt.partition("@")[0]
    weights = newest.get((name, judge.model.name), judge.model.weights)
    model = judge.model.model_copy(update={"weights": weights})
    return JudgeIdentity(prompt=parts.judges.get(name, judge.prompt), model=model)
