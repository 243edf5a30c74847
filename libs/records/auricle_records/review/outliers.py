"""Outliers: conversations whose score, duration or length lies far from that of others of their kind. Keeper's.

The distance is robust: |value - median| in units of 1.4826 MAD, which is a standard deviation where values are normal, and at least the
FLOOR. FAR is the 3.5 of Iglewicz and Hoaglin (1993). Durations and lengths are compared as logarithms, because they are skewed.
"""

from datetime import datetime, timedelta

from auricle_contracts.review import ReviewReason
from sqlalchemy import bindparam, text

from auricle_records.analytics.breakdown import SCORED
from auricle_records.database import Database
from auricle_records.review import risk, settings
from auricle_records.storable import Moment

DAYS = 28
LEAST = 20
"""Fewer conversations are no group to be far from."""
FAR = 3.5
POINTS, RATIO = 5.0, 0.2
"""The floors: of scores in points, of logarithms. Where nearly all are the same, small differences are none."""

_LISTED = """EXISTS (
    SELECT FROM review_items r JOIN evaluations j ON j.id = r.evaluation_id
    WHERE r.conversation_id = m.id AND j.revision = m.revision AND r.golden_id IS NULL
      AND (r.state IN ('done', 'skipped') OR 'outlier' = ANY (r.reasons) AND r.state <> 'stale'))"""
_TAKEN = text(
    """
    SELECT count(*) FROM review_items r JOIN conversations c ON c.id = r.conversation_id
    WHERE 'outlier' = ANY (r.reasons) AND r.state <> 'stale' AND r.golden_id IS NULL
      AND c.happened_at >= :monday AND c.happened_at < :next_monday
    """
)
_DRAW = text(
    f"""
    WITH seen AS MATERIALIZED (
        SELECT c.workspace_id, c.id, c.revision, c.channel, coalesce(c.line, '') AS line, c.agents, c.happened_at, e.id AS evaluation_id
        FROM conversations c JOIN evaluations e ON e.conversation_id = c.id AND e.current AND e.triaged
        WHERE c.state = 'stored' AND c.happened_at >= :since AND c.happened_at < :next_monday
    ), measured AS (
        SELECT id, 'score' AS measure, score AS shown, score AS value, {POINTS} AS floor FROM {SCORED}
        UNION ALL
        SELECT s.id, 'duration', t.duration_ms / 1000.0, ln(t.duration_ms), {RATIO} FROM seen s CROSS JOIN LATERAL (
            SELECT duration_ms FROM transcripts WHERE conversation_id = s.id ORDER BY run_id DESC LIMIT 1) t WHERE t.duration_ms > 0
        UNION ALL
        SELECT s.id, 'length', x.length, ln(x.length), {RATIO}
        FROM seen s JOIN transcript_texts t ON t.conversation_id = s.id AND t.revision = s.revision
        CROSS JOIN LATERAL (SELECT sum(length(said)) AS length FROM jsonb_array_elements_text(t.texts) AS said) x
        WHERE s.channel <> 'call' AND x.length > 0
    ), grouped AS (
        SELECT id, 'line' AS kind, line AS name FROM seen WHERE line <> ''
        UNION ALL SELECT DISTINCT id, 'agent', agent FROM seen CROSS JOIN unnest(agents) AS agent
        UNION ALL SELECT DISTINCT seen.id, 'team', teams.name FROM seen CROSS JOIN unnest(agents) AS agent
            JOIN agent_references r ON r.reference = agent JOIN people ON people.id = r.person_id JOIN teams ON teams.id = people.team_id
    ), placed AS (
        SELECT s.*, m.measure, m.shown, m.value, m.floor, g.kind, g.name
        FROM seen s JOIN measured m USING (id) JOIN grouped g USING (id) WHERE m.value IS NOT NULL
    ), middles AS (
        SELECT channel, measure, kind, name, count(*) AS n, percentile_cont(0.5) WITHIN GROUP (ORDER BY value) AS middle,
               percentile_cont(0.5) WITHIN GROUP (ORDER BY shown) AS median
        FROM placed GROUP BY 1, 2, 3, 4 HAVING count(*) >= {LEAST}
    ), spreads AS (
        SELECT channel, measure, kind, name, n, middle, median,
               greatest(max(floor), 1.4826 * percentile_cont(0.5) WITHIN GROUP (ORDER BY abs(value - middle))) AS spread
        FROM placed JOIN middles USING (channel, measure, kind, name) GROUP BY 1, 2, 3, 4, 5, 6, 7
    ), far AS (
        SELECT DISTINCT ON (m.id) m.*, s.n, s.median, abs(m.value - s.middle) / s.spread AS distance
        FROM placed m JOIN spreads s USING (channel, measure, kind, name)
        WHERE m.happened_at >= :monday AND abs(m.value - s.middle) / s.spread >= {FAR} AND NOT {_LISTED}
        ORDER BY m.id, distance DESC, m.kind, m.name
    )
    INSERT INTO review_items AS r (workspace_id, id, conversation_id, evaluation_id, reasons, details, outlier, risk)
    SELECT workspace_id, gen_random_uuid()::text, id, evaluation_id, ARRAY['outlier'], '{{"outlier": []}}'::jsonb, jsonb_build_object(
               'measure', measure, 'value', round(shown::numeric, 1), 'group', kind, 'name', name,
               'median', round(median::numeric, 1), 'n', n), :w_outlier
    FROM far ORDER BY distance DESC, id LIMIT :missing
    ON CONFLICT (evaluation_id) WHERE golden_id IS NULL DO UPDATE SET
        reasons = r.reasons || ARRAY['outlier'], details = r.details || excluded.details, outlier = excluded.outlier,
        risk = round((1 - (1 - r.risk) * (1 - :w_outlier))::numeric, 4), updated_at = now()
    """  # noqa: S608 - constants of ours
).bindparams(
    risk.parameter(ReviewReason.OUTLIER),
    *(bindparam(name, type_=Moment) for name in ("since", "monday", "next_monday")),
)


async def draw(db: Database, workspace: str, *, now: datetime) -> int:
    """Last week's farthest (Monday to Monday, UTC), held against the DAYS up to its end; how many items got the reason.

    What people looked at already is not drawn; what waits for another reason gets this one beside it, and counts.
    """
    this_monday = (now - timedelta(days=now.weekday())).replace(hour=0, minute=0, second=0, microsecond=0)
    week = {"monday": this_monday - timedelta(days=7), "next_monday": this_monday}
    async with db.transaction(workspace) as connection:
        chosen = (await settings.load(connection)).settings
        wanted = chosen.outliers_week
        missing = wanted - int(await connection.scalar(_TAKEN, week) or 0) if wanted else 0
        if missing <= 0:
            return 0
        values = week | {"since": this_monday - timedelta(days=DAYS), "missing": missing}
        return (await connection.execute(_DRAW, values | risk.weights(chosen))).rowcount
