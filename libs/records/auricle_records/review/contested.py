"""Contested answers and findings: what a key, a sheet, an appeal or a verdict from outside the review says against the model. Keeper's."""

from datetime import datetime, timedelta

from auricle_contracts.review import ReviewReason
from sqlalchemy import ARRAY, bindparam, text

from auricle_records.database import Database
from auricle_records.review import risk, settings
from auricle_records.review.models import REVIEWERS
from auricle_records.storable import Words

DAYS = 14
"""How far back verdicts are looked at: longer than keeper is ever away."""
# Whoever reviews has the last word: contested is what a key, a sheet, an open appeal or somebody else says against the model, and no
# reviewer after them. A decision on an appeal is a verdict of who decides, so it is newer than the appeal.
_CONTEST = text(
    """
    WITH lately AS (
        SELECT conversation_id FROM labels WHERE id > :since
        UNION SELECT conversation_id FROM finding_labels WHERE id > :since
        UNION SELECT conversation_id FROM added_findings WHERE id > :since
        UNION SELECT conversation_id FROM appeals WHERE id > :since
    ), said AS (
        SELECT l.conversation_id, j.revision, l.criterion AS subject, l.author_kind, l.author, l.updated_at AS at, l.id,
               (l.state, l.value) IS DISTINCT FROM (l.old_state, l.old_value) AS contests
        FROM labels l JOIN evaluations j ON j.id = l.evaluation_id WHERE l.conversation_id IN (SELECT conversation_id FROM lately)
        UNION ALL
        SELECT conversation_id, revision, error_class, author_kind, author, created_at, id, verdict = 'reject'
        FROM finding_labels WHERE conversation_id IN (SELECT conversation_id FROM lately)
        UNION ALL
        SELECT conversation_id, revision, error_class, author_kind, author, created_at, id, true
        FROM added_findings WHERE conversation_id IN (SELECT conversation_id FROM lately)
        UNION ALL
        SELECT conversation_id, revision, coalesce(criterion, error_class), 'appeal', opened_by, opened_at, id, state = 'open'
        FROM appeals WHERE conversation_id IN (SELECT conversation_id FROM lately)
    ), newest AS (
        SELECT DISTINCT ON (conversation_id, revision, subject) *, EXISTS (
            SELECT FROM memberships m WHERE author_kind = 'person' AND m.person_id = author AND m.role = ANY (:reviewers)) AS by_reviewer
        FROM said ORDER BY conversation_id, revision, subject, at DESC, id DESC
    ), disputed AS (
        SELECT e.workspace_id, e.id AS evaluation_id, e.conversation_id, max(n.at) AS at,
               jsonb_agg(n.subject ORDER BY n.subject) AS subjects
        FROM newest n JOIN evaluations e ON e.conversation_id = n.conversation_id AND e.revision = n.revision AND e.current AND e.triaged
        WHERE NOT n.by_reviewer AND n.contests GROUP BY 1, 2, 3
    )
    INSERT INTO review_items AS r (workspace_id, id, conversation_id, evaluation_id, reasons, details, risk, created_at)
    SELECT workspace_id, gen_random_uuid()::text, conversation_id, evaluation_id, ARRAY['contested'],
           jsonb_build_object('contested', subjects), :w_contested, at
    FROM disputed
    ON CONFLICT (evaluation_id) WHERE golden_id IS NULL DO UPDATE SET
        reasons = CASE WHEN 'contested' = ANY (r.reasons) THEN r.reasons ELSE array_prepend('contested', r.reasons) END,
        risk = CASE WHEN 'contested' = ANY (r.reasons) THEN r.risk ELSE round((1 - (1 - r.risk) * (1 - :w_contested))::numeric, 4) END,
        details = r.details || excluded.details,
        state = CASE WHEN r.state = 'assigned' THEN r.state ELSE 'open' END,
        assignee = CASE WHEN r.state = 'assigned' THEN r.assignee END,
        assignee_name = CASE WHEN r.state = 'assigned' THEN r.assignee_name END,
        skip_reason = NULL, note = NULL, closed_by = NULL, closed_by_name = NULL, closed_at = NULL, updated_at = now()
    WHERE r.state <> 'stale' AND CASE WHEN r.closed_at IS NULL
        THEN r.details -> 'contested' IS DISTINCT FROM excluded.details -> 'contested' ELSE r.closed_at < excluded.created_at END
    """
).bindparams(risk.parameter(ReviewReason.CONTESTED), bindparam("reviewers", list(REVIEWERS), ARRAY(Words)))


async def contest(db: Database, workspace: str, *, now: datetime) -> int:
    """Items for what verdicts from outside the review contest; one that was done or skipped before such a verdict is open again."""
    since = id_at(now - timedelta(days=DAYS))
    async with db.transaction(workspace) as connection:
        weights = risk.weights((await settings.load(connection)).settings)
        return (await connection.execute(_CONTEST, {"since": since} | weights)).rowcount


def id_at(moment: datetime) -> str:
    """An id that sorts before all of that moment: ids begin with their milliseconds."""
    milliseconds = f"{int(moment.timestamp() * 1000):012x}"
    return f"{milliseconds[:8]}-{milliseconds[8:]}"
