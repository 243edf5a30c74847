"""Conversations that people reviewed to the end, each with what the machine said and what they left. Read only.

Who finishes an item answers for all of it: what was not touched was let stand. Blind items are not among them. Of a conversation
that was reviewed more than once the last review counts. What one side could not tell contradicts nobody.
"""

# ruff: noqa: S608 (the texts are put together here, from constants only)
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from auricle_contracts.review import ReviewReason, ReviewState
from sqlalchemy import CTE, ColumnElement, Row, select, text
from sqlalchemy.dialects.postgresql import distinct_on

from auricle_records.analytics.agents import AGREED_POINTS
from auricle_records.analytics.breakdown import FOUND, OUTCOMES, ClassShare, Share
from auricle_records.conversations.filters import Filters
from auricle_records.database import Database
from auricle_records.tables import appeals, conversations, review_items

MOST = 20_000
AUDITED = review_items.c.reasons.contains([ReviewReason.AUDITED.value])
_FACTS = tuple(conversations.c[name] for name in ("id", "revision", "line", "agents", "channel", "language"))
_MODEL = (
    "(CASE WHEN a.model_state = 'answered' AND jsonb_typeof(a.model_value) = 'number' THEN a.model_value::float8 END)"
)
_PERSON = "(CASE WHEN a.state = 'answered' AND jsonb_typeof(a.value) = 'number' THEN a.value::float8 END)"
_SCORED = f"a.kind = 'score' AND {_MODEL} IS NOT NULL AND {_PERSON} IS NOT NULL"
_ABOUT = """c.id, c.line, c.agents, c.channel, coalesce(c.language, heard.language) AS language, heard.flagged, said.characters"""
_KNOWN = """
    LEFT JOIN LATERAL (
        SELECT language, cardinality(flags) > 0 AS flagged FROM transcripts t
        WHERE t.conversation_id = c.id AND t.revision = c.revision ORDER BY t.run_id DESC LIMIT 1
    ) heard ON true
    LEFT JOIN LATERAL (
        SELECT sum(length(said)) AS characters FROM transcript_texts t, jsonb_array_elements_text(t.texts) AS said
        WHERE t.conversation_id = c.id
    ) said ON true
"""
_REVIEWED = f"""
    SELECT {_ABOUT}, c.reviewed_at, c.audited, scored.*, found.* FROM chosen c {_KNOWN}
    CROSS JOIN LATERAL (
        SELECT avg({_MODEL}) FILTER (WHERE {_SCORED}) AS machine_score, avg({_PERSON}) FILTER (WHERE {_SCORED}) AS people_score,
               coalesce(bool_or('undetermined' NOT IN (a.state, a.model_state) AND a.label_id IS NOT NULL AND NOT (
                   a.state = a.model_state AND (a.state <> 'answered' OR CASE a.kind
                       WHEN 'score' THEN abs(a.value::float8 - a.model_value::float8) <= {AGREED_POINTS}
                       ELSE a.value = a.model_value END))), false) AS answer_changed
        FROM effective_answers a WHERE a.evaluation_id = c.evaluation_id AND a.layer = 'model' AND a.kind <> 'text'
    ) scored
    CROSS JOIN LATERAL (
        SELECT count(*) FILTER (WHERE f.added_by IS NULL) > 0 AS machine_error, count(*) FILTER (WHERE f.counts) > 0 AS people_error,
               count(*) FILTER (WHERE f.added_by IS NULL AND NOT f.counts) > 0 AS false_alarm,
               count(*) FILTER (WHERE f.added_by IS NOT NULL AND f.counts) > 0 AS missed
        FROM effective_findings f WHERE f.evaluation_id = c.evaluation_id AND NOT f.experimental
    ) found
    ORDER BY c.reviewed_at DESC, c.id LIMIT {MOST}
"""
_DECIDED = f"SELECT {_ABOUT}, c.accepted FROM chosen c {_KNOWN} ORDER BY c.appeal_id DESC LIMIT {MOST}"


@dataclass(frozen=True, slots=True)
class About:
    """What groups a conversation. `flagged` is None without a recording, `characters` where its text is not in the index."""

    agents: tuple[str, ...]
    line: str
    language: str
    channel: str
    flagged: bool | None
    characters: int | None


