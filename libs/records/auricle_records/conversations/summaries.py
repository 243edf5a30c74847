"""What a list shows of each conversation beside its state: the answers that count and the number of findings that do. One statement a page.

Free text is left out: it may hold personal data, and masking it needs the transcript. What remains is numbers, yes/no and choices.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from auricle_contracts import ConversationSummary, CriterionKind
from sqlalchemy import ARRAY, bindparam, text
from sqlalchemy.ext.asyncio import AsyncConnection

from auricle_records.database import Database
from auricle_records.storable import Words

_SUMMARIES = text(
    """
    SELECT e.conversation_id, e.id AS evaluation_id, e.dropped_quotes, e.flags, e.demo_weights, (
        SELECT coalesce(jsonb_agg(to_jsonb(a) - ARRAY[
            'workspace_id', 'evaluation_id', 'conversation_id', 'revision', 'current', 'position', 'label_id'] ORDER BY a.position), '[]')
        FROM effective_answers a WHERE a.evaluation_id = e.id AND a.kind <> 'text'
    ) AS answers, (
        SELECT coalesce(jsonb_object_agg(severity, n), '{}')
        FROM (SELECT severity, count(*) AS n FROM effective_findings f
              WHERE f.evaluation_id = e.id AND f.counts GROUP BY severity) AS counted
    ) AS findings
    FROM evaluations e WHERE e.current AND e.conversation_id = ANY (:conversations)
    """
).bindparams(bindparam("conversations", type_=ARRAY(Words)))
# Suggestions are what the newest conversations have, so that their cost does not grow with the workspace.
FACET_WINDOW = 5_000
_NEWEST = f"SELECT participants, line FROM conversations ORDER BY happened_at DESC, id DESC LIMIT {FACET_WINDOW}"  # noqa: S608
_AGENTS = text(
    f"""
    SELECT coalesce(nullif(p ->> 'reference', ''), nullif(p ->> 'name', ''), p ->> 'id') AS value, max(p ->> 'name') AS name, count(*) AS n
    FROM ({_NEWEST}) AS newest CROSS JOIN jsonb_array_elements(participants) AS p
    WHERE p ->> 'role' = 'agent' GROUP BY 1 ORDER BY n DESC, value LIMIT :limit
    """  # noqa: S608
)
_LINES = text(
    f"""
    SELECT line AS value, NULL AS name, count(*) AS n FROM ({_NEWEST}) AS newest
    WHERE line <> '' GROUP BY line ORDER BY n DESC, value LIMIT :limit
    """  # noqa: S608
)


@dataclass(frozen=True, slots=True)
class Facet:
    """A value that a filter may take, the name that goes with it, and how many of the newest conversations have it."""

    value: str
    name: str | None
    count: int


@dataclass(frozen=True, slots=True)
class Facets:
    """Agents and lines of the newest FACET_WINDOW conversations, the most frequent first."""

    agents: tuple[Facet, ...]
    lines: tuple[Facet, ...]


async def of(connection: AsyncConnection, conversation_ids: Sequence[str]) -> Mapping[str, ConversationSummary]:
    """By conversation; those without a current evaluation are not in it."""
    rows = await connection.execute(_SUMMARIES, {"conversations": list(conversation_ids)})
    return {
        row.conversation_id: ConversationSummary(
            evaluation_id=row.evaluation_id,
            answers=row.answers,
            findings=row.findings,
            dropped_quotes=row.dropped_quotes,
            flags=tuple(row.flags),
            demo_weights=row.demo_weights,
        )
        for row in rows
    }


@dataclass(frozen=True, slots=True)
class CriterionNamed:
    """What the newest answer to a criterion calls it, and of which kind it is."""

    title: str
    kind: CriterionKind


_NAMED = text(
    """
    SELECT named.criterion, newest.title, newest.kind FROM unnest(CAST(:names AS text[])) AS named(criterion)
    CROSS JOIN LATERAL (
        SELECT title, kind FROM answers WHERE criterion = named.criterion ORDER BY evaluation_id DESC, position LIMIT 1
    ) AS newest
    """
).bindparams(bindparam("names", type_=ARRAY(Words)))


async def criteria_named(db: Database, workspace: str, names: Sequence[str]) -> Mapping[str, CriterionNamed]:
    """Those that somebody answered."""
    async with db.transaction(workspace) as connection:
        rows = await connection.execute(_NAMED, {"names": list(names)})
        return {row.criterion: CriterionNamed(row.title, CriterionKind(row.kind)) for row in rows}


async def facets(db: Database, workspace: str, *, limit: int = 100) -> Facets:
    """What the filters `agent` and `line` may be suggested. Raises StoreUnavailable."""
    async with db.transaction(workspace) as connection:
        agents, lines = [
            tuple(Facet(row.value, row.name, row.n) for row in await connection.execute(query, {"limit": limit}))
            for query in (_AGENTS, _LINES)
        ]
    return Facets(agents, lines)
