"""The disclosure that agents are given before a machine judges their work: written by a quality manager, read by people."""

from auricle_contracts.audit import AuditAction
from auricle_contracts.oversight import Disclosure, DisclosureAcknowledgementIn, DisclosureIn, OwnDisclosure
from auricle_records.oversight import disclosures
from fastapi import APIRouter, Request

from auricle_gateway.access.callers import Auditor, Person, QualityManager, Reader
from auricle_gateway.audit.trail import note
from auricle_gateway.oversight.replies import DisclosureList
from auricle_gateway.parts import PartsOf
from auricle_gateway.rest import bodies, problem_docs

router = APIRouter(tags=["oversight"])
EXAMPLE = {"ru": "Ваши разговоры оценивает система…", "en": "A system judges your conversations…"}


@router.get("/disclosure", summary="What people at work are told", responses=problem_docs.of())
async def get_disclosure(parts: PartsOf, caller: Reader) -> OwnDisclosure:
    """The newest version, and when the caller acknowledged it; null where the workspace has none."""
    person = caller.id if caller.kind == "person" else None
    disclosure, read = await disclosures.newest(parts.db, caller.workspace, person)
    return OwnDisclosure(disclosure=disclosure, acknowledged_at=read)


@router.get("/disclosures", summary="All versions of the disclosure", responses=problem_docs.of())
async def list_disclosures(parts: PartsOf, caller: Auditor) -> DisclosureList:
    """What people were told when."""
    return DisclosureList(items=tuple(await disclosures.history(parts.db, caller.workspace)))


@router.post(
    "/disclosures",
    status_code=201,
    summary="Write the disclosure's next version",
    responses=problem_docs.of(413, 415),
    openapi_extra=problem_docs.json_body(DisclosureIn, EXAMPLE),
)
async def post_disclosure(request: Request, parts: PartsOf, caller: QualityManager) -> Disclosure:
    """For good, and to be acknowledged anew by everybody."""
    wanted = await bodies.read_json(request, DisclosureIn, bodies.SMALL_BYTES)
    kept = await disclosures.write(parts.db, caller.workspace, wanted, caller.actor)
    await note(parts.db, caller, AuditAction.DISCLOSURE_WRITTEN, details={"version": kept.version})
    return kept


@router.post(
    "/disclosure/acknowledgement",
    summary="Say that one has read the disclosure",
    responses=problem_docs.of(409, 413, 415),
    openapi_extra=problem_docs.json_body(DisclosureAcknowledgementIn, {"version": 1}),
)
async def post_acknowledgement(request: Request, parts: PartsOf, caller: Person) -> OwnDisclosure:
    """It agrees with nothing. Sent twice, the first time stands; 409 `disclosure_moved` for a version that is not the newest."""
    wanted = await bodies.read_json(request, DisclosureAcknowledgementIn, bodies.SMALL_BYTES)
    disclosure, read, is_first = await disclosures.acknowledge(parts.db, caller.workspace, wanted.version, caller.actor)
    if is_first:
        await note(parts.db, caller, AuditAction.DISCLOSURE_ACKNOWLEDGED, details={"version": wanted.version})
    return OwnDisclosure(disclosure=disclosure, acknowledged_at=read)
