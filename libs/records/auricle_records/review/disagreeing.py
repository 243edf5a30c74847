"""Conversations of which two said different things, as a reason of review: how that is written, and what the judges of a jury disagree on.

two versions (`disagreeing_versions`) ─┐
two people (`disagreeing_people`) ─────┼─► an item with the reason, or the reason beside those that it has
a jury, told at the door ──────────────┘

Undetermined says nothing and disagrees with nothing. What people reviewed already never waits again for a version's sake.
"""

from collections.abc import Mapping, Sequence

from auricle_contracts.review import ReviewReason
from sqlalchemy import bindparam, text
from sqlalchemy.dialects.postgresql import JSONB

from auricle_records.database import Database
from auricle_records.review import risk, settings
from auricle_records.review.requests import Requested

DECIDED = "('found', 'not_found', 'answered', 'not_applicable')"
# Of each `fresh` conversation its disagreements beside what its item says already.
PUT = """
    INSERT INTO review_items AS r (workspace_id, id, conversation_id, evaluation_id, reasons, details, disagreements, disagreed_at, risk)
    SELECT workspace_id, gen_random_uuid()::text, conversation_id, evaluation_id, ARRAY['disagreeing'],
           jsonb_build_object('disagreeing', (SELECT jsonb_agg(DISTINCT one -> 'subject') FROM jsonb_array_elements(found) AS one)),
           found, at, :w_disagreeing FROM fresh
    ON CONFLICT (evaluation_id) WHERE golden_id IS NULL DO UPDATE SET
        reasons = CASE WHEN 'disagreeing' = ANY (r.reasons) THEN r.reasons ELSE r.reasons || ARRAY['disagreeing'] END,
        risk = CASE WHEN 'disagreeing' = ANY (r.reasons) THEN r.risk
            ELSE round((1 - (1 - r.risk) * (1 - :w_disagreeing))::numeric, 4) END,
        disagreements = (SELECT jsonb_agg(DISTINCT one) FROM jsonb_array_elements(r.disagreements || excluded.disagreements) AS one),
        details = r.details || jsonb_build_object('disagreeing', (
            SELECT jsonb_agg(DISTINCT one -> 'subject') FROM jsonb_array_elements(r.disagreements || excluded.disagreements) AS one)),
        disagreed_at = excluded.disagreed_at, state = CASE WHEN r.state = 'assigned' THEN r.state ELSE 'open' END,
        assignee = CASE WHEN r.state = 'assigned' THEN r.assignee END,
        assignee_name = CASE WHEN r.state = 'assigned' THEN r.assignee_name END,
        skip_reason = NULL, note = NULL, closed_by = NULL, closed_by_name = NULL, closed_at = NULL, updated_at = now()
    WHERE r.state <> 'stale' AND CASE WHEN r.closed_at IS NULL
        THEN NOT r.disagreements @> excluded.disagreements ELSE {reopens} AND r.closed_at < excluded.disagreed_at END
"""
_JURY = text(
    f"""
    WITH fresh AS (
        SELECT e.workspace_id, e.conversation_id, e.id AS evaluation_id, now() AS at, (
                   SELECT jsonb_agg(DISTINCT jsonb_build_object('between', 'jury', 'subject', subject))
                   FROM jsonb_array_elements(:told -> e.conversation_id) AS subject) AS found
        FROM evaluations e WHERE e.current AND CAST(:told AS jsonb) ? e.conversation_id
    )
    {PUT.format(reopens="true")}
    """  # noqa: S608 - constants of ours
).bindparams(risk.parameter(ReviewReason.DISAGREEING), bindparam("told", type_=JSONB))
_STANDING = text(
    """
    SELECT c.id, r.id AS item_id, CASE WHEN e.id IS NULL THEN 'not_evaluated' WHEN r.id IS NULL THEN 'added'
           WHEN r.state IN ('open', 'assigned') THEN 'waits' ELSE 'reopened' END AS outcome
    FROM conversations c LEFT JOIN evaluations e ON e.conversation_id = c.id AND e.current
    LEFT JOIN review_items r ON r.evaluation_id = e.id AND r.golden_id IS NULL WHERE CAST(:told AS jsonb) ? c.id
    """
).bindparams(bindparam("told", type_=JSONB))


async def tell(db: Database, workspace: str, told: Mapping[str, Sequence[str]]) -> Mapping[str, Requested]:
    """What the judges of a jury disagree on, criteria and classes by conversation; what became of each. `waits`: its item waits already,
    and says so too; what people reviewed is `reopened`, since somebody asks for it.
    """
    asked = {"told": {one: list(subjects) for one, subjects in told.items()}}
    async with db.transaction(workspace) as connection:
        weights = risk.weights((await settings.load(connection)).settings)
        before = {row.id: row.outcome for row in await connection.execute(_STANDING, asked)}
        await connection.execute(_JURY, asked | weights)
        items = {row.id: row.item_id for row in await connection.execute(_STANDING, asked)}
    return {one: Requested(before.get(one, "not_found"), items.get(one)) for one in told}
