"""Coaching tasks: who reviews gives and withdraws them, the agent reads and finishes own ones, both see what came of it."""

from collections.abc import Sequence
from typing import Annotated

from auricle_contracts import MemberRole, Scope
from auricle_contracts.audit import AuditAction
from auricle_contracts.coaching import CoachingEffect, CoachingTask, CoachingTaskIn
from auricle_contracts.conversations import Reference
from auricle_contracts.vocabulary import CoachingState
from auricle_kit import tracing
from auricle_kit.errors import InvalidRequest, NotFound
from auricle_records import conversations
from auricle_records.callers import Actor, Caller
from auricle_records.coaching import effect, tasks
from auricle_records.coaching.tasks import NewTask, TaskFilters
from auricle_records.people import directory
from fastapi import APIRouter, Query, Request
from pydantic import BaseModel, ConfigDict, Field

from auricle_gateway.access.callers import Appellant, Reader, Reviewer
from auricle_gateway.audit.trail import note
from auricle_gateway.coaching.replies import CoachingTaskPage
from auricle_gateway.errors import PersonRequired
from auricle_gateway.parts import Parts, PartsOf
from auricle_gateway.rest import bodies, problem_docs, timestamps

router = APIRouter(tags=["coaching"])
TASK = "/coaching-tasks/{task_id}"
EXAMPLE = {
    "person_id": "0193f0a1-6b1c-7c1e-9a51-0d5c0e1f2a3b",
    "conversation_id": "0193f0a1-…",
    "criterion": "objection_handling",
    "text": "Послушай пример «дорого» и назови две выгоды, прежде чем давать скидку.",
    "due_at": "2026-12-07T18:00:00+03:00",
}


class TaskQuery(BaseModel):
    """All given ones must hold."""

    model_config = ConfigDict(extra="forbid")

    state: CoachingState | None = None
    person_id: Annotated[Reference | None, Field(description="Whose; a person's id, or `me`.")] = None
    overdue: Annotated[bool, Field(description="Not done, and its time is over.")] = False
    cursor: Annotated[str | None, Field(max_length=512, description="`next_cursor` of the page before.")] = None
    limit: Annotated[int, Field(ge=1, le=200)] = 50

    def of(self, caller: Caller) -> TaskFilters:
        """As records take them: who does not review sees own tasks only."""
        person = caller.id if self.person_id == "me" or not _coaches(caller) else self.person_id
        return TaskFilters(self.state, person, self.overdue)


@router.post(
    "/coaching-tasks",
    status_code=201,
    summary="Give an agent a task",
    responses=problem_docs.of(404, 410, 413, 415),
    openapi_extra=problem_docs.json_body(CoachingTaskIn, EXAMPLE),
)
async def post_task(request: Request, parts: PartsOf, caller: Reviewer) -> CoachingTask:
    """From an answer or a finding of a conversation in which the person is an agent; `coaching.assigned` is sent."""
    wanted = await bodies.read_json(request, CoachingTaskIn, bodies.SMALL_BYTES)
    await conversations.get(parts.db, caller.workspace, wanted.conversation_id)
    person = await _agent(parts, caller.workspace, wanted.person_id)
    due = timestamps.in_utc(wanted.due_at)
    assert due is not None
    asked = NewTask(person, wanted.criterion, wanted.finding_id, wanted.text, due)
    task = await tasks.assign(
        parts.db,
        caller.workspace,
        wanted.conversation_id,
        asked,
        by=caller.actor,
        traceparent=tracing.traceparent(),
    )
    await _note(parts, caller, AuditAction.COACHING_ASSIGNED, task)
    return (await _shown(parts, caller.workspace, [task]))[0]


@router.get("/coaching-tasks", summary="Coaching tasks", responses=problem_docs.of())
async def list_tasks(parts: PartsOf, caller: Reader, query: Annotated[TaskQuery, Query()]) -> CoachingTaskPage:
    """Newest first: all for who reviews, own ones for everybody else. Without personal data."""
    page = await tasks.page(parts.db, caller.workspace, query.of(caller), cursor=query.cursor, limit=query.limit)
    return CoachingTaskPage(items=await _shown(parts, caller.workspace, page.items), next_cursor=page.cursor)


