"""A finding is stale once the passage that it cites reads otherwise, is gone, or its article is retired; and who judged such ones again."""

from alembic import op
from auricle_contracts.audit import AuditAction

revision = "0086"
down_revision = "0082"
branch_labels = None
depends_on = None

# A view that is replaced may only gain columns at its end.
FINDINGS = """
CREATE OR REPLACE VIEW effective_findings WITH (security_invoker = true) AS
SELECT found.workspace_id, found.evaluation_id, found.conversation_id, found.revision, found.current, found.id, found.position,
       found.error_class, found.severity, found.quotes, found.comment, found.knowledge, found.source, found.participant,
       found.confidence, found.category, found.fatal, found.version, found.step, found.experimental, found.added_by,
       coalesce(v.verdict <> 'reject', true) AS counts, v.id AS label_id, v.verdict, v.grade, v.note, v.judged_by, v.judged_at,
       found.citation,
       found.citation IS NOT NULL AND NOT EXISTS (
           SELECT FROM passages p JOIN articles a ON a.id = p.article_id AND a.version = p.version
           WHERE a.id = found.citation ->> 'article_id' AND a.state = 'active'
               AND p.id = found.citation ->> 'passage' AND p.text = found.citation ->> 'text') AS stale
FROM (
    SELECT f.workspace_id, f.evaluation_id, e.conversation_id, e.revision, e.current, f.evaluation_id || '.' || f.position AS id,
           f.position, f.error_class, f.severity, f.quotes, f.comment, f.knowledge, f.source, f.participant, f.confidence, f.category,
           f.fatal, f.version, f.step, f.experimental, NULL::text AS added_by, f.citation
    FROM findings f JOIN evaluations e ON e.id = f.evaluation_id
    UNION ALL
    SELECT a.workspace_id, e.id, e.conversation_id, e.revision, e.current, a.id,
           1000000, a.error_class, a.severity, a.quotes, a.comment, a.knowledge, 'person', a.participant, NULL, a.category,
           a.fatal, a.version, NULL, false, coalesce(a.author_name, a.author), NULL
    FROM added_findings a JOIN evaluations e ON e.conversation_id = a.conversation_id AND e.revision = a.revision
    WHERE NOT EXISTS (
        SELECT FROM findings f WHERE f.evaluation_id = e.id AND f.error_class = a.error_class
            AND f.participant IS NOT DISTINCT FROM a.participant)
) found
LEFT JOIN LATERAL (
    SELECT l.id, l.verdict, l.grade, l.comment AS note, coalesce(l.author_name, l.author) AS judged_by, l.created_at AS judged_at
    FROM finding_labels l
    WHERE l.conversation_id = found.conversation_id AND l.revision = found.revision AND l.error_class = found.error_class
        AND l.participant IS NOT DISTINCT FROM found.participant
    ORDER BY l.created_at DESC, l.id DESC LIMIT 1
) v ON true
"""
CITED = "CREATE INDEX ix_findings_cited ON findings (workspace_id, evaluation_id) WHERE citation IS NOT NULL"


def upgrade() -> None:
    op.execute(FINDINGS)
    op.execute(CITED)
    # The list of this release, whatever the order in which the migrations of its resources came.
    listed = ", ".join(f"'{action}'" for action in AuditAction)
    op.drop_constraint(op.f("ck_audit_events_action"), "audit_events")
    op.create_check_constraint(op.f("ck_audit_events_action"), "audit_events", f"action IN ({listed})")
