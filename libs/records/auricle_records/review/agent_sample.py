"""The sample of each agent and week: so that every agent is heard, however well the model scores. Keeper's."""

from datetime import datetime, timedelta

from auricle_contracts.review import ReviewReason
from sqlalchemy import text

from auricle_records.database import Database
from auricle_records.review import risk, settings

_DRAW = text(
    """
    WITH heard AS (
        SELECT e.workspace_id, e.id AS evaluation_id, e.conversation_id, agent, EXISTS (
                 SELECT FROM review_items r JOIN evaluations j ON j.id = r.evaluation_id
                 WHERE r.conversation_id = c.id AND j.revision = e.revision AND r.state <> 'stale' AND r.golden_id IS NULL) AS is_listed
        FROM conversations c CROSS JOIN unnest(c.agents) AS agent
        JOIN evaluations e ON e.conversation_id = c.id AND e.current AND e.triaged
        WHERE c.happened_at >= :monday AND c.happened_at < :next_monday
    ), missing AS (
        SELECT agent, :wanted - count(*) FILTER (WHERE is_listed) AS n FROM heard GROUP BY agent
    ), lots AS (
        SELECT h.*, m.n, row_number() OVER (PARTITION BY agent ORDER BY md5('agent_week' || conversation_id)) AS lot
        FROM heard h JOIN missing m USING (agent) WHERE NOT h.is_listed
    )
    INSERT INTO review_items (workspace_id, id, conversation_id, evaluation_id, reasons, details, risk)
    SELECT workspace_id, gen_random_uuid()::text, conversation_id, evaluation_id, ARRAY['agent_week'],
           jsonb_build_object('agent_week', jsonb_agg(agent ORDER BY agent)), :w_agent_week
    FROM lots WHERE lot <= n GROUP BY 1, 2, 3, 4
    ON CONFLICT (evaluation_id) WHERE golden_id IS NULL DO NOTHING
    """
).bindparams(risk.parameter(ReviewReason.AGENT_WEEK))


async def draw(db: Database, workspace: str, *, now: datetime) -> int:
    """Fill up last week's sample (Monday to Monday, UTC), which is drawn from the whole week; how many conversations were drawn.

    What waited or was reviewed for another reason counts.
    """
    this_monday = (now - timedelta(days=now.weekday())).replace(hour=0, minute=0, second=0, microsecond=0)
    week = {"monday": this_monday - timedelta(days=7), "next_monday": this_monday}
    async with db.transaction(workspace) as connection:
        chosen = (await settings.load(connection)).settings
        wanted = chosen.agent_week
        if not wanted:
            return 0
        values = week | {"wanted": wanted} | risk.weights(chosen)
        return (await connection.execute(_DRAW, values)).rowcount
