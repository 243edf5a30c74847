"""Short texts are kept in the database and accepted by one call: conversation, revision, body and first run, in one trip and one commit."""

import sqlalchemy as sa
from alembic import op
from auricle_records.policies import protect

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None

# It runs with its caller's rights: row security sees every row that it writes.
ACCEPT = """
CREATE FUNCTION auricle_accept(
    described jsonb, idempotency_key text, body_hash text, body bytea, sha256 text, media_type text, run_id text, recipe text,
    traceparent text
) RETURNS timestamptz LANGUAGE plpgsql AS $$
DECLARE
    c conversations := jsonb_populate_record(NULL::conversations, described);
BEGIN
    PERFORM set_config('auricle.workspace', c.workspace_id, true);
    INSERT INTO conversations (workspace_id, id, channel, source, external_id, direction, line, language, priority, state, revision,
                               participants, agents, metadata, started_at)
    VALUES (c.workspace_id, c.id, c.channel, c.source, c.external_id, c.direction, c.line, c.language, c.priority, 'stored', 1,
            c.participants, c.agents, c.metadata, c.started_at);
    INSERT INTO revisions (workspace_id, conversation_id, revision, state, idempotency_key, body_hash, kind, media_type, size_bytes, sha256)
    VALUES (c.workspace_id, c.id, 1, 'stored', idempotency_key, body_hash, 'turns', media_type, length(body), sha256);
    INSERT INTO bodies (workspace_id, conversation_id, revision, body) VALUES (c.workspace_id, c.id, 1, body);
    INSERT INTO runs (workspace_id, id, conversation_id, revision, step, recipe, reason, priority, state, traceparent)
    VALUES (c.workspace_id, run_id, c.id, 1, 'evaluate', recipe, 'ingest', c.priority, 'waiting', traceparent);
    RETURN now();
END $$
"""


def upgrade() -> None:
    op.create_table(
        "bodies",
        sa.Column("workspace_id", sa.Text(), nullable=False),
        sa.Column("conversation_id", sa.Text(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("body", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(
            ["conversation_id", "revision"],
            ["revisions.conversation_id", "revisions.revision"],
            name="fk_bodies_conversation_id",
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("conversation_id", "revision", name="pk_bodies"),
        comment="Short texts as received, which no blob holds. Written by auricle_records.conversations.",
    )
    for statement in protect("bodies"):
        op.execute(statement)
    op.execute(ACCEPT)
