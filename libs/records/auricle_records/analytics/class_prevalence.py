"""How often one error class was found: by the machine in all conversations, and beside people in the random share. Read only."""

# ruff: noqa: S608 (the texts are put together here, from constants only)
from dataclasses import dataclass
from typing import Any

from auricle_contracts import DetectionState
from sqlalchemy import BindParameter, bindparam, select, text
from sqlalchemy.dialects.postgresql import JSONB

from auricle_records.analytics.breakdown import Share
from auricle_records.analytics.reviewed import AUDITED, last_reviews
from auricle_records.conversations.filters import Filters
from auricle_records.database import Database
from auricle_records.tables import conversations, evaluations

_LOOKED = "(e.outcomes @> :found OR e.outcomes @> :absent)"
_MACHINE = f"""
    SELECT count(*) FILTER (WHERE e.outcomes @> :found) AS found, count(*) AS looked
    FROM seen JOIN evaluations e ON e.id = seen.evaluation_id WHERE {_LOOKED}
"""
_BESIDE = f"""
    SELECT count(*) FILTER (WHERE machine AND people) AS confirmed, count(*) FILTER (WHERE machine AND NOT people) AS rejected,
           count(*) FILTER (WHERE NOT machine AND people) AS missed, count(*) FILTER (WHERE NOT machine AND NOT people) AS absent
    FROM (SELECT e.outcomes @> :found AS machine, EXISTS (
              SELECT FROM effective_findings f WHERE f.evaluation_id = e.id AND f.error_class = :error_class AND f.counts) AS people
          FROM seen JOIN evaluations e ON e.id = seen.evaluation_id WHERE {_LOOKED}) AS told
"""


@dataclass(frozen=True, slots=True)
class BesidePeople:
    """Audited conversations in which the machine looked: found and let stand, found and rejected, found by people alone, by nobody."""

    confirmed: int
    rejected: int
    missed: int
    absent: int


async def machine_share(db: Database, workspace: str, filters: Filters, error_class: str) -> Share:
    """Of the conversations that the filters leave, by their current evaluations, without people's verdicts."""
    seen = (
        select(conversations.c.id, evaluations.c.id.label("evaluation_id"))
        .join(evaluations, (evaluations.c.conversation_id == conversations.c.id) & evaluations.c.current)
        .where(*filters.conditions())
        .cte("seen")
    )
    statement = text(_MACHINE).bindparams(*_states(error_class)).columns().add_cte(seen)
    async with db.transaction(workspace) as connection:
        row = (await connection.execute(statement)).one()
    return Share(row.found, row.looked)


async def beside_people(db: Database, workspace: str, filters: Filters, error_class: str) -> BesidePeople:
    """Of those that were drawn at random and reviewed to the end."""
    seen = last_reviews(filters, [AUDITED], name="seen")
    statement = text(_BESIDE).bindparams(*_states(error_class), bindparam("error_class", error_class))
    async with db.transaction(workspace) as connection:
        row = (await connection.execute(statement.columns().add_cte(seen))).one()
    return BesidePeople(row.confirmed, row.rejected, row.missed, row.absent)


def _states(error_class: str) -> tuple[BindParameter[Any], ...]:
    states = {"found": DetectionState.FOUND, "absent": DetectionState.NOT_FOUND}
    return tuple(
        bindparam(name, [{"error_class": error_class, "state": state.value}], JSONB) for name, state in states.items()
    )
