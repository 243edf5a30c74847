"""For editors of versions: what may be named, and what is wrong with a document before it is kept."""

from auricle_contracts import Code
from auricle_contracts.artefact_editing import ArtefactCheck, ArtefactChoices, DocumentFault, NamedChoice
from auricle_contracts.artefacts import ArtefactKind
from auricle_criteria import Category, ClassState, FoundBy, Need, documents
from auricle_criteria.artefact import Artefact
from auricle_criteria.classes import CATEGORY_TITLES
from auricle_criteria.errors import BadArtefact
from auricle_records import artefacts
from auricle_records.artefacts import Name, StoredBody
from auricle_records.knowledge import articles
from fastapi import APIRouter, Request

from auricle_gateway.access.callers import ArtefactReader, Promoter
from auricle_gateway.artefacts.replies import ArtefactIn
from auricle_gateway.artefacts.routes import EXAMPLE, MAX_BYTES
from auricle_gateway.parts import Parts, PartsOf
from auricle_gateway.rest import bodies, problem_docs

router = APIRouter(tags=["artefacts"])
TRIED = "tried"


@router.get("/artefact-choices", summary="What a version may name", responses=problem_docs.of())
async def list_choices(parts: PartsOf, caller: ArtefactReader) -> ArtefactChoices:
    """Closed lists, and names of rules, prompts, flows, error classes and articles that are there."""
    library = (await parts.pinned.live.of(parts.db, caller.workspace)).library
    return ArtefactChoices(
        categories=tuple(NamedChoice(id=one.value, title=CATEGORY_TITLES[one].model_dump()) for one in Category),
        needs=tuple(one.value for one in Need),
        found_by=tuple(one.value for one in FoundBy),
        class_states=tuple(one.value for one in ClassState),
        rules=tuple(sorted(library.rules)),
        detectors=tuple(sorted(library.detectors)),
        prompts=tuple(sorted(library.prompts)),
        flows=tuple(sorted(library.flows)),
        error_classes=tuple(NamedChoice(id=one.id, title=one.title.model_dump()) for one in library.classes.values()),
        articles=tuple(sorted(await articles.active_references(parts.db, caller.workspace))),
    )


@router.post(
    "/artefact-checks",
    summary="What is wrong with a version",
    responses=problem_docs.of(413, 415),
    openapi_extra=problem_docs.json_body(ArtefactIn, EXAMPLE),
)
async def check_document(request: Request, parts: PartsOf, caller: Promoter) -> ArtefactCheck:
    """Every fault with its line and field, and whether it could become live beside what is live now; nothing is kept."""
    wanted = await bodies.read_json(request, ArtefactIn, MAX_BYTES)
    try:
        artefact = documents.read_document(wanted.kind, wanted.text, parts.pinned.live.shipped.systems)
    except BadArtefact as error:
        return _told(wanted.kind, None, error)
    try:
        await _admit(parts, caller.workspace, artefact)
    except BadArtefact as error:
        return _told(wanted.kind, artefact, error)
    known = await artefacts.history(parts.db, caller.workspace, Name(wanted.kind, artefact.id))
    same = next((one.id for one in known if one.hash == artefact.hash), None)
    return _told(wanted.kind, artefact, None, known_id=same)


async def _admit(parts: Parts, workspace: str, artefact: Artefact) -> None:
    kind = documents.kind_of(artefact)
    held = [one for one in await artefacts.held(parts.db, workspace) if (one.kind, one.name) != (kind, artefact.id)]
    tried = StoredBody(TRIED, kind, artefact.id, artefact.hash, documents.body_of(artefact))
    parts.pinned.live.check([*held, tried], TRIED)
    await parts.rules.admit((await parts.pinned.live.of(parts.db, workspace)).library, artefact)


def _told(
    kind: ArtefactKind, artefact: Artefact | None, error: BadArtefact | None, *, known_id: str | None = None
) -> ArtefactCheck:
    """A document that cannot be read has no name; its faults have lines where the reader knows them."""
    faults = [{"at": one["at"], "problem": one["problem"]} for one in error.errors] if error else []
    if error and not faults:
        faults = [{"at": "", "problem": error.detail}]
    code = None if error is None else (Code.ARTEFACT_UNFIT if artefact else Code.ARTEFACT_INVALID)
    return ArtefactCheck(
        kind=kind,
        name=artefact.id if artefact else None,
        hash=artefact.hash if artefact else None,
        code=code.value if code else None,
        faults=tuple(DocumentFault.model_validate(one) for one in faults),
        known_id=known_id,
    )
