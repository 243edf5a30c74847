"""Masking settings, encrypted pseudonym maps, and the audit log of unmasking."""

from auricle_contracts.masking import PersonalKind
from sqlalchemy import (
    Boolean,
    CheckConstraint,
    Column,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    PrimaryKeyConstraint,
    Table,
    UniqueConstraint,
    text,
)
from sqlalchemy.dialects.postgresql import ARRAY

from auricle_records.storable import Words
from auricle_records.tables.base import METADATA, moment, workspace_id

_KINDS = ", ".join(f"'{kind}'" for kind in PersonalKind)


def _switch(name: str) -> Column[bool]:
    return Column(name, Boolean, nullable=False, server_default=text("true"))


masking_settings = Table(
    "masking_settings",
    METADATA,
    Column("workspace_id", Words, ForeignKey("workspaces.workspace_id"), primary_key=True),
    Column("kinds", ARRAY(Words), nullable=False),
    _switch("prompts"),
    _switch("exports"),
    _switch("views"),
    _switch("recordings"),
    moment("updated_at", now=True),
    CheckConstraint(f"kinds <@ ARRAY[{_KINDS}]::text[]", name="kinds"),
    comment="What a workspace hides, and where; no row hides everything. Written by auricle_records.masking.",
)

reverse_maps = Table(
    "reverse_maps",
    METADATA,
    workspace_id(),
    Column("conversation_id", Words, ForeignKey("conversations.id", ondelete="CASCADE"), nullable=False),
    Column("revision", Integer, nullable=False),
    Column("key_id", Words, nullable=False),
    Column("body", LargeBinary, nullable=False),
    moment("updated_at", now=True),
    PrimaryKeyConstraint("conversation_id", "revision"),
    Index(None, "workspace_id", "key_id"),
    comment="What placeholders stand for, sealed under the key named by `key_id`. Written by auricle_records.masking.",
)

unmaskings = Table(
    "unmaskings",
    METADATA,
    workspace_id(),
    Column("id", Words, primary_key=True),
    Column("conversation_id", Words, nullable=False),
    Column("api_key_id", Words, nullable=False),
    Column("what", Words, nullable=False),
    moment("created_at", now=True),
    moment("minute", nullable=True),
    UniqueConstraint("conversation_id", "api_key_id", "what", "minute"),
    CheckConstraint("what IN ('transcript', 'evaluation', 'digest', 'recording', 'secrets')", name="what"),
    Index(None, "workspace_id", "id"),
    comment="Who saw what was hidden; it outlives its conversation. Written by auricle_records.masking.",
)
