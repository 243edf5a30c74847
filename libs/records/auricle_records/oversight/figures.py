"""Figures of the oversight record, by month and by criterion or error class: what the machine judged, and what people did about it.

Counted are current evaluations by the month in which they were made, in UTC. An answer of the model is overridden where the newest verdict
of a person is another one; one that it left undetermined is no verdict of it. A finding is overridden where the newest verdict rejects it.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from auricle_contracts.oversight import (
    AGENT_TONE_FLAG,
    Disclosure,
    OversightEntry,
    OversightRow,
    OversightShare,
    ToneMonth,
)
from auricle_kit.shares import wilson
from sqlalchemy import DateTime, bindparam, text

from auricle_records.database import Database
from auricle_records.oversight import disclosures, entries

_MONTH = "date_trunc('month', e.created_at AT TIME ZONE 'UTC')::date AS month"
_PERIOD = "e.created_at >= :since AND e.created_at < :until"
_FINDINGS = f"""
    SELECT {_MONTH}, 'error_class' AS kind, f.error_class AS subject,
        count(*) FILTER (WHERE f.source <> 'person') AS judged,
        count(*) FILTER (WHERE f.source <> 'person' AND f.verdict IS NOT NULL) AS looked,
        count(*) FILTER (WHERE f.source <> 'person' AND f.verdict = 'reject') AS overridden,
        count(*) FILTER (WHERE f.source <> 'person' AND f.verdict = 'accept' AND f.grade = 1) AS doubtful,
        count(*) FILTER (WHERE f.source = 'person' AND f.counts) AS missed
    FROM effective_findings f JOIN evaluations e ON e.id = f.evaluation_id AND e.current
    WHERE {_PERIOD} AND NOT f.experimental GROUP BY 1, 3
"""  # noqa: S608 - conditions of ours
_ANSWERS = f"""
    SELECT {_MONTH}, 'criterion' AS kind, a.criterion AS subject, count(*) AS judged, count(a.label_id) AS looked,
        count(a.label_id) FILTER (WHERE (a.state, a.value) IS DISTINCT FROM (a.model_state, a.model_value)) AS overridden,
        0 AS doubtful, 0 AS missed
    FROM effective_answers a JOIN evaluations e ON e.id = a.evaluation_id AND e.current
    WHERE {_PERIOD} AND a.layer = 'model' AND a.model_state <> 'undetermined' GROUP BY 1, 3
"""  # noqa: S608 - conditions of ours
_APPEALS = f"""
    SELECT {_MONTH}, CASE WHEN p.criterion IS NULL THEN 'error_class' ELSE 'criterion' END AS kind,
        coalesce(p.criterion, p.error_class) AS subject, count(*) AS appealed,
        count(*) FILTER (WHERE p.state IN ('accepted', 'partly')) AS accepted
    FROM appeals p JOIN evaluations e ON e.id = p.evaluation_id
    WHERE {_PERIOD} AND p.state <> 'withdrawn' GROUP BY 1, 2, 3
"""  # noqa: S608 - conditions of ours
_TONE = f"""
    SELECT {_MONTH}, count(*) AS transcripts, count(*) FILTER (WHERE '{AGENT_TONE_FLAG}' = ANY (e.flags)) AS with_agent_tone
    FROM transcripts e WHERE {_PERIOD} GROUP BY 1 ORDER BY 1
"""  # noqa: S608 - conditions of ours
_INFORMED = """
    SELECT count(DISTINCT p.id) AS agents, count(DISTINCT r.person_id) AS informed
    FROM people p JOIN memberships m ON m.person_id = p.id AND m.role = 'agent'
    LEFT JOIN disclosure_acknowledgements r ON r.person_id = p.id AND r.version = :version
    WHERE p.active
"""
_TIMES = (bindparam("since", type_=DateTime(timezone=True)), bindparam("until", type_=DateTime(timezone=True)))
_COUNTS = ("judged", "looked", "overridden", "doubtful", "missed", "appealed", "accepted")


@dataclass(frozen=True, slots=True)
class OversightFigures:
    """All that the database says of a period."""

    responsible: OversightEntry | None
    incidents: tuple[OversightEntry, ...]
    disclosure: Disclosure | None
    agents: int
    informed: int
    rows: tuple[OversightRow, ...]
    tone: tuple[ToneMonth, ...]


async def figures(db: Database, workspace: str, since: datetime, until: datetime) -> OversightFigures:
    """`since` counts, `until` does not. Nine statements."""
    period = {"since": since, "until": until}
    async with db.transaction(workspace) as connection:
        counted: dict[tuple[Any, str, str], dict[str, int]] = {}
        for query in (_FINDINGS, _ANSWERS, _APPEALS):
            for row in (await connection.execute(text(query).bindparams(*_TIMES), period)).mappings():
                key = (row["month"], row["kind"], row["subject"])
                counted.setdefault(key, {}).update({name: row[name] for name in _COUNTS if name in row})
        tone = (await connection.execute(text(_TONE).bindparams(*_TIMES), period)).mappings()
        disclosure = await disclosures.current(connection)
        version = disclosure.version if disclosure else 0
        people = (await connection.execute(text(_INFORMED), {"version": version})).one()
        return OversightFigures(
            responsible=await entries.responsible(connection, until),
            incidents=await entries.incidents(connection, since, until),
            disclosure=disclosure,
            agents=people.agents,
            informed=people.informed,
            rows=tuple(_row(*key, counts) for key, counts in sorted(counted.items())),
            tone=tuple(ToneMonth.model_validate(dict(row)) for row in tone),
        )


def _row(month: Any, kind: Any, subject: str, counts: Mapping[str, int]) -> OversightRow:
    one = dict.fromkeys(_COUNTS, 0) | dict(counts)
    return OversightRow(
        month=month, kind=kind, subject=subject, judged=one["judged"], doubtful=one["doubtful"], missed=one["missed"],
        looked=_share(one["looked"], one["judged"]), overridden=_share(one["overridden"], one["looked"]),
        appealed=_share(one["appealed"], max(one["judged"], one["appealed"])),
        accepted=_share(one["accepted"], one["appealed"]),
    )  # fmt: skip


def _share(count: int, of: int) -> OversightShare:
    low, high = wilson(count, of)
    return OversightShare(count=count, of=of, low=low, high=high)
