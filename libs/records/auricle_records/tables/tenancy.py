"""Tables of workspaces, API keys and recipes."""

from auricle_contracts import Level
from sqlalchemy import (
    Boolean,
    CheckConstraint,
    Column,
    ForeignKey,
    Integer,
    PrimaryKeyConstraint,
    Table,
    UniqueConstraint,
    text,
)

from auricle_records.storable import Words
from auricle_records.tables.base import METADATA, document, moment, words, workspace_id

workspaces = Table(
    "workspaces",
    METADATA,
    Column("workspace_id", Words, primary_key=True),
    Column("name", Words, nullable=False),
    Column("retention_days", Integer),
    words("allowed_hosts"),
    Column("active", Boolean, nullable=False, server_default=text("true")),
    moment("created_at", now=True),
    Column("deepest", Words, nullable=False, server_default=text("'hard'")),
    Column("deepest_by", Words),
    moment("deepest_at", nullable=True),
    CheckConstraint(f"deepest IN ({', '.join(repr(level.value) for level in Level)})", name="deepest"),
    # The id is a folder and a part of blob keys; it must never be able to climb.
    CheckConstraint("workspace_id ~ '^[a-z0-9][a-z0-9-]{0,62}$'", name="id"),
    comment="A tenant. Written by auricle_records.workspaces.",
)

api_keys = Table(
    "api_keys",
    METADATA,
    workspace_id(),
    Column("id", Words, primary_key=True),
    Column("name", Words, nullable=False),
    Column("prefix", Words, nullable=False),
    Column("hash", Words, nullable=False),
    words("scopes"),
    moment("created_at", now=True),
    moment("revoked_at", nullable=True),
    Column("made_by_name", Words),
    moment("last_used_at", nullable=True),
    UniqueConstraint("prefix"),
    comment="Keys of the API, by hash only. Written by auricle_records.keys.",
)

recipes = Table(
    "recipes",
    METADATA,
    workspace_id(),
    Column("hash", Words, nullable=False),
    document("body", "{}"),
    moment("created_at", now=True),
    PrimaryKeyConstraint("workspace_id", "hash"),
    comment="What made a result, by content hash. Written by auricle_records.recipes.",
)

for table in (api_keys, recipes):
    table.c.workspace_id.append_foreign_key(ForeignKey("workspaces.workspace_id"))
