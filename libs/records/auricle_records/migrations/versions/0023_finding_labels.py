"""Verdicts on findings as a history, findings that people add, and the view of findings as they count."""

import sqlalchemy as sa
from alembic import op
from auricle_contracts.audit import AuditAction
from auricle_records.policies import limit_to_own, protect
from sqlalchemy.dialects.postgresql import JSONB

revision = "0023"
down_revision = "0025"
branch_labels = None
depends_on = None

# A finding is one of a class and a participant: by these two a verdict is found again when the same words are evaluated anew, and an
# added finding gives way to the model's own.
EFFECTIVE_FINDINGS = """
CREATE VIEW effective_findings WITH (security_invoker = true) AS
SELECT found.*, coalesce(v.verdict <> 'reject', true) AS counts, v.id AS label_id, v.verdict, v.grade, v.note, v.judged_by, v.judged_at
FROM (
    SELECT f.workspace_id, f.evaluation_id, e.conversation_id, e.revision, e.current, f.evaluation_id || '.' || f.position AS id,
           f.position, f.error_class, f.severity, f.quotes, f.comment, f.knowledge, f.source, f.participant, f.confidence, f.category,
           f.fatal, f.version, f.step, f.experimental, NULL::text AS added_by
    FROM findings f JOIN evaluations e ON e.id = f.evaluation_id
    UNION ALL
    SELECT a.workspace_id, e.id, e.conversation_id, e.revision, e.current, a.id,
           1000000, a.error_class, a.severity, a.quotes, a.comment, a.knowledge, 'person', a.participant, NULL, a.category,
           a.fatal, a.version, NULL, false, coalesce(a.author_name, a.author)
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
TRAIL = """
CREATE OR REPLACE VIEW audit_trail WITH (security_invoker = true) AS
SELECT workspace_id, id, actor_kind, actor, actor_name, action, conversation_id, subject, details, created_at FROM audit_events
UNION ALL
SELECT u.workspace_id, u.id, CASE WHEN p.id IS NULL THEN 'api_key' ELSE 'person' END, u.api_key_id, p.name, 'unmasked', u.conversation_id,
       u.what, '{}'::jsonb, u.created_at
FROM unmaskings u LEFT JOIN people p ON p.id = u.api_key_id
UNION ALL
SELECT workspace_id, id, author_kind, author, author_name, 'labelled', conversation_id, criterion,
       jsonb_build_object('evaluation_id', evaluation_id, 'state', state), created_at
FROM labels
UNION ALL
SELECT workspace_id, id, author_kind, author, author_name, 'finding_labelled', conversation_id, error_class,
       jsonb_build_object('evaluation_id', evaluation_id, 'verdict', verdict, 'grade', grade), created_at
FROM finding_labels
UNION ALL
SELECT workspace_id, id, author_kind, author, author_name, 'finding_added', conversation_id, error_class,
       jsonb_build_object('evaluation_id', evaluation_id, 'severity', severity), created_at
FROM added_findings
"""


def upgrade() -> None:
    _table(
        "finding_labels",
        "What people say about findings, each verdict a row. Written by auricle_records.findings.",
        sa.Column("finding_id", sa.Text(), nullable=False),
        sa.Column("error_class", sa.Text(), nullable=False),
        sa.Column("participant", sa.Text()),
        sa.Column("verdict", sa.Text(), nullable=False),
        sa.Column("grade", sa.SmallInteger()),
        sa.Column("comment", sa.Text()),
        sa.CheckConstraint("verdict IN ('accept', 'reject')", name=op.f("ck_finding_labels_verdict")),
        sa.CheckConstraint(
            "grade BETWEEN 0 AND 2 AND (grade = 0) = (verdict = 'reject')", name=op.f("ck_finding_labels_grade")
        ),
    )
    _table(
        "added_findings",
        "Errors that people added where the model missed them. Written by auricle_records.findings.",
        sa.Column("error_class", sa.Text(), nullable=False),
        sa.Column("version", sa.Text(), nullable=False),
        sa.Column("category", sa.Text()),
        sa.Column("severity", sa.Text(), nullable=False),
        sa.Column("fatal", sa.Boolean(), nullable=False),
        sa.Column("quotes", JSONB(), server_default=sa.text("'[]'::jsonb"), nullable=False),
        sa.Column("comment", sa.Text(), nullable=False),
        sa.Column("knowledge", sa.Text()),
        sa.Column("participant", sa.Text()),
        sa.CheckConstraint("severity IN ('minor', 'major', 'critical')", name=op.f("ck_added_findings_severity")),
    )
    op.create_index(
        "ix_finding_labels_conversation_id_error_class_created_at",
        "finding_labels",
        ["conversation_id", "error_class", "created_at"],
    )
    op.create_index("ix_added_findings_conversation_id_revision", "added_findings", ["conversation_id", "revision"])
    op.execute(EFFECTIVE_FINDINGS)
    # The list of this release, whatever the order in which the migrations of its resources came.
    listed = ", ".join(f"'{action}'" for action in AuditAction)
    op.drop_constraint(op.f("ck_audit_events_action"), "audit_events", type_="check")
    op.create_check_constraint(op.f("ck_audit_events_action"), "audit_events", f"action IN ({listed})")
    op.execute(TRAIL)


def _table(name: str, comment: str, *own: sa.schema.SchemaItem) -> None:
    op.create_table(
        name,
        sa.Column("workspace_id", sa.Text(), nullable=False),
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("conversation_id", sa.Text(), nullable=False),
        sa.Column("evaluation_id", sa.Text(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        *own,
        sa.Column("author", sa.Text(), nullable=False),
        sa.Column("author_kind", sa.Text(), nullable=False),
        sa.Column("author_name", sa.Text()),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column(
            "created_at", sa.DateTime(timezone=True), server_default=sa.text("clock_timestamp()"), nullable=False
        ),
        sa.CheckConstraint("source IN ('sheet', 'page', 'api')", name=op.f(f"ck_{name}_source")),
        sa.CheckConstraint("author_kind IN ('api_key', 'person')", name=op.f(f"ck_{name}_author_kind")),
        sa.ForeignKeyConstraint(
            ["conversation_id"], ["conversations.id"], name=f"fk_{name}_conversation_id", ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["evaluation_id"], ["evaluations.id"], name=f"fk_{name}_evaluation_id", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=f"pk_{name}"),
        comment=comment,
    )
    op.create_index(f"ix_{name}_evaluation_id", name, ["evaluation_id"])
    op.create_index(f"ix_{name}_workspace_id_id", name, ["workspace_id", "id"])
    for statement in protect(name):
        op.execute(statement)
    op.execute(limit_to_own(name, "auricle_owns_conversation(conversation_id)"))
