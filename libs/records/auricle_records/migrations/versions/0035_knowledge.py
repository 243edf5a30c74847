"""The knowledge base: articles, their versions, and passages that Postgres searches."""

import sqlalchemy as sa
from alembic import op
from auricle_contracts.audit import AuditAction
from auricle_records.policies import protect
from sqlalchemy.dialects.postgresql import JSONB, TSVECTOR

revision = "0035"
down_revision = "0023"
branch_labels = None
depends_on = None

TERMS = "setweight(jsonb_to_tsvector('russian', headings, '[\"string\"]'), 'B') || to_tsvector('russian', text)"


def upgrade() -> None:
    _articles()
    _versions()
    _passages()
    _actions()
    for table in ("articles", "article_versions", "passages"):
        for statement in protect(table):
            op.execute(statement)


def _actions() -> None:
    """All that the code knows, whichever migrations came before: each of them has a list of its own."""
    listed = ", ".join(f"'{action}'" for action in AuditAction)
    op.drop_constraint(op.f("ck_audit_events_action"), "audit_events", type_="check")
    op.create_check_constraint(op.f("ck_audit_events_action"), "audit_events", f"action IN ({listed})")


def _now(name: str) -> sa.Column[object]:
    return sa.Column(name, sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False)


def _articles() -> None:
    op.create_table(
        "articles",
        sa.Column("workspace_id", sa.Text(), nullable=False),
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("reference", sa.Text(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("language", sa.Text()),
        sa.Column("state", sa.Text(), server_default=sa.text("'active'"), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("next_passage", sa.Integer(), nullable=False),
        _now("created_at"),
        _now("updated_at"),
        sa.CheckConstraint("state IN ('active', 'retired')", name=op.f("ck_articles_state")),
        sa.PrimaryKeyConstraint("id", name="pk_articles"),
        sa.UniqueConstraint("workspace_id", "reference", name="uq_articles_workspace_id_reference"),
        comment="What the contact centre's people should know, by the newest version. Written by auricle_records.knowledge.",
    )


def _versions() -> None:
    op.create_table(
        "article_versions",
        sa.Column("workspace_id", sa.Text(), nullable=False),
        sa.Column("article_id", sa.Text(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("media_type", sa.Text(), nullable=False),
        sa.Column("file_name", sa.Text()),
        sa.Column("sha256", sa.Text(), nullable=False),
        sa.Column("size_bytes", sa.BigInteger(), nullable=False),
        sa.Column("passages", sa.Integer(), nullable=False),
        sa.Column("note", sa.Text()),
        sa.Column("author_kind", sa.Text(), nullable=False),
        sa.Column("author", sa.Text(), nullable=False),
        sa.Column("author_name", sa.Text()),
        _now("created_at"),
        sa.CheckConstraint("size_bytes >= 0", name=op.f("ck_article_versions_size_bytes")),
        sa.ForeignKeyConstraint(
            ["article_id"], ["articles.id"], name="fk_article_versions_article_id", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("article_id", "version", name="pk_article_versions"),
        comment="What an article said, version by version, and who wrote it. Written by auricle_records.knowledge.",
    )


def _passages() -> None:
    op.create_table(
        "passages",
        sa.Column("workspace_id", sa.Text(), nullable=False),
        sa.Column("article_id", sa.Text(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("headings", JSONB(), server_default=sa.text("'[]'::jsonb"), nullable=False),
        sa.Column("page", sa.Integer()),
        sa.Column("current", sa.Boolean(), nullable=False),
        sa.Column("terms", TSVECTOR(), sa.Computed(TERMS, persisted=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["article_id", "version"],
            ["article_versions.article_id", "article_versions.version"],
            name="fk_passages_article_id",
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("article_id", "version", "position", name="pk_passages"),
        sa.UniqueConstraint("article_id", "version", "id", name="uq_passages_article_id_version_id"),
        comment="Paragraphs of a version, each under an id that outlives it. Written by auricle_records.knowledge.",
    )
    op.create_index("ix_passages_terms", "passages", ["terms"], postgresql_using="gin", postgresql_where="current")
