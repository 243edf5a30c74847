"""Labels become a history by identity, the answer that counts becomes a view, and lists and sweeps get their indexes.

A label from before keeps its text as `author` with the kind `name`: nobody proved who that was, and no key can write over it.
"""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None

# A label judges an answer of its conversation's revision: evaluated again, the same words keep what people said of them. With
# several answers to one criterion (one a participant) a label judges the first, as `auricle_records.labels` writes it.
EFFECTIVE_ANSWERS = """
CREATE VIEW effective_answers WITH (security_invoker = true) AS
SELECT a.workspace_id, a.evaluation_id, e.conversation_id, e.revision, e.current, a.position, a.criterion, a.title, a.layer, a.kind,
       a.participant, a.confidence, a.why,
       coalesce(v.state, a.state) AS state, CASE WHEN v.id IS NULL THEN a.value ELSE v.value END AS value,
       a.state AS model_state, a.value AS model_value, v.id AS label_id, v.judged_by, v.judged_at
FROM answers a
JOIN evaluations e ON e.id = a.evaluation_id
LEFT JOIN LATERAL (
    SELECT l.id, l.state, l.value, coalesce(l.author_name, l.author) AS judged_by, l.updated_at AS judged_at
    FROM labels l JOIN evaluations judged ON judged.id = l.evaluation_id
    WHERE l.conversation_id = e.conversation_id AND judged.revision = e.revision AND l.criterion = a.criterion AND l.kind = a.kind
      AND a.position = (SELECT min(b.position) FROM answers b WHERE b.evaluation_id = a.evaluation_id AND b.criterion = l.criterion)
    ORDER BY l.updated_at DESC, l.id DESC LIMIT 1
) v ON true
"""
# Two-sided 95 % quantiles of Student's t for 1 to 30 degrees of freedom; above, the normal one.
HALF_WIDTH = """
CREATE FUNCTION auricle_half_width(deviation double precision, n bigint) RETURNS double precision
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT CASE WHEN n >= 2 THEN deviation / sqrt(n) * coalesce((ARRAY[
        12.706, 4.303, 3.182, 2.776, 2.571, 2.447, 2.365, 2.306, 2.262, 2.228, 2.201, 2.179, 2.160, 2.145, 2.131,
        2.120, 2.110, 2.101, 2.093, 2.086, 2.080, 2.074, 2.069, 2.064, 2.060, 2.056, 2.052, 2.048, 2.045, 2.042
    ])[n - 1], 1.96) END
$$
"""


def upgrade() -> None:
    op.drop_constraint("uq_labels_evaluation_id_criterion_author", "labels")
    op.add_column("labels", sa.Column("author_kind", sa.Text(), server_default=sa.text("'name'"), nullable=False))
    op.alter_column("labels", "author_kind", server_default=None)
    op.create_check_constraint(op.f("ck_labels_author_kind"), "labels", "author_kind IN ('name', 'api_key')")
    op.add_column("labels", sa.Column("author_name", sa.Text()))
    for column in (
        "created_at",
        "updated_at",
    ):  # the order in which the conversation's lock was held, not that of the waiting
        op.alter_column("labels", column, server_default=sa.text("clock_timestamp()"))
    op.drop_index("ix_labels_conversation_id", "labels")
    op.create_index(
        "ix_labels_conversation_id_criterion_updated_at", "labels", ["conversation_id", "criterion", "updated_at"]
    )
    op.create_index("ix_labels_evaluation_id_criterion_author", "labels", ["evaluation_id", "criterion", "author"])
    op.create_table_comment(
        "labels", "What people say about answers, each verdict a row. Written by auricle_records.labels."
    )
    op.execute(EFFECTIVE_ANSWERS)
    op.execute(HALF_WIDTH)
    op.create_index(
        "ix_conversations_workspace_id_created_at_id", "conversations", ["workspace_id", "created_at", "id"]
    )
    op.create_index("ix_outbox_endpoint_id", "outbox", ["endpoint_id"])
    sent, dead = sa.text("state = 'sent'"), sa.text("state = 'dead'")
    op.create_index("ix_outbox_sent", "outbox", ["workspace_id", "sent_at"], postgresql_where=sent)
    op.create_index("ix_outbox_dead", "outbox", ["workspace_id", "next_at"], postgresql_where=dead)
    op.create_index("ix_findings_workspace_id_error_class", "findings", ["workspace_id", "error_class"])
