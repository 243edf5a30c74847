"""Conversations of which two people said different things: verdicts on one answer or finding, and answers of a closed calibration.

Keeper's. The newest word of each person. A verdict of a quality manager or admin after the others settles it; so does whoever finishes
the item.
"""

from datetime import datetime, timedelta

from auricle_contracts.review import ReviewReason
from sqlalchemy import Double, bindparam, text

from auricle_records.database import Database
from auricle_records.review import risk, settings
from auricle_records.review.contested import DAYS, id_at
from auricle_records.review.disagreeing import DECIDED, PUT
from auricle_records.storable import Moment

_PEOPLE = text(
    f"""
    WITH lately AS (
        SELECT conversation_id FROM labels WHERE id > :since
        UNION SELECT conversation_id FROM finding_labels WHERE id > :since
        UNION SELECT conversation_id FROM added_findings WHERE id > :since
        UNION SELECT i.conversation_id FROM calibration_items i JOIN calibrations c ON c.id = i.calibration_id
            WHERE c.closed_at > :closed_since
    ), said AS (
        SELECT l.conversation_id, j.revision, l.criterion AS subject, '' AS about, l.kind AS scale, l.author, l.state, l.value,
               l.updated_at AS at, l.id, true AS stands
        FROM labels l JOIN evaluations j ON j.id = l.evaluation_id
        WHERE l.author_kind = 'person' AND NOT l.blind AND l.conversation_id IN (SELECT conversation_id FROM lately)
        UNION ALL
        SELECT conversation_id, revision, error_class, coalesce(participant, ''), NULL, author,
               CASE verdict WHEN 'reject' THEN 'not_found' ELSE 'found' END, NULL, created_at, id, true
        FROM finding_labels WHERE author_kind = 'person' AND NOT blind AND conversation_id IN (SELECT conversation_id FROM lately)
        UNION ALL
        SELECT conversation_id, revision, error_class, coalesce(participant, ''), NULL, author, 'found', NULL, created_at, id, true
        FROM added_findings WHERE author_kind = 'person' AND NOT blind AND conversation_id IN (SELECT conversation_id FROM lately)
        UNION ALL
        SELECT a.conversation_id, j.revision, a.criterion, '', (
                   SELECT x.kind FROM answers x WHERE x.evaluation_id = i.evaluation_id AND x.criterion = a.criterion
                   ORDER BY x.position LIMIT 1), a.person_id, a.state, a.value, c.closed_at, '', false
        FROM calibration_answers a JOIN calibrations c ON c.id = a.calibration_id AND c.state = 'closed'
        JOIN calibration_items i USING (calibration_id, conversation_id) JOIN evaluations j ON j.id = i.evaluation_id
        WHERE a.conversation_id IN (SELECT conversation_id FROM lately)
    ), own AS (
        SELECT DISTINCT ON (conversation_id, revision, subject, about, author) * FROM said
        ORDER BY conversation_id, revision, subject, about, author, at DESC, id DESC
    ), last_word AS (
        SELECT DISTINCT ON (conversation_id, revision, subject, about) conversation_id, revision, subject, about, EXISTS (
            SELECT FROM memberships m WHERE m.person_id = author AND m.role IN ('admin', 'quality_manager')) AS settles
        FROM own WHERE stands ORDER BY conversation_id, revision, subject, about, at DESC, id DESC
    ), differing AS (
        SELECT a.conversation_id, a.revision, a.subject, max(greatest(a.at, b.at)) AS at
        FROM own a JOIN own b USING (conversation_id, revision, subject, about)
        LEFT JOIN last_word w USING (conversation_id, revision, subject, about)
        WHERE a.author < b.author AND a.state IN {DECIDED} AND b.state IN {DECIDED} AND w.settles IS NOT TRUE
          AND CASE WHEN a.state <> b.state THEN true WHEN a.state <> 'answered' THEN false
              WHEN a.scale = 'score' THEN abs(a.value::float8 - b.value::float8) > :points ELSE a.value <> b.value END
        GROUP BY 1, 2, 3
    ), fresh AS (
        SELECT e.workspace_id, e.conversation_id, e.id AS evaluation_id, max(d.at) AS at,
               jsonb_agg(jsonb_build_object('between', 'people', 'subject', d.subject)) AS found
        FROM differing d JOIN evaluations e ON (e.conversation_id, e.revision) = (d.conversation_id, d.revision)
        WHERE e.current AND e.triaged GROUP BY 1, 2, 3
    )
    {PUT.format(reopens="true")}
    """  # noqa: S608 - constants of ours
).bindparams(
    risk.parameter(ReviewReason.DISAGREEING), bindparam("points", type_=Double), bindparam("closed_since", type_=Moment)
)


async def dispute(db: Database, workspace: str, *, now: datetime) -> int:
    """Items for what people said in the last DAYS; one that was done or skipped before the second of them spoke is open again. How many."""
    since = now - timedelta(days=DAYS)
    async with db.transaction(workspace) as connection:
        chosen = (await settings.load(connection)).settings
        values = {"since": id_at(since), "closed_since": since, "points": chosen.disagree_points}
        return (await connection.execute(_PEOPLE, values | risk.weights(chosen))).rowcount
