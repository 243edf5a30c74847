"""What people say about findings: verdicts with their history, errors that the model missed, and the classes to choose from."""

from collections.abc import Mapping

from auricle_contracts import (
    Evaluation,
    Finding,
    FindingIn,
    FindingLabel,
    FindingLabelIn,
    FindingVerdict,
    Transcript,
)
from auricle_criteria import ErrorClass
from auricle_kit.errors import InvalidRequest
from auricle_records import findings
from auricle_records.findings import NewFinding, NewFindingLabel
from fastapi import APIRouter, Request

from auricle_gateway.access.callers import Labeller, Reader, author_of
from auricle_gateway.findings.places import quotes_of
from auricle_gateway.findings.replies import ErrorClassList, ErrorClassView, FindingLabelList
from auricle_gateway.parts import Parts, PartsOf
from auricle_gateway.redaction.privacy import Unmasked
from auricle_gateway.rest import bodies, problem_docs
from auricle_gateway.results.stored import bundle_of, stored_evaluation, transcript_of

router = APIRouter(tags=["findings"])
FINDING = "/conversations/{conversation_id}/findings/{finding_id}"
LABEL_EXAMPLE = {"verdict": FindingVerdict.REJECT.value, "comment": "Клиент сам просил не здороваться."}
FINDING_EXAMPLE = {
    "error_class": "rudeness",
    "places": [{"turn": 7, "span": {"start": 0, "end": 18}, "text": "Достали уже, ждите"}],
    "comment": "Грубый ответ на второй вопрос.",
}


@router.get("/error-classes", summary="Classes that a finding may be of", responses=problem_docs.of())
async def list_error_classes(parts: PartsOf, caller: Reader) -> ErrorClassList:
    """The whole checklist, also what no step finds yet: a person may find it."""
    classes = await parts.pinned.classes(parts.db, caller.workspace)
    return ErrorClassList(items=tuple(map(ErrorClassView.of, classes.values())))


@router.get(f"{FINDING}/labels", summary="What people say about a finding", responses=problem_docs.of(404, 410))
async def list_finding_labels(
    conversation_id: str, finding_id: str, parts: PartsOf, caller: Reader
) -> FindingLabelList:
    """Newest first, superseded ones too, without personal data."""
    found = await findings.history(parts.db, caller.workspace, conversation_id, finding_id)
    return FindingLabelList(items=await parts.privacy.masked_finding_labels(caller.workspace, found))


@router.post(
    f"{FINDING}/labels",
    status_code=201,
    summary="Accept, reject or grade a finding",
    responses=problem_docs.of(404, 410, 413, 415),
    openapi_extra=problem_docs.json_body(FindingLabelIn, LABEL_EXAMPLE),
)
async def post_finding_label(
    conversation_id: str, finding_id: str, request: Request, parts: PartsOf, caller: Labeller
) -> FindingLabel:
    """The newest verdict is what counts: a rejected finding counts nowhere, and stays to be seen. The author is who asks.

    `id` of a finding is in the evaluation. Evaluated again, the same words keep what people said of a class and a participant.
    """
    wanted = await bodies.read_json(request, FindingLabelIn, bodies.SMALL_BYTES)
    asked = NewFindingLabel(wanted.verdict, wanted.grade, wanted.comment)
    author = author_of(caller, wanted.author)
    return await findings.put(
        parts.db, caller.workspace, conversation_id, finding_id, asked, author=author, source=wanted.source
    )


@router.post(
    "/conversations/{conversation_id}/findings",
    status_code=201,
    summary="Add an error that the model missed",
    responses=problem_docs.of(404, 409, 410, 413, 415),
    openapi_extra=problem_docs.json_body(FindingIn, FINDING_EXAMPLE),
)
async def post_finding(
    conversation_id: str, request: Request, parts: PartsOf, caller: Labeller, *, unmasked: Unmasked = False
) -> Finding:
    """It counts like the model's own, beside the current evaluation and each later one of the same words that misses it too.

    409 `finding_exists` where the evaluation has the class for this participant, perhaps rejected: give a verdict on that one.
    """
    wanted = await bodies.read_json(request, FindingIn, bodies.SMALL_BYTES)
    stored = await stored_evaluation(parts, caller.workspace, conversation_id)
    error_class = _class(await parts.pinned.classes(parts.db, caller.workspace), wanted.error_class)
    transcript = await transcript_of(parts, caller.workspace, stored.evaluation)
    chosen = await parts.privacy.hides(caller, conversation_id, "transcript", unmasked=unmasked)
    hidden = await parts.privacy.mask(caller.workspace, transcript, chosen) if chosen else None
    finding = await findings.add(
        parts.db,
        caller.workspace,
        conversation_id,
        NewFinding(
            error_class=error_class.id,
            version=error_class.pin,
            category=error_class.category.value,
            severity=error_class.severity,
            fatal=error_class.fatal or await _is_fatal(parts, caller.workspace, stored.evaluation, error_class),
            quotes=(quotes := quotes_of(wanted.places, transcript, hidden)),
            comment=wanted.comment or error_class.own_words(transcript.language),
            knowledge=error_class.articles[0] if error_class.articles else None,
            participant=_participant(wanted, transcript, quotes[0].turn),
            revision=stored.evaluation.revision,
        ),
        author=author_of(caller, wanted.author),
        source=wanted.source,
    )
    shown = tuple(map(hidden.shown, finding.quotes)) if hidden else finding.quotes
    return finding.model_copy(update={"quotes": shown})


def _class(classes: Mapping[str, ErrorClass], name: str) -> ErrorClass:
    found = classes.get(name)
    if found is None:
        raise InvalidRequest(f"there is no error class {name!r}", action="Choose one of GET /v1/error-classes.")
    return found


async def _is_fatal(parts: Parts, workspace: str, evaluation: Evaluation, error_class: ErrorClass) -> bool:
    """Whether the scorecard of the evaluation fails a conversation by it."""
    bundle = await bundle_of(parts, workspace, evaluation)
    return bundle is not None and error_class.id in bundle.fatal_classes


def _participant(wanted: FindingIn, transcript: Transcript, turn: int) -> str | None:
    """Whose error it is. Raises InvalidRequest."""
    if wanted.participant is None:
        return transcript.answerable_for(turn)
    if wanted.participant not in {one.participant for one in transcript.turns}:
        raise InvalidRequest(
            f"nobody of the transcript is {wanted.participant!r}", action="Name a `participant` of its turns."
        )
    return wanted.participant
