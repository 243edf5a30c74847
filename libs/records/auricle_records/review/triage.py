"""Triage: which evaluations wait for a person, and why. Keeper's; run again, it adds nothing twice.

evaluation ── triage ──► without a reason: nothing
                    └──► with reasons: an item, `open`
"""

from auricle_contracts.review import ReviewReason
from sqlalchemy import Double, bindparam, text

from auricle_records.database import Database
from auricle_records.review import risk, settings

BATCH = 200
RARE_DAYS = 28
_RISK = "round((1 - exp(sum(ln(1 - weight))))::numeric, 4)::float8"
# The share is taken from an id's digest: nobody chooses it, and whatever is evaluated again keeps its lot.
_LOT = "('x' || substr(md5(f.conversation_id), 1, 8))::bit(32)::bigint / 4294967296.0"
_REVIEWED = """EXISTS (
    SELECT FROM review_items r JOIN evaluations j ON j.id = r.evaluation_id
    WHERE r.conversation_id = f.conversation_id AND j.revision = f.revision AND r.state = 'done' AND r.golden_id IS NULL)"""
_TRIAGE = text(
    f"""
    WITH fresh AS MATERIALIZED (
        SELECT workspace_id, id, conversation_id, revision, overall, outcomes FROM evaluations
        WHERE current AND NOT triaged ORDER BY id LIMIT :batch FOR UPDATE SKIP LOCKED
    ), asked AS (
        SELECT * FROM effective_answers WHERE evaluation_id = ANY (ARRAY(SELECT id FROM fresh)) AND layer <> 'metadata'
    ), all_errors AS (
        SELECT * FROM effective_findings WHERE evaluation_id = ANY (ARRAY(SELECT id FROM fresh)) AND NOT experimental
    ), errors AS (
        SELECT * FROM all_errors WHERE counts
    ), classes AS (
        SELECT f.id AS evaluation_id, o ->> 'error_class' AS error_class, o ->> 'state' AS state
        FROM fresh f CROSS JOIN jsonb_array_elements(f.outcomes) AS o
    ), open_ended AS (
        SELECT evaluation_id, criterion AS subject, state = 'undetermined' AS is_open FROM asked
        UNION ALL SELECT evaluation_id, error_class, state = 'undetermined' FROM classes
    ), shares AS (
        SELECT evaluation_id, count(*) FILTER (WHERE is_open)::float8 / count(*) AS share FROM open_ended GROUP BY 1
    ), common AS (
        SELECT e.error_class, count(DISTINCT v.conversation_id) AS n
        FROM findings e JOIN evaluations v ON v.id = e.evaluation_id
        WHERE :rare > 0 AND v.current AND v.created_at > now() - make_interval(days => {RARE_DAYS})
          AND e.error_class IN (SELECT error_class FROM errors) GROUP BY 1
    ), found(evaluation_id, reason, subject, weight) AS (
        SELECT f.id, 'fatal', name, :w_fatal FROM fresh f CROSS JOIN jsonb_array_elements_text(f.overall -> 'failed_by') AS name
            WHERE NOT EXISTS (SELECT FROM all_errors x WHERE x.evaluation_id = f.id AND x.error_class = name AND NOT x.counts)
        UNION ALL SELECT evaluation_id, 'fatal', error_class, :w_fatal FROM errors WHERE fatal
        UNION ALL SELECT o.evaluation_id, 'undetermined', o.subject, :w_undetermined * s.share
            FROM open_ended o JOIN shares s USING (evaluation_id) WHERE o.is_open
        UNION ALL SELECT evaluation_id, 'unsure', criterion, :w_unsure * (1 - confidence) FROM asked
            WHERE layer = 'model' AND state = 'answered' AND label_id IS NULL AND confidence < :unsure_below
        UNION ALL SELECT evaluation_id, 'unsure', error_class, :w_unsure * (1 - confidence) FROM errors
            WHERE source = 'model' AND label_id IS NULL AND confidence < :unsure_below
        UNION ALL SELECT evaluation_id, 'rare_class', error_class, :w_rare_class FROM errors JOIN common USING (error_class)
            WHERE common.n < :rare
        UNION ALL SELECT f.id, 'audited', NULL, :w_audited FROM fresh f WHERE {_LOT} < :audited_share AND NOT {_REVIEWED}
    ), weighed AS (
        SELECT evaluation_id, reason, max(weight) AS weight,
               coalesce(jsonb_agg(DISTINCT subject) FILTER (WHERE subject IS NOT NULL), '[]') AS subjects
        FROM found GROUP BY 1, 2
    ), marked AS (
        UPDATE evaluations SET triaged = true WHERE id IN (SELECT id FROM fresh)
    ), added AS (
        INSERT INTO review_items (workspace_id, id, conversation_id, evaluation_id, reasons, details, risk)
        SELECT f.workspace_id, gen_random_uuid()::text, f.conversation_id, f.id, array_agg(w.reason ORDER BY w.weight DESC, w.reason),
               jsonb_object_agg(w.reason, w.subjects), {_RISK}
        FROM weighed w JOIN fresh f ON f.id = w.evaluation_id GROUP BY f.workspace_id, f.id, f.conversation_id
        ON CONFLICT (evaluation_id) WHERE golden_id IS NULL DO NOTHING
    )
    SELECT count(*) FROM fresh
    """  # noqa: S608 - constants of ours
).bindparams(
    *(bindparam(name, type_=Double) for name in ("unsure_below", "audited_share")),
    *(risk.parameter(ReviewReason(reason)) for reason in ("fatal", "undetermined", "unsure", "rare_class", "audited")),
)


async def triage(db: Database, workspace: str) -> int:
    """Look at evaluations that were not looked at yet, the oldest BATCH; how many those were."""
    async with db.transaction(workspace) as connection:
        chosen = (await settings.load(connection)).settings
        rules = (
            risk.weights(chosen)
            | {"rare": chosen.rare_class_below}
            | chosen.model_dump(include={"unsure_below", "audited_share"})
        )
        return int(await connection.scalar(_TRIAGE, {"batch": BATCH, **rules}) or 0)
