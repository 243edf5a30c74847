"""Runs that may have left blobs which no row names."""

import sqlalchemy as sa
from alembic import op
from auricle_records.migrations.walkers import define

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

# Only conversations at which nobody works: what a worker has just written is not named yet either.
UNTIDY = """
    auricle_untidy_conversations(older_than interval, most integer) RETURNS TABLE (workspace_id text, conversation_id text)
    LANGUAGE sql AS $$
        SELECT r.workspace_id, r.conversation_id FROM runs r
        WHERE r.untidy AND NOT EXISTS (
            SELECT FROM runs o WHERE o.conversation_id = r.conversation_id AND o.state IN ('waiting', 'working')
        )
        GROUP BY 1, 2 HAVING max(r.updated_at) <= now() - older_than LIMIT most
    $$
"""


def upgrade() -> None:
    op.add_column("runs", sa.Column("untidy", sa.Boolean(), server_default=sa.text("false"), nullable=False))
    op.create_index("ix_runs_untidy", "runs", ["conversation_id"], postgresql_where=sa.text("untidy"))
    for statement in define(UNTIDY):
        op.execute(statement)
