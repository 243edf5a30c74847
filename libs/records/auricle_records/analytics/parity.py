"""People and bots on the same checklist: how often each error class is found of whom, of the conversations where it could be. Read only.

A conversation is of the side whose participants took part in it; where both did, of both. A finding is of the side of its participant; one
that names nobody counts only where there is one side.
"""

# ruff: noqa: S608 (the texts are put together here, from constants only)
from collections import defaultdict
from dataclasses import dataclass

from auricle_contracts import Role
from sqlalchemy import text

from auricle_records.analytics.breakdown import FOUND, ON_TRIAL, Share, seen
from auricle_records.analytics.differences import Difference, of_shares
from auricle_records.conversations.filters import Filters
from auricle_records.database import Database

FEWEST = 10
"""Conversations in which a class was decided, on each side, below which nothing is told of it."""
_SIDES = f"""(
    SELECT seen.id, seen.evaluation_id, p ->> 'role' AS side, array_agg(p ->> 'id') AS members,
        count(*) OVER (PARTITION BY seen.id) = 1 AS alone
    FROM seen JOIN conversations c ON c.id = seen.id CROSS JOIN jsonb_array_elements(c.participants) AS p
    WHERE p ->> 'role' IN ('{Role.AGENT}', '{Role.BOT}') GROUP BY seen.id, seen.evaluation_id, p ->> 'role'
) AS s"""
_TOTALS = f"SELECT side, count(*) AS evaluated, count(*) FILTER (WHERE NOT alone) AS shared FROM {_SIDES} GROUP BY side"
_CLASSES = f"""
    SELECT side, error_class, {FOUND} FROM (
        SELECT id, side, error_class, bool_or(is_found) AS is_found FROM (
            SELECT s.id, s.side, f.error_class, f.counts AS is_found FROM {_SIDES}
                JOIN effective_findings f ON f.evaluation_id = s.evaluation_id AND NOT f.experimental
                    AND (f.participant = ANY (s.members) OR (f.participant IS NULL AND s.alone))
            UNION ALL
            SELECT s.id, s.side, o ->> 'error_class', false FROM {_SIDES} JOIN evaluations e ON e.id = s.evaluation_id
                CROSS JOIN jsonb_array_elements(e.outcomes) AS o
            WHERE o ->> 'state' IN ('found', 'not_found') AND NOT {ON_TRIAL}
        ) AS told GROUP BY id, side, error_class
    ) AS outcomes GROUP BY side, error_class
"""


@dataclass(frozen=True, slots=True)
class ClassParity:
    """One error class on both sides; `difference` is that of the bots less that of people."""

    error_class: str
    people: Share
    bots: Share

    @property
    def difference(self) -> Difference:
        """With its interval."""
        return of_shares(self.people, self.bots)

    @property
    def too_few(self) -> bool:
        """Whether one side has too few conversations to tell anything."""
        return min(self.people.looked, self.bots.looked) < FEWEST


@dataclass(frozen=True, slots=True)
class Parity:
    """Evaluated conversations of each side, those of both in each, and the classes that were decided on either, the most frequent first."""

    people: int
    bots: int
    shared: int
    classes: tuple[ClassParity, ...]


async def parity(db: Database, workspace: str, filters: Filters) -> Parity:
    """Of the conversations that the filters leave and that have a current evaluation. Two statements."""
    over = seen(filters)
    async with db.transaction(workspace) as connection:
        totals, rows = [
            (await connection.execute(text(query).columns().add_cte(over))).all() for query in (_TOTALS, _CLASSES)
        ]
    evaluated = {row.side: row.evaluated for row in totals}
    shares: dict[str, dict[str, Share]] = defaultdict(dict)
    for row in rows:
        shares[row.error_class][row.side] = Share(row.found, row.looked)
    nothing = Share(0, 0)
    classes = [ClassParity(name, of.get(Role.AGENT, nothing), of.get(Role.BOT, nothing)) for name, of in shares.items()]
    return Parity(
        people=evaluated.get(Role.AGENT, 0),
        bots=evaluated.get(Role.BOT, 0),
        shared=max((row.shared for row in totals), default=0),
        classes=tuple(sorted(classes, key=_frequent)),
    )


def _frequent(one: ClassParity) -> tuple[float, str]:
    found, looked = one.people.found + one.bots.found, one.people.looked + one.bots.looked
    return -found / max(1, looked), one.error_class
