"""Rare errors hunted: conversations that say what conversations with a rare error said, where it was not found. Keeper's.

Recall is cheap: the stems of the words of an error's quotes, weighed by how often its conversations have them and how seldom others do
(TF-IDF), looked up in the index of masked transcripts. A person decides; what was found enters the next week's words.
"""

from datetime import datetime, timedelta

from auricle_contracts.review import ReviewReason
from sqlalchemy import bindparam, text

from auricle_records.database import Database
from auricle_records.review import risk, settings
from auricle_records.review.triage import RARE_DAYS
from auricle_records.storable import Moment

MOST_WORDS = 40
"""Of a class, those that most of its conversations have."""
SHORTEST = 3
_TAKEN = text(
    """
    SELECT count(*) FROM review_items r JOIN conversations c ON c.id = r.conversation_id
    WHERE 'hunted' = ANY (r.reasons) AND r.state <> 'stale' AND c.happened_at >= :monday AND c.happened_at < :next_monday
    """
)
_DRAW = text(
    f"""
    WITH positives AS MATERIALIZED (
        SELECT f.error_class, f.evaluation_id, f.conversation_id, f.quotes
        FROM effective_findings f WHERE f.current AND f.counts AND NOT f.experimental
    ), lately AS (
        SELECT p.error_class, count(DISTINCT p.conversation_id) FILTER (
            WHERE e.created_at > CAST(:now AS timestamptz) - make_interval(days => {RARE_DAYS})) AS n
        FROM positives p JOIN evaluations e ON e.id = p.evaluation_id GROUP BY 1
    ), words AS (
        SELECT error_class, lexeme, tf FROM (
            SELECT p.error_class, lexeme, count(DISTINCT p.conversation_id) AS tf,
                   row_number() OVER (PARTITION BY p.error_class ORDER BY count(DISTINCT p.conversation_id) DESC, lexeme) AS place
            FROM positives p JOIN lately USING (error_class) CROSS JOIN jsonb_array_elements(p.quotes) AS quote
            CROSS JOIN unnest(tsvector_to_array(to_tsvector('russian', quote ->> 'text'))) AS lexeme
            WHERE lately.n < :rare AND length(lexeme) >= {SHORTEST} GROUP BY 1, 2
        ) AS counted WHERE place <= {MOST_WORDS}
    ), pool AS MATERIALIZED (
        SELECT c.workspace_id, c.id, e.id AS evaluation_id, e.outcomes, t.terms
        FROM conversations c JOIN evaluations e ON e.conversation_id = c.id AND e.current AND e.triaged
        JOIN transcript_texts t ON t.conversation_id = c.id AND t.revision = e.revision
        WHERE c.happened_at >= :monday AND c.happened_at < :next_monday AND NOT EXISTS (
            SELECT FROM review_items r WHERE r.conversation_id = c.id AND r.state <> 'stale' AND r.golden_id IS NULL)
    ), met AS (
        SELECT w.error_class, w.lexeme, w.tf, p.id, p.evaluation_id, p.workspace_id
        FROM words w JOIN pool p ON p.terms @@ plainto_tsquery('simple', w.lexeme)
        WHERE EXISTS (SELECT FROM jsonb_array_elements(p.outcomes) AS o WHERE o ->> 'error_class' = w.error_class)
          AND NOT EXISTS (SELECT FROM positives f WHERE f.evaluation_id = p.evaluation_id AND f.error_class = w.error_class)
    ), seldom AS (
        SELECT lexeme, ln(((SELECT count(*) FROM pool) + 1) / (count(DISTINCT id) + 0.5)) AS idf FROM met GROUP BY lexeme
    ), near AS (
        SELECT error_class, id, evaluation_id, workspace_id, sum(tf * idf) AS score FROM met JOIN seldom USING (lexeme) GROUP BY 1, 2, 3, 4
    ), placed AS (
        SELECT *, row_number() OVER (PARTITION BY error_class ORDER BY score DESC, id) AS place FROM near WHERE score > 0
    ), one_each AS (
        SELECT DISTINCT ON (id) * FROM placed ORDER BY id, place, error_class
    )
    INSERT INTO review_items (workspace_id, id, conversation_id, evaluation_id, reasons, details, risk)
    SELECT workspace_id, gen_random_uuid()::text, id, evaluation_id, ARRAY['hunted'],
           jsonb_build_object('hunted', jsonb_build_array(error_class)), :w_hunted
    FROM one_each ORDER BY place, error_class, id LIMIT :missing
    ON CONFLICT (evaluation_id) WHERE golden_id IS NULL DO NOTHING
    """  # noqa: S608 - constants of ours
).bindparams(
    risk.parameter(ReviewReason.HUNTED), *(bindparam(name, type_=Moment) for name in ("now", "monday", "next_monday"))
)


async def draw(db: Database, workspace: str, *, now: datetime) -> int:
    """Of last week's conversations (Monday to Monday, UTC) that nobody is to look at, the nearest of each rare class in turn, up to the
    workspace's `hunted_week`; how many.
    """
    this_monday = (now - timedelta(days=now.weekday())).replace(hour=0, minute=0, second=0, microsecond=0)
    week = {"monday": this_monday - timedelta(days=7), "next_monday": this_monday}
    async with db.transaction(workspace) as connection:
        chosen = (await settings.load(connection)).settings
        wanted = chosen.hunted_week if chosen.rare_class_below else 0
        missing = wanted - int(await connection.scalar(_TAKEN, week) or 0) if wanted else 0
        if missing <= 0:
            return 0
        values = week | {"now": now, "rare": chosen.rare_class_below, "missing": missing}
        return (await connection.execute(_DRAW, values | risk.weights(chosen))).rowcount
