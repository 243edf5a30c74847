"""Conversations of which what is live and another version (of a shadow, a dry run, a time machine) said different things. Keeper's.

Only what nobody reviewed yet: of two versions the person who looked has said already which is right.
"""

from datetime import datetime, timedelta

from auricle_contracts.review import ReviewReason
from sqlalchemy import Double, bindparam, text

from auricle_records.database import Database
from auricle_records.review import risk, settings
from auricle_records.review.disagreeing import DECIDED, PUT
from auricle_records.storable import Moment

DAYS = 92
"""Dry runs and shadows that began earlier are not looked at."""
_REVIEWED = """EXISTS (
    SELECT FROM review_items r JOIN evaluations j ON j.id = r.evaluation_id WHERE r.conversation_id = e.conversation_id
      AND j.revision = e.revision AND r.state IN ('done', 'skipped') AND r.golden_id IS NULL)"""
_VERSIONS = text(
    f"""
    WITH judged AS MATERIALIZED (
        SELECT i.workspace_id, i.conversation_id, i.evaluation_id, i.result, e.outcomes, e.revision,
               concat(a.kind, '/', a.name, '@', left(a.hash, 8)) AS version
        FROM dry_run_items i JOIN dry_runs d ON d.id = i.dry_run_id JOIN artefacts a ON a.id = d.artefact_id
        JOIN evaluations e ON e.id = i.evaluation_id AND e.current AND e.triaged
        WHERE i.result IS NOT NULL AND d.method = 'judged' AND d.created_at > :since AND NOT {_REVIEWED} AND NOT EXISTS (
            SELECT FROM review_items r WHERE r.evaluation_id = i.evaluation_id AND r.golden_id IS NULL
              AND r.disagreements @> '[{{"between": "versions"}}]')
    ), live AS (
        SELECT DISTINCT ON (evaluation_id, criterion) * FROM effective_answers
        WHERE evaluation_id IN (SELECT evaluation_id FROM judged) ORDER BY evaluation_id, criterion, position
    ), other AS (
        SELECT DISTINCT ON (j.evaluation_id, j.version, o ->> 'criterion') j.evaluation_id, j.version, o ->> 'criterion' AS criterion,
               o ->> 'state' AS state, o -> 'value' AS value
        FROM judged j CROSS JOIN jsonb_array_elements(j.result -> 'answers') WITH ORDINALITY AS listed(o, place)
        ORDER BY 1, 2, 3, place
    ), differing AS (
        SELECT o.evaluation_id, o.version, o.criterion AS subject FROM other o JOIN live l USING (evaluation_id, criterion)
        WHERE l.kind <> 'text' AND l.layer <> 'metadata' AND l.label_id IS NULL
          AND l.model_state IN {DECIDED} AND o.state IN {DECIDED}
          AND CASE WHEN o.state <> l.model_state THEN true WHEN o.state <> 'answered' THEN false
              WHEN l.kind = 'score' THEN abs(o.value::float8 - l.model_value::float8) > :points ELSE o.value <> l.model_value END
        UNION
        SELECT j.evaluation_id, j.version, one ->> 'error_class' FROM judged j
        CROSS JOIN jsonb_array_elements(j.outcomes) AS one CROSS JOIN jsonb_array_elements(j.result -> 'outcomes') AS two
        WHERE one ->> 'error_class' = two ->> 'error_class' AND one ->> 'state' <> two ->> 'state'
          AND one ->> 'state' IN {DECIDED} AND two ->> 'state' IN {DECIDED}
          AND NOT EXISTS (SELECT FROM findings f
              WHERE f.evaluation_id = j.evaluation_id AND f.error_class = one ->> 'error_class' AND f.experimental)
          AND NOT EXISTS (SELECT FROM jsonb_array_elements(j.result -> 'findings') AS f
              WHERE f ->> 'error_class' = one ->> 'error_class' AND (f ->> 'experimental')::boolean)
          AND NOT EXISTS (SELECT FROM finding_labels f
              WHERE (f.conversation_id, f.revision, f.error_class) = (j.conversation_id, j.revision, one ->> 'error_class'))
          AND NOT EXISTS (SELECT FROM added_findings f
              WHERE (f.conversation_id, f.revision, f.error_class) = (j.conversation_id, j.revision, one ->> 'error_class'))
    ), fresh AS (
        SELECT j.workspace_id, j.conversation_id, d.evaluation_id, CAST(:now AS timestamptz) AS at, jsonb_agg(DISTINCT
               jsonb_build_object('between', 'versions', 'subject', d.subject, 'version', d.version)) AS found
        FROM differing d JOIN judged j USING (evaluation_id, version) GROUP BY 1, 2, 3
        ORDER BY count(DISTINCT d.subject) DESC, 2 LIMIT :missing
    )
    {PUT.format(reopens="false")}
    """  # noqa: S608 - constants of ours
).bindparams(
    risk.parameter(ReviewReason.DISAGREEING), bindparam("points", type_=Double), bindparam("since", type_=Moment),
    bindparam("now", type_=Moment),
)  # fmt: skip
_TAKEN = text(
    """
    SELECT count(*) FROM review_items WHERE disagreed_at >= :monday AND golden_id IS NULL
      AND disagreements @> '[{"between": "versions"}]'
    """
).bindparams(bindparam("monday", type_=Moment))


async def draw(db: Database, workspace: str, *, now: datetime) -> int:
    """Those that differ in most subjects first, until the week (Monday to Monday, UTC) has the workspace's `disagreeing_week`; how many.

    What waits for another reason gets this one beside it, and counts.
    """
    monday = (now - timedelta(days=now.weekday())).replace(hour=0, minute=0, second=0, microsecond=0)
    async with db.transaction(workspace) as connection:
        chosen = (await settings.load(connection)).settings
        wanted = chosen.disagreeing_week
        missing = wanted - int(await connection.scalar(_TAKEN, {"monday": monday}) or 0) if wanted else 0
        if missing <= 0:
            return 0
        values = {
            "now": now,
            "since": now - timedelta(days=DAYS),
            "points": chosen.disagree_points,
            "missing": missing,
        }
        return (await connection.execute(_VERSIONS, values | risk.weights(chosen))).rowcount
