"""Tables of people: who they are, their teams, roles and references, and their sessions."""

from auricle_contracts import MemberRole
from sqlalchemy import (
    BigInteger,
    Boolean,
    CheckConstraint,
    Column,
    ForeignKey,
    Index,
    LargeBinary,
    PrimaryKeyConstraint,
    Table,
    UniqueConstraint,
    text,
)

from auricle_records.storable import Words
from auricle_records.tables.base import METADATA, moment, one_of, workspace_id

teams = Table(
    "teams",
    METADATA,
    workspace_id(),
    Column("id", Words, primary_key=True),
    Column("name", Words, nullable=False),
    moment("created_at", now=True),
    UniqueConstraint("workspace_id", "name"),
    comment="Teams of agents. Written by auricle_records.people.",
)

people = Table(
    "people",
    METADATA,
    workspace_id(),
    Column("id", Words, primary_key=True),
    Column("email", Words, nullable=False),
    Column("name", Words, nullable=False),
    Column("team_id", Words, ForeignKey("teams.id", ondelete="SET NULL")),
    Column("active", Boolean, nullable=False, server_default=text("true")),
    Column("password_hash", Words),
    Column("reset_hash", Words),
    moment("reset_until", nullable=True),
    Column("factor_key_id", Words),
    Column("sealed_factor", LargeBinary),
    Column("factor_on", Boolean, nullable=False, server_default=text("false")),
    Column("factor_step", BigInteger),
    Column("issuer", Words),
    Column("subject", Words),
    moment("created_at", now=True),
    moment("updated_at", now=True),
    CheckConstraint("(factor_key_id IS NULL) = (sealed_factor IS NULL)", name="factor"),
    CheckConstraint("NOT factor_on OR sealed_factor IS NOT NULL", name="factor_on"),
    CheckConstraint("(issuer IS NULL) = (subject IS NULL)", name="subject"),
    UniqueConstraint("workspace_id", "email"),
    UniqueConstraint("workspace_id", "issuer", "subject"),
    Index(None, "email"),
    Index("ix_people_reset_hash", "reset_hash", postgresql_where="reset_hash IS NOT NULL"),
    Index("ix_people_subject", "issuer", "subject", postgresql_where="subject IS NOT NULL"),
    comment="Who signs in; one row a workspace and e-mail. Written by auricle_records.people.",
)

memberships = Table(
    "memberships",
    METADATA,
    workspace_id(),
    Column("person_id", Words, ForeignKey("people.id", ondelete="CASCADE"), nullable=False),
    Column("role", Words, nullable=False),
    PrimaryKeyConstraint("person_id", "role"),
    one_of("role", MemberRole),
    Index(None, "workspace_id", "role"),
    comment="A person's roles. Written by auricle_records.people.",
)

agent_references = Table(
    "agent_references",
    METADATA,
    workspace_id(),
    Column("reference", Words, nullable=False),
    Column("person_id", Words, ForeignKey("people.id", ondelete="CASCADE"), nullable=False),
    PrimaryKeyConstraint("workspace_id", "reference"),
    Index(None, "person_id"),
    comment="By which references telephony knows a person; each is one person's. Written by auricle_records.people.",
)

sessions = Table(
    "sessions",
    METADATA,
    workspace_id(),
    Column("id", Words, primary_key=True),
    Column("person_id", Words, ForeignKey("people.id", ondelete="CASCADE"), nullable=False),
    Column("hash", Words, nullable=False),
    Column("client", Words, nullable=False),
    Column("method", Words, nullable=False),
    moment("created_at", now=True),
    moment("seen_at", now=True),
    moment("idle_until"),
    moment("until"),
    moment("ended_at", nullable=True),
    one_of("method", ("password", "oidc")),
    UniqueConstraint("hash"),
    Index(None, "person_id", "id"),
    Index(None, "workspace_id", "until"),
    comment="Who is signed in, by the token's hash only. Written by auricle_records.people.",
)
