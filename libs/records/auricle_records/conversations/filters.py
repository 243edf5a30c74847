"""What a list of conversations may be narrowed to."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta

from auricle_contracts import Channel, ConversationState, Direction, Role, RunState, Step
from sqlalchemy import ColumnElement, and_, case, column, exists, false, func, literal, or_, select, tuple_
from sqlalchemy.dialects.postgresql import JSONB

from auricle_records import transcript_texts
from auricle_records.conversations import judged
from auricle_records.runs.models import DRY_RUN
from auricle_records.storable import Words
from auricle_records.tables import conversations, effective_findings, runs

_WORKING, _DONE = runs.c.state == RunState.WORKING, runs.c.state == RunState.DONE
_TRANSCRIBE, _EVALUATE = runs.c.step == Step.TRANSCRIBE, runs.c.step == Step.EVALUATE
RUN_PROGRESS: Mapping[str, ColumnElement[bool]] = {
    "dead": runs.c.state == RunState.DEAD,
    "transcribing": _WORKING & _TRANSCRIBE,
    "evaluating": _WORKING & _EVALUATE,
    "done": _DONE & _EVALUATE,
    "waiting": (runs.c.state == RunState.WAITING) | (_DONE & _TRANSCRIBE),
}
"""The words for a run's step and state. Without a run it is `waiting`, a moment that nobody should see."""


def progress_of_run() -> ColumnElement[str]:
    """The word, of a run's row."""
    return case(*((condition, word) for word, condition in RUN_PROGRESS.items()), else_="waiting")


def _counts(column: ColumnElement[str]) -> ColumnElement[bool]:
    """Whether a run of this reason says how its conversation stands: a dry run does not."""
    return column.not_like(f"{DRY_RUN}%")


NEWEST_PROGRESS = (
    select(progress_of_run())
    .where(runs.c.conversation_id == conversations.c.id, runs.c.revision == conversations.c.revision)
    .where(_counts(runs.c.reason))
    .order_by(runs.c.id.desc())
    .limit(1)
    .scalar_subquery()
)
PROGRESS: ColumnElement[str] = case(
    (conversations.c.state == "receiving", "receiving"), else_=func.coalesce(NEWEST_PROGRESS, "waiting")
)


ID_PART = 8


def has_part(column: ColumnElement[str], part: str) -> ColumnElement[bool]:
    """Whether the text contains the part, whatever the case of either."""
    escaped = re.sub(r"([\\%_])", r"\\\1", part)
    return column.ilike(literal(f"%{escaped}%", Words))


_PERSON = column("person", JSONB)
_PEOPLE = func.jsonb_array_elements(conversations.c.participants).table_valued(_PERSON, name="someone").render_derived()


def _agent_named(part: str) -> ColumnElement[bool]:
    """Whether an agent takes part whose reference (or name, or id, where there is none) or name contains the part."""
    person = _PEOPLE.c.person
    known_as = func.coalesce(
        func.nullif(person["reference"].astext, ""), func.nullif(person["name"].astext, ""), person["id"].astext
    )
    named = or_(has_part(known_as, part), has_part(person["name"].astext, part))
    return exists().select_from(_PEOPLE).where(person["role"].astext == Role.AGENT, named)


def _named(part: str) -> ColumnElement[bool]:
    """By external id; by the conversation's own only from ID_PART characters on, as a few hexadecimal ones are in many."""
    external = has_part(conversations.c.external_id, part)
    return external if len(part) < ID_PART else or_(external, has_part(conversations.c.id, part))


def _newest_run(*conditions: ColumnElement[bool]) -> ColumnElement[bool]:
    """Whether the newest run of the newest revision is like this. It starts from the runs, so that few such runs are few rows read."""
    later = runs.alias("later")
    newer = exists().where(
        later.c.conversation_id == runs.c.conversation_id,
        later.c.revision == runs.c.revision,
        later.c.id > runs.c.id,
        _counts(later.c.reason),
    )
    such = select(runs.c.conversation_id, runs.c.revision).where(*conditions, _counts(runs.c.reason), ~newer)
    return tuple_(conversations.c.id, conversations.c.revision).in_(such)


