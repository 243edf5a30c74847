"""The table of words that speech engines are told."""

from auricle_contracts.vocabularies import MOST_TERMS
from sqlalchemy import CheckConstraint, Column, ForeignKey, Table

from auricle_records.storable import Words
from auricle_records.tables.base import METADATA, moment, words

vocabularies = Table(
    "vocabularies",
    METADATA,
    Column("workspace_id", Words, ForeignKey("workspaces.workspace_id"), primary_key=True),
    words("terms"),
    Column("chosen_by", Words, nullable=False),
    moment("chosen_at", now=True),
    CheckConstraint(f"cardinality(terms) <= {MOST_TERMS}", name="terms"),
    comment="Words that speech engines are told before they listen. Written by auricle_records.vocabularies.",
)