@router.get(TASK, summary="One coaching task", responses=problem_docs.of(404))
async def get_task(task_id: str, parts: PartsOf, caller: Reader) -> CoachingTask:
    """Own, or any for who reviews."""
    return (await _shown(parts, caller.workspace, [await _found(parts, caller, task_id)]))[0]


@router.get(f"{TASK}/effect", summary="What came of it", responses=problem_docs.of(404))
async def get_effect(task_id: str, parts: PartsOf, caller: Reader) -> CoachingEffect:
    """On the agent's conversations before the task and after it was read, by the answers and findings that count."""
    return await effect.effect_of(parts.db, caller.workspace, await _found(parts, caller, task_id))


@router.post(f"{TASK}/acknowledgement", summary="Say that one has read a task", responses=problem_docs.of(404, 409))
async def post_acknowledgement(task_id: str, parts: PartsOf, caller: Appellant) -> CoachingTask:
    """By the agent whose it is; sent twice, the first time stands. 409 `coaching_closed`."""
    await tasks.get(parts.db, caller.workspace, task_id)
    if caller.kind != "person":
        raise PersonRequired
    task, is_first = await tasks.acknowledge(
        parts.db, caller.workspace, task_id, by=caller.id, traceparent=tracing.traceparent()
    )
    if is_first:
        await _note(parts, caller, AuditAction.COACHING_ACKNOWLEDGED, task)
    return (await _shown(parts, caller.workspace, [task]))[0]


@router.post(f"{TASK}/done", summary="Say that a task is done", responses=problem_docs.of(404, 409))
async def post_done(task_id: str, parts: PartsOf, caller: Reader) -> CoachingTask:
    """By the agent whose it is, or who reviews; 409 `coaching_closed` where it is closed already."""
    own = None if _coaches(caller) else caller.id
    task = await tasks.finish(parts.db, caller.workspace, task_id, by=own, traceparent=tracing.traceparent())
    await _note(parts, caller, AuditAction.COACHING_DONE, task)
    return (await _shown(parts, caller.workspace, [task]))[0]


@router.post(f"{TASK}/withdrawal", summary="Take a task back", responses=problem_docs.of(404, 409))
async def post_withdrawal(task_id: str, parts: PartsOf, caller: Reviewer) -> CoachingTask:
    """While it is not done; it stays to be seen."""
    task = await tasks.withdraw(parts.db, caller.workspace, task_id)
    await _note(parts, caller, AuditAction.COACHING_WITHDRAWN, task)
    return (await _shown(parts, caller.workspace, [task]))[0]


def _coaches(caller: Caller) -> bool:
    return Scope.REVIEW in caller.scopes


async def _found(parts: Parts, caller: Caller, task_id: str) -> CoachingTask:
    """Raises NotFound, also for another's where the caller does not review."""
    task = await tasks.get(parts.db, caller.workspace, task_id)
    if not _coaches(caller) and task.person_id != caller.id:
        raise NotFound("no such coaching task")
    return task


async def _agent(parts: Parts, workspace: str, person_id: str) -> Actor:
    """An active person with the role agent. Raises InvalidRequest for anybody else, and for nobody."""
    try:
        person = await directory.get(parts.db, workspace, person_id)
    except NotFound:
        person = None
    if person is None or not person.active or MemberRole.AGENT not in person.roles:
        raise InvalidRequest("this person is no agent", action="Choose an active person with the role agent.")
    return Actor("person", person.id, person.name)


async def _shown(parts: Parts, workspace: str, found: Sequence[CoachingTask]) -> tuple[CoachingTask, ...]:
    """Without personal data, for everybody."""
    said = [(one.conversation_id, words) for one in found for words in (one.text, one.quote.text if one.quote else "")]
    shown = iter(await parts.privacy.masked_words(workspace, said))
    made = []
    for one in found:
        words, quoted = next(shown), next(shown)
        quote = one.quote and one.quote.model_copy(update={"text": quoted})
        made.append(one.model_copy(update={"text": words, "quote": quote}))
    return tuple(made)


async def _note(parts: Parts, caller: Caller, action: AuditAction, task: CoachingTask) -> None:
    details = {"person_id": task.person_id}
    await note(parts.db, caller, action, conversation_id=task.conversation_id, subject=task.id, details=details)