def _is_in(progress: str) -> ColumnElement[bool]:
    """ConversationView's word as a condition; a word that is none is nobody's."""
    if progress == "receiving":
        return conversations.c.state == ConversationState.RECEIVING
    if progress not in RUN_PROGRESS:
        return false()
    stored = conversations.c.state == ConversationState.STORED
    if progress == "waiting":
        without = ~exists().where(
            runs.c.conversation_id == conversations.c.id, runs.c.revision == conversations.c.revision
        )
        return and_(stored, or_(_newest_run(RUN_PROGRESS[progress]), without))
    return and_(stored, _newest_run(RUN_PROGRESS[progress]))


_HAS_STALE = exists().where(
    effective_findings.c.conversation_id == conversations.c.id,
    effective_findings.c.current,
    effective_findings.c.counts,
    effective_findings.c.stale,
)


@dataclass(frozen=True, slots=True)
class Filters:
    """All given ones must hold. Times compare `started_at`, or `created_at` where the caller gave none.

    `until` is excluded as a moment, and includes its whole day (in UTC) as a date; `since` as a date begins with its day. `agent`,
    `line` and `external_id` are found by a part of them, whatever the case: an agent by reference or name, a conversation by its
    external id or its own. `ids` are conversations by id. `progress` is ConversationView's word: how the newest run of the newest
    revision stands. `stale`: whether a finding cites what the knowledge base says no more.

    `text` is searched for in the masked transcript (`transcript_texts.say`). `answers`, `unsure_below` (0-1), `score_from` and
    `score_below` (the conversation's score), `error_classes`, `flags` and `recipe` are about the current evaluation as it counts; `team`
    is an agent's, by id or name.
    """

    channel: Channel | None = None
    source: str | None = None
    external_id: str | None = None
    direction: Direction | None = None
    line: str | None = None
    agent: str | None = None
    progress: str | None = None
    since: date | None = None
    until: date | None = None
    ids: tuple[str, ...] | None = None
    stale: bool | None = None
    text: str | None = None
    answers: tuple[judged.AnswerCondition, ...] = ()
    unsure_below: float | None = None
    score_from: float | None = None
    score_below: float | None = None
    error_classes: tuple[str, ...] = ()
    flags: tuple[str, ...] = ()
    recipe: str | None = None
    team: str | None = None

    def conditions(self) -> list[ColumnElement[bool]]:
        """As SQL."""
        columns = conversations.c
        equal = ("channel", "source", "direction")
        found = [columns[name] == getattr(self, name) for name in equal if getattr(self, name) is not None]
        if self.ids is not None:
            found.append(columns.id.in_(self.ids))
        if self.line is not None:
            found.append(has_part(columns.line, self.line))
        if self.external_id is not None:
            found.append(_named(self.external_id))
        if self.agent is not None:
            found.append(_agent_named(self.agent))
        if self.progress is not None:
            found.append(_is_in(self.progress))
        if self.stale is not None:
            found.append(_HAS_STALE if self.stale else ~_HAS_STALE)
        if self.since is not None:
            found.append(columns.happened_at >= start_of(self.since))
        if self.until is not None:
            found.append(columns.happened_at < end_of(self.until))
        if self.text is not None:
            found.append(transcript_texts.say(self.text))
        return found + self._judged()

    def _judged(self) -> list[ColumnElement[bool]]:
        found = [judged.answered(one) for one in self.answers]
        found += [judged.has_error(one) for one in self.error_classes]
        found += [judged.flagged(one) for one in self.flags]
        found += judged.scored(self.score_from, self.score_below)
        if self.unsure_below is not None:
            found.append(judged.unsure(self.unsure_below))
        if self.recipe is not None:
            found.append(judged.judged_under(self.recipe))
        if self.team is not None:
            found.append(judged.of_team(self.team))
        return found


def start_of(since: date) -> datetime:
    """A day begins at midnight in UTC."""
    return since if isinstance(since, datetime) else datetime.combine(since, time.min, UTC)


def end_of(until: date) -> datetime:
    """What is excluded: a moment itself, and of a day in UTC the beginning of the next."""
    return until if isinstance(until, datetime) else datetime.combine(until, time.min, UTC) + timedelta(days=1)
