"""One agent's page: an agent sees the own one, whoever sees the workspace everybody's; who looks at another's is written down."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Annotated

from auricle_contracts import Moment
from auricle_contracts.agent_pages import AgentPage
from auricle_contracts.audit import AuditAction
from auricle_kit.errors import NotFound
from auricle_records import analytics
from auricle_records.analytics import AgentFacts, Period, Whose
from auricle_records.callers import Caller
from auricle_records.people import directory
from auricle_records.people.directory import Person
from fastapi import APIRouter, Path, Query

from auricle_gateway.access.callers import Reader
from auricle_gateway.audit.trail import note
from auricle_gateway.errors import InvalidRequest, PersonRequired
from auricle_gateway.parts import Parts, PartsOf
from auricle_gateway.rest import problem_docs, timestamps

router = APIRouter(tags=["agents"])
USUAL, LONGEST = timedelta(weeks=12), timedelta(weeks=53)
ME = "me"


@router.get("/agents/{agent:path}", summary="One agent's weeks, quotes and findings", responses=problem_docs.of(404))
async def get_agent(
    agent: Annotated[str, Path(max_length=256, description="A reference of an agent, or `me`.")],
    parts: PartsOf,
    caller: Reader,
    since: Annotated[Moment | None, Query(description="Twelve weeks before `until` if left out.")] = None,
    until: Annotated[Moment | None, Query(description="Excluded; now if left out.")] = None,
) -> AgentPage:
    """Means by week against the colleagues', by the answers that count; best and worst quotes; findings that count; no personal data.

    Whoever sees own conversations only finds own references only. Of colleagues come means of three agents or more, and nothing else.
    """
    period = _period(timestamps.in_utc(since), timestamps.in_utc(until))
    person = await _person(parts, caller, agent)
    references = person.references if person else (agent,)
    if person is None and not await analytics.is_known(parts.db, caller.workspace, agent):
        raise NotFound("no such agent")
    whose = Whose(references, await _team(parts, caller.workspace, person))
    facts = await _without_personal_data(
        parts, caller.workspace, await analytics.agent_facts(parts.db, caller.workspace, whose, period)
    )
    if person is None or person.id != caller.id:
        await note(parts.db, caller, AuditAction.AGENT_SEEN, subject=person.id if person else agent)
    return await _page(parts, caller.workspace, agent, person, period, facts)


def _period(since: datetime | None, until: datetime | None) -> Period:
    """Raises InvalidRequest."""
    end = until or datetime.now(UTC)
    start = since or end - USUAL
    if not start <= end or end - start > LONGEST:
        raise InvalidRequest("`since` is later than `until`, or more than 53 weeks before it")
    return Period(start, end)


async def _person(parts: Parts, caller: Caller, agent: str) -> Person | None:
    """Who signs in as this agent. Raises PersonRequired for `me` of a key, NotFound for a colleague's where own ones only are seen."""
    if agent == ME:
        if caller.kind != "person":
            raise PersonRequired
        return await directory.get(parts.db, caller.workspace, caller.id)
    found = await directory.known_as(parts.db, caller.workspace, agent)
    if caller.is_limited and (found is None or found.id != caller.id):
        raise NotFound("no such agent")
    return found


async def _team(parts: Parts, workspace: str, person: Person | None) -> tuple[str, ...] | None:
    if person is None or person.team_id is None:
        return None
    return await directory.references_of_team(parts.db, workspace, person.team_id)


async def _without_personal_data(parts: Parts, workspace: str, facts: AgentFacts) -> AgentFacts:
    """Quotes, comments and remarks with placeholders, in one pass over the conversations that they are of."""
    quoted = [*facts.best, *facts.worst]
    said = [(one.conversation_id, one.quote.text) for one in quoted]
    for one in facts.findings:
        said += [(one.conversation_id, words) for words in (one.comment, one.note or "", *(q.text for q in one.quotes))]
    shown = iter(await parts.privacy.masked_words(workspace, said))
    quotes = [one.model_copy(update={"quote": one.quote.model_copy(update={"text": next(shown)})}) for one in quoted]
    findings = tuple(
        one.model_copy(
            update={"comment": next(shown), "note": next(shown) or None}
            | {"quotes": tuple(quote.model_copy(update={"text": next(shown)}) for quote in one.quotes)}
        )
        for one in facts.findings
    )
    best = len(facts.best)
    return replace(facts, best=tuple(quotes[:best]), worst=tuple(quotes[best:]), findings=findings)


async def _page(
    parts: Parts, workspace: str, agent: str, person: Person | None, period: Period, facts: AgentFacts
) -> AgentPage:
    classes = await parts.pinned.classes(parts.db, workspace)
    named = {one.error_class for one in facts.findings} & set(classes)
    return AgentPage(
        agent=agent,
        person_id=person.id if person else None,
        name=person.name if person else None,
        team=person.team if person else None,
        references=person.references if person else (agent,),
        since=period.since,
        until=period.until,
        conversations=facts.conversations,
        trends=facts.trends,
        best=facts.best,
        worst=facts.worst,
        findings=facts.findings,
        class_titles={name: {"ru": classes[name].title.ru, "en": classes[name].title.en} for name in named},
    )
