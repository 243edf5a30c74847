"""Blind items: conversations of golden items put into the queue again, to measure those who review. Nothing that a reviewer reads tells
one from another item, and what they say of it counts nowhere (row security, migration 0090).

stock (keeper) ─► open, for whoever is not of `known_by` ─► done ─► leave (blind_answers) ─► measured

An item shows the conversation that the golden item was copied from, not the copy: with its sound, its model's answers and its own earlier
reasons. So only golden items whose conversation is still here are drawn, and none of the test split.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from auricle_contracts.review import ReviewReason
from sqlalchemy import Double, bindparam, text
from sqlalchemy.ext.asyncio import AsyncConnection

from auricle_records.database import Database
from auricle_records.review import risk, settings
from auricle_records.storable import Words

MOST_WAITING = 50
DAYS = 7
# What was contested, asked for or said differently says that somebody looked already: such reasons are left out.
_ORDINARY = "array_remove(array_remove(array_remove(t.reasons, 'contested'), 'requested'), 'disagreeing')"
_STOCK = text(
    f"""
    WITH reviewers AS (
        SELECT p.id FROM people p WHERE p.active
          AND EXISTS (SELECT FROM memberships m WHERE m.person_id = p.id AND m.role = 'reviewer')
          AND NOT EXISTS (SELECT FROM memberships m WHERE m.person_id = p.id AND m.role IN ('admin', 'quality_manager', 'analyst'))
    ), lately AS (
        SELECT count(*) FILTER (WHERE golden_id IS NULL AND state IN ('done', 'skipped')
                   AND closed_at > now() - make_interval(days => {DAYS})) AS given,
               count(*) FILTER (WHERE golden_id IS NOT NULL AND state <> 'stale'
                   AND (closed_at IS NULL OR closed_at > now() - make_interval(days => {DAYS}))) AS blind,
               count(*) FILTER (WHERE golden_id IS NOT NULL AND closed_at IS NULL) AS waiting
        FROM review_items
    ), wanted AS (
        SELECT greatest(0, least(greatest(1, floor(:share / (1 - :share) * given)) - blind, {MOST_WAITING} - waiting))::int AS n FROM lately
    ), candidates AS (
        SELECT g.id AS golden_id, e.workspace_id, e.conversation_id, e.id AS evaluation_id, t.created_at, {_ORDINARY} AS reasons,
               t.details - 'contested' - 'requested' - 'disagreeing' AS details, t.outlier, t.reasons AS all_reasons, t.risk,
               (SELECT count(*) FROM review_items b WHERE b.golden_id = g.id) AS served,
               ARRAY(
                   SELECT decided_by FROM golden_labels WHERE item_id = g.id UNION SELECT g.added_by
                   UNION SELECT author FROM labels WHERE conversation_id = g.conversation_id
                   UNION SELECT author FROM finding_labels WHERE conversation_id = g.conversation_id
                   UNION SELECT author FROM added_findings WHERE conversation_id = g.conversation_id
                   UNION SELECT closed_by FROM review_items WHERE conversation_id = g.conversation_id AND closed_by IS NOT NULL
                   UNION SELECT assignee FROM review_items WHERE conversation_id = g.conversation_id AND assignee IS NOT NULL
                   UNION SELECT actor FROM audit_events WHERE conversation_id = g.conversation_id
                   UNION SELECT r.person_id FROM calibration_items c JOIN calibration_reviewers r USING (calibration_id)
                       WHERE c.conversation_id = g.conversation_id) AS known_by
        FROM golden_items g JOIN evaluations e ON e.conversation_id = g.conversation_id AND e.current
        JOIN review_items t ON t.evaluation_id = e.id AND t.golden_id IS NULL AND t.state = 'done'
        WHERE g.split <> 'test' AND :share > 0
          AND EXISTS (SELECT FROM golden_labels l WHERE l.item_id = g.id AND l.status = 'golden')
          AND NOT EXISTS (SELECT FROM appeals a WHERE a.conversation_id = g.conversation_id AND a.state = 'open')
          AND NOT EXISTS (SELECT FROM review_items b WHERE b.conversation_id = g.conversation_id AND b.golden_id IS NOT NULL
              AND b.state IN ('open', 'assigned', 'skipped'))
    )
    INSERT INTO review_items
        (workspace_id, id, conversation_id, evaluation_id, reasons, details, outlier, risk, created_at, golden_id, known_by)
    SELECT workspace_id, gen_random_uuid()::text, conversation_id, evaluation_id,
           CASE WHEN cardinality(reasons) = 0 THEN ARRAY['audited'] ELSE reasons END,
           CASE WHEN cardinality(reasons) = 0 THEN '{{"audited": []}}'::jsonb ELSE details END, outlier,
           CASE WHEN cardinality(reasons) = 0 THEN :w_audited ELSE round(greatest(0, 1 - (1 - risk)
               / CASE WHEN 'contested' = ANY (all_reasons) THEN 1 - :w_contested ELSE 1 END
               / CASE WHEN 'requested' = ANY (all_reasons) THEN 1 - :w_requested ELSE 1 END
               / CASE WHEN 'disagreeing' = ANY (all_reasons) THEN 1 - :w_disagreeing ELSE 1 END)::numeric, 4) END,
           created_at, golden_id, known_by
    FROM candidates c WHERE EXISTS (SELECT FROM reviewers r WHERE NOT r.id = ANY (c.known_by))
    ORDER BY served, random() LIMIT (SELECT n FROM wanted)
    """  # noqa: S608 - constants of ours
).bindparams(
    bindparam("share", type_=Double),
    *(
        risk.parameter(one)
        for one in (ReviewReason.AUDITED, ReviewReason.CONTESTED, ReviewReason.REQUESTED, ReviewReason.DISAGREEING)
    ),
)
_LEAVE = text(
    """
    INSERT INTO blind_answers (workspace_id, review_item_id, golden_id, person_id, kind, subject, state, value, scale)
    SELECT DISTINCT ON (g.kind, g.subject) i.workspace_id, i.id, i.golden_id, i.closed_by, g.kind, g.subject,
           CASE WHEN g.kind = 'criterion' THEN a.state WHEN f.found THEN 'found' ELSE 'not_found' END, a.value, a.kind
    FROM review_items i JOIN golden_labels g ON g.item_id = i.golden_id AND g.status = 'golden'
    LEFT JOIN LATERAL (
        SELECT state, value, kind FROM effective_answers v
        WHERE g.kind = 'criterion' AND v.evaluation_id = i.evaluation_id AND v.criterion = g.subject ORDER BY position LIMIT 1) a ON true
    LEFT JOIN LATERAL (
        SELECT coalesce(bool_or(counts), false) AS found FROM effective_findings v
        WHERE v.evaluation_id = i.evaluation_id AND v.error_class = g.subject AND NOT v.experimental) f ON true
    WHERE i.id = :item AND i.golden_id IS NOT NULL AND (g.kind = 'error_class' OR a.state IS NOT NULL)
    ORDER BY g.kind, g.subject
    ON CONFLICT DO NOTHING
    """
).bindparams(bindparam("item", type_=Words))
# A label that the person decided is no measure of the same person, and labels that contradict each other are none of anybody.
_MEASURED = text(
    """
    SELECT b.person_id, p.name, b.review_item_id, b.golden_id, b.kind, b.subject, b.state, b.value, b.scale,
           right_one.state AS right_state, right_one.value AS right_value
    FROM blind_answers b JOIN people p ON p.id = b.person_id
    JOIN LATERAL (
        SELECT min(l.state) AS state, (array_agg(l.value))[1] AS value FROM golden_labels l
        WHERE l.item_id = b.golden_id AND l.kind = b.kind AND l.subject = b.subject AND l.status = 'golden'
        HAVING count(DISTINCT (l.state, l.value)) = 1 AND bool_and(l.decided_by <> b.person_id)) right_one ON true
    WHERE (CAST(:person AS text) IS NULL OR b.person_id = :person)
    ORDER BY p.name, b.person_id, b.kind, b.subject, b.review_item_id
    """
).bindparams(bindparam("person", type_=Words))
_IS_BLIND = text(
    """
    SELECT EXISTS (SELECT FROM review_items WHERE conversation_id = :conversation AND golden_id IS NOT NULL
        AND (closed_by = :reviewer OR state = 'assigned' AND assignee = :reviewer))
    """
).bindparams(bindparam("conversation", type_=Words), bindparam("reviewer", type_=Words))
_WITHDRAW = text(
    """
    UPDATE review_items b SET state = 'stale', assignee = NULL, assignee_name = NULL, closed_at = now(), updated_at = now()
    WHERE b.golden_id IS NOT NULL AND b.state IN ('open', 'assigned') AND EXISTS (
        SELECT FROM review_items r WHERE r.conversation_id = b.conversation_id AND r.golden_id IS NULL AND r.state IN ('open', 'assigned'))
    """
)


@dataclass(frozen=True, slots=True)
class BlindAnswer:
    """What a reviewer left of one subject of a blind item, and what is right. States are a golden label's; a reviewer's may be
    `undetermined`. `scale` is the criterion's kind.
    """

    person_id: str
    name: str
    review_item_id: str
    golden_id: str
    kind: str
    subject: str
    state: str
    value: Any
    scale: str | None
    right_state: str
    right_value: Any


async def stock(db: Database, workspace: str) -> int:
    """Keep as many blind items in the queue as the workspace's share of what was reviewed in the last seven days allows, at least one;
    how many were added. Keeper's.
    """
    async with db.transaction(workspace) as connection:
        chosen = (await settings.load(connection)).settings
        if not chosen.blind_share:
            return 0
        return (await connection.execute(_STOCK, {"share": chosen.blind_share} | risk.weights(chosen))).rowcount


async def withdraw(db: Database, workspace: str) -> int:
    """Close blind items whose conversation waits for a reason of its own again; how many. Keeper's."""
    async with db.transaction(workspace) as connection:
        return (await connection.execute(_WITHDRAW)).rowcount


async def leave(connection: AsyncConnection, item_id: str) -> None:
    """Keep what the reviewer who closed a blind item left of it: own verdicts, else the model's answers, which they let stand.

    Of another item nothing. Inside of the transaction that closes it.
    """
    await connection.execute(_LEAVE, {"item": item_id})


async def is_blind(db: Database, workspace: str, conversation_id: str, reviewer: str) -> bool:
    """Whether what this person says of the conversation is a blind answer."""
    asked = {"conversation": conversation_id, "reviewer": reviewer}
    async with db.transaction(workspace) as connection:
        return bool(await connection.scalar(_IS_BLIND, asked))


async def measured(db: Database, workspace: str, *, person: str | None = None) -> Sequence[BlindAnswer]:
    """Blind answers beside golden labels that stand uncontested today; of one person, or of everybody by name."""
    async with db.transaction(workspace) as connection:
        rows = await connection.execute(_MEASURED, {"person": person})
        return [BlindAnswer(**row) for row in rows.mappings()]
