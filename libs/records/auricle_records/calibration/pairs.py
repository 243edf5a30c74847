"""What two people said of the same: pairs of answers, from which follows how far people agree with each other. Reads only.

`calibration`: reviewers of a closed session; `blind`: a reviewer of a blind item and the golden label that others decided; `double`: two
people's newest verdicts on one answer or finding, of which the second could see the first. Who could not tell said nothing.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal

from sqlalchemy import text

from auricle_records.database import Database

MOST = 200_000
_PAIRS = text(
    f"""
    WITH calibrated AS (
        SELECT a.calibration_id, a.conversation_id, a.criterion, a.person_id, a.state, a.value, (
                 SELECT x.kind FROM calibration_items i JOIN answers x ON x.evaluation_id = i.evaluation_id
                 WHERE i.calibration_id = a.calibration_id AND i.conversation_id = a.conversation_id AND x.criterion = a.criterion
                 ORDER BY x.position LIMIT 1) AS scale
        FROM calibration_answers a JOIN calibrations c ON c.id = a.calibration_id AND c.state = 'closed'
        WHERE a.state <> 'undetermined'
    ), said AS (
        SELECT DISTINCT ON (evaluation_id, criterion, author) evaluation_id, criterion, author, kind, state, value
        FROM labels WHERE author_kind = 'person' AND NOT blind ORDER BY evaluation_id, criterion, author, updated_at DESC, id DESC
    ), found AS (
        SELECT DISTINCT ON (conversation_id, revision, error_class, participant, author)
               conversation_id, revision, error_class, participant, author,
               CASE verdict WHEN 'reject' THEN 'not_found' ELSE 'found' END AS state
        FROM finding_labels WHERE author_kind = 'person' AND NOT blind
        ORDER BY conversation_id, revision, error_class, participant, author, created_at DESC, id DESC
    )
    SELECT 'calibration' AS source, 'criterion' AS kind, a.criterion AS subject, a.scale, a.state, a.value,
           b.state AS other_state, b.value AS other_value
    FROM calibrated a JOIN calibrated b USING (calibration_id, conversation_id, criterion) WHERE a.person_id < b.person_id
    UNION ALL
    SELECT 'blind', b.kind, b.subject, b.scale, g.state, g.value, b.state, b.value
    FROM blind_answers b JOIN LATERAL (
        SELECT min(l.state) AS state, (array_agg(l.value))[1] AS value FROM golden_labels l
        WHERE l.item_id = b.golden_id AND l.kind = b.kind AND l.subject = b.subject AND l.status = 'golden'
        HAVING count(DISTINCT (l.state, l.value)) = 1 AND bool_and(l.decided_by <> b.person_id)) g ON true
    WHERE b.state <> 'undetermined'
    UNION ALL
    SELECT 'double', 'criterion', a.criterion, a.kind, a.state, a.value, b.state, b.value
    FROM said a JOIN said b USING (evaluation_id, criterion)
    WHERE a.author < b.author AND a.state <> 'undetermined' AND b.state <> 'undetermined'
    UNION ALL
    SELECT 'double', 'error_class', a.error_class, NULL, a.state, NULL, b.state, NULL
    FROM found a JOIN found b ON (a.conversation_id, a.revision, a.error_class) = (b.conversation_id, b.revision, b.error_class)
        AND a.participant IS NOT DISTINCT FROM b.participant AND a.author < b.author
    ORDER BY 2, 3 LIMIT {MOST}
    """  # noqa: S608 - a number of ours
)


@dataclass(frozen=True, slots=True)
class Pair:
    """Two people's answers to one question; `kind` and states are a golden label's, `scale` the criterion's kind."""

    source: Literal["calibration", "blind", "double"]
    kind: str
    subject: str
    scale: str | None
    state: str
    value: Any
    other_state: str
    other_value: Any


async def pairs(db: Database, workspace: str) -> Sequence[Pair]:
    """By kind and subject, at most MOST."""
    async with db.transaction(workspace) as connection:
        return [Pair(**row) for row in (await connection.execute(_PAIRS)).mappings()]
