"""What transcripts say, masked, as full text that Postgres searches by an index."""

import sqlalchemy as sa
from alembic import op
from auricle_records.migrations.walkers import define
from auricle_records.policies import let_walk, limit_to_own, protect
from sqlalchemy.dialects.postgresql import JSONB, TSVECTOR

revision = "0084"
down_revision = "0086"
branch_labels = None
depends_on = None

TERMS = "jsonb_to_tsvector('russian', texts, '[\"string\"]')"
# Postgres evaluates `@@` after the policies of whoever asks, and then no index of it can be used. The walker has no such policy; it gives
# ids of the transaction's workspace, and what a caller may not see falls away where the ids meet `conversations`.
SAYING = """
auricle_conversations_saying(wanted tsquery) RETURNS SETOF text LANGUAGE sql AS $$
    SELECT conversation_id FROM transcript_texts
    WHERE workspace_id = current_setting('auricle.workspace', true) AND terms @@ wanted
$$
"""


def upgrade() -> None:
    op.create_table(
        "transcript_texts",
        sa.Column("workspace_id", sa.Text(), nullable=False),
        sa.Column("conversation_id", sa.Text(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("texts", JSONB(), server_default=sa.text("'[]'::jsonb"), nullable=False),
        sa.Column("places", JSONB(), server_default=sa.text("'[]'::jsonb"), nullable=False),
        sa.Column("terms", TSVECTOR(), sa.Computed(TERMS, persisted=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.ForeignKeyConstraint(
            ["conversation_id"], ["conversations.id"], name="fk_transcript_texts_conversation_id", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("conversation_id", name="pk_transcript_texts"),
        comment="What the turns of a conversation say, masked, for searching. Written by auricle_records.transcript_texts.",
    )
    op.create_index("ix_transcript_texts_terms", "transcript_texts", ["terms"], postgresql_using="gin")
    for statement in (*protect("transcript_texts"), *let_walk("transcript_texts")):
        op.execute(statement)
    op.execute(limit_to_own("transcript_texts", "auricle_owns_conversation(conversation_id)", but_walker=True))
    for statement in define(SAYING):
        op.execute(statement)
    op.add_column("evaluations", sa.Column("searchable", sa.Boolean(), server_default=sa.text("false"), nullable=False))
    unsearchable = sa.text("current AND NOT searchable")
    op.create_index("ix_evaluations_unsearchable", "evaluations", ["workspace_id", "id"], postgresql_where=unsearchable)
    op.create_table_comment(
        "evaluations",
        "One per evaluate run, one current per conversation. Written by auricle_records.evaluations, `triaged` by"
        " auricle_records.review, `searchable` by auricle_records.transcript_texts.",
    )