@dataclass(frozen=True, slots=True)
class Reviewed:
    """`audited`: drawn at random. Scores are means over the same criteria, None where no score was judged by both."""

    conversation_id: str
    reviewed_at: datetime
    audited: bool
    about: About
    machine_score: float | None
    people_score: float | None
    machine_error: bool
    people_error: bool
    false_alarm: bool
    missed: bool
    answer_changed: bool

    @property
    def is_changed(self) -> bool:
        """Whether a person contradicted the machine in anything."""
        return self.false_alarm or self.missed or self.answer_changed


@dataclass(frozen=True, slots=True)
class Decided:
    """A decided appeal; `accepted` wholly or partly."""

    about: About
    accepted: bool


async def reviewed(
    db: Database,
    workspace: str,
    filters: Filters,
    *,
    audited: bool = False,
    since: datetime | None = None,
    until: datetime | None = None,
) -> list[Reviewed]:
    """Of the conversations that the filters leave, the last MOST reviewed, the newest first; only those `audited`, or whose review ended
    from `since` on and before `until`, where asked.
    """
    at = review_items.c.closed_at
    conditions = [AUDITED] if audited else []
    conditions += [at >= since] if since is not None else []
    conditions += [at < until] if until is not None else []
    async with db.transaction(workspace) as connection:
        rows = await connection.execute(text(_REVIEWED).columns().add_cte(last_reviews(filters, conditions)))
        return [_reviewed(row) for row in rows]


async def decided_appeals(db: Database, workspace: str, filters: Filters) -> list[Decided]:
    """About the conversations that the filters leave, the last MOST, the newest first."""
    chosen = (
        select(*_FACTS, appeals.c.id.label("appeal_id"), appeals.c.state.in_(("accepted", "partly")).label("accepted"))
        .join(appeals, appeals.c.conversation_id == conversations.c.id)
        .where(appeals.c.decided_at.is_not(None), *filters.conditions())
        .cte("chosen")
    )
    async with db.transaction(workspace) as connection:
        rows = await connection.execute(text(_DECIDED).columns().add_cte(chosen))
        return [Decided(_about(row), row.accepted) for row in rows]


async def prevalence(db: Database, workspace: str, filters: Filters) -> tuple[ClassShare, ...]:
    """How often each error class occurs, by what people left of conversations that were drawn at random: each had the same chance, so
    the share stands for all of them. The rarest first.
    """
    chosen = last_reviews(filters, [AUDITED], name="seen")
    counted = f"SELECT error_class, {FOUND} FROM {OUTCOMES} GROUP BY error_class ORDER BY 2, error_class"
    async with db.transaction(workspace) as connection:
        rows = await connection.execute(text(counted).columns().add_cte(chosen))
        return tuple(ClassShare(row.error_class, None, Share(row.found, row.looked)) for row in rows)


def last_reviews(filters: Filters, conditions: Sequence[ColumnElement[bool]], name: str = "chosen") -> CTE:
    return (
        select(
            *_FACTS,
            review_items.c.evaluation_id,
            review_items.c.closed_at.label("reviewed_at"),
            AUDITED.label("audited"),
        )
        .join(review_items, review_items.c.conversation_id == conversations.c.id)
        .where(review_items.c.state == ReviewState.DONE, review_items.c.golden_id.is_(None))
        .where(*conditions, *filters.conditions())
        .ext(distinct_on(conversations.c.id))
        .order_by(conversations.c.id, review_items.c.closed_at.desc())
        .cte(name)
    )


def _about(row: Row[Any]) -> About:
    return About(tuple(row.agents), row.line or "", row.language or "", row.channel, row.flagged, row.characters)


def _reviewed(row: Row[Any]) -> Reviewed:
    return Reviewed(
        conversation_id=row.id,
        reviewed_at=row.reviewed_at,
        audited=row.audited,
        about=_about(row),
        machine_score=row.machine_score,
        people_score=row.people_score,
        machine_error=row.machine_error,
        people_error=row.people_error,
        false_alarm=row.false_alarm,
        missed=row.missed,
        answer_changed=row.answer_changed,
    )
