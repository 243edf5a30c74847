"""What people say about findings, the findings that they add by hand, and the view of findings as they count."""

from auricle_contracts import FindingVerdict, Severity
from sqlalchemy import (
    Boolean,
    CheckConstraint,
    Column,
    ForeignKey,
    Index,
    Integer,
    SmallInteger,
    Table,
    TableClause,
    UniqueConstraint,
    column,
    func,
    text,
)

from auricle_records.storable import Moment, Words
from auricle_records.tables.base import METADATA, document, one_of, workspace_id
from auricle_records.tables.evaluations import findings
from auricle_records.tables.labels import LABEL_SOURCES

IDENTIFIED = ("api_key", "person")


def _author() -> tuple[Column[str], ...]:
    return (
        Column("author", Words, nullable=False),
        Column("author_kind", Words, nullable=False),
        Column("author_name", Words),
    )


def _judged() -> tuple[Column[str], ...]:
    """The conversation and the evaluation whose finding it was; `error_class` and `participant` find it again in later ones."""
    return (
        Column("conversation_id", Words, ForeignKey("conversations.id", ondelete="CASCADE"), nullable=False),
        Column("evaluation_id", Words, ForeignKey("evaluations.id", ondelete="CASCADE"), nullable=False),
    )


finding_labels = Table(
    "finding_labels",
    METADATA,
    workspace_id(),
    Column("id", Words, primary_key=True),
    *_judged(),
    Column("revision", Integer, nullable=False),
    Column("finding_id", Words, nullable=False),
    Column("error_class", Words, nullable=False),
    Column("participant", Words),
    Column("verdict", Words, nullable=False),
    Column("grade", SmallInteger),
    Column("comment", Words),
    *_author(),
    Column("source", Words, nullable=False),
    Column("created_at", Moment, nullable=False, server_default=func.clock_timestamp()),
    Column("blind", Boolean, nullable=False, server_default=text("false")),
    one_of("verdict", FindingVerdict),
    one_of("source", LABEL_SOURCES),
    one_of("author_kind", IDENTIFIED),
    CheckConstraint("grade BETWEEN 0 AND 2 AND (grade = 0) = (verdict = 'reject')", name="grade"),
    Index(None, "conversation_id", "error_class", "created_at"),
    Index(None, "evaluation_id"),
    Index(None, "workspace_id", "id"),
    comment="What people say about findings, each verdict a row. Written by auricle_records.findings.",
)

added_findings = Table(
    "added_findings",
    METADATA,
    workspace_id(),
    Column("id", Words, primary_key=True),
    *_judged(),
    Column("revision", Integer, nullable=False),
    Column("error_class", Words, nullable=False),
    Column("version", Words, nullable=False),
    Column("category", Words),
    Column("severity", Words, nullable=False),
    Column("fatal", Boolean, nullable=False),
    document("quotes", "[]"),
    Column("comment", Words, nullable=False),
    Column("knowledge", Words),
    Column("participant", Words),
    *_author(),
    Column("source", Words, nullable=False),
    Column("created_at", Moment, nullable=False, server_default=func.clock_timestamp()),
    Column("blind", Boolean, nullable=False, server_default=text("false")),
    one_of("severity", Severity),
    one_of("source", LABEL_SOURCES),
    one_of("author_kind", IDENTIFIED),
    Index(None, "conversation_id", "revision"),
    Index(None, "evaluation_id"),
    Index(None, "workspace_id", "id"),
    comment="Errors that people added where the model missed them. Written by auricle_records.findings.",
)

acknowledgements = Table(
    "acknowledgements",
    METADATA,
    workspace_id(),
    Column("id", Words, primary_key=True),
    Column("conversation_id", Words, ForeignKey("conversations.id", ondelete="CASCADE"), nullable=False),
    Column("revision", Integer, nullable=False),
    Column("finding_id", Words, nullable=False),
    Column("error_class", Words, nullable=False),
    Column("participant", Words, nullable=False),
    Column("person_id", Words, nullable=False),
    Column("person_name", Words, nullable=False),
    Column("created_at", Moment, nullable=False, server_default=func.clock_timestamp()),
    UniqueConstraint("conversation_id", "revision", "error_class", "participant", name="uq_acknowledgements_finding"),
    comment="That agents read what was found about them. Written by auricle_records.findings.",
)

effective_findings = TableClause(
    "effective_findings",
    *(column(name, findings.c[name].type) for name in findings.c.keys()),  # noqa: SIM118 - a collection of columns
    column("id", Words),
    column("conversation_id", Words),
    column("revision", Integer),
    column("current", Boolean),
    column("added_by", Words),
    column("counts", Boolean),
    column("label_id", Words),
    column("verdict", Words),
    column("grade", SmallInteger),
    column("note", Words),
    column("judged_by", Words),
    column("judged_at", Moment),
    column("stale", Boolean),
)
"""A view: each finding of an evaluation, and those that people added to its revision and it does not have itself.

The newest verdict of anybody on the class and the participant in the revision stands beside it; `counts` is false where it rejects.
`stale`: the passage that it cites reads otherwise now, is gone, or its article is retired or removed.
"""
