"""Tables of oversight: the disclosure that agents are given, who read it, and what is written into the record."""

from auricle_contracts.oversight import OversightEntryKind
from sqlalchemy import Column, ForeignKey, Index, Integer, PrimaryKeyConstraint, Table

from auricle_records.storable import Words
from auricle_records.tables.base import METADATA, moment, one_of, workspace_id

disclosures = Table(
    "disclosures",
    METADATA,
    Column("workspace_id", Words, ForeignKey("workspaces.workspace_id"), nullable=False),
    Column("version", Integer, nullable=False),
    Column("ru", Words, nullable=False),
    Column("en", Words, nullable=False),
    Column("written_by", Words, nullable=False),
    Column("written_by_name", Words, nullable=False),
    moment("created_at", now=True),
    PrimaryKeyConstraint("workspace_id", "version"),
    comment="What agents are told of the machine that judges their work, each version for good. Written by auricle_records.oversight.",
)

disclosure_acknowledgements = Table(
    "disclosure_acknowledgements",
    METADATA,
    workspace_id(),
    Column("person_id", Words, ForeignKey("people.id", ondelete="CASCADE"), nullable=False),
    Column("version", Integer, nullable=False),
    Column("person_name", Words, nullable=False),
    moment("created_at", now=True),
    PrimaryKeyConstraint("person_id", "version"),
    Index(None, "workspace_id", "version"),
    comment="That people read a version of the disclosure. Written by auricle_records.oversight.",
)

oversight_entries = Table(
    "oversight_entries",
    METADATA,
    workspace_id(),
    Column("id", Words, primary_key=True),
    Column("kind", Words, nullable=False),
    Column("text", Words, nullable=False),
    moment("happened_at"),
    Column("added_by", Words, nullable=False),
    Column("added_by_name", Words, nullable=False),
    moment("created_at", now=True),
    one_of("kind", OversightEntryKind),
    Index(None, "workspace_id", "kind", "happened_at"),
    comment="Who answers for the system, and incidents, each entry for good. Written by auricle_records.oversight.",
)
