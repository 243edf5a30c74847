"""The audit log, and the view that unites it with the histories that already stand in tables of their own."""

from auricle_contracts.audit import AuditAction
from sqlalchemy import Column, Index, Table, TableClause, column

from auricle_records.storable import Words
from auricle_records.tables.base import METADATA, document, moment, one_of, workspace_id

audit_events = Table(
    "audit_events",
    METADATA,
    workspace_id(),
    Column("id", Words, primary_key=True),
    Column("actor_kind", Words, nullable=False),
    Column("actor", Words, nullable=False),
    Column("actor_name", Words),
    Column("action", Words, nullable=False),
    Column("conversation_id", Words),
    Column("subject", Words),
    document("details", "{}"),
    moment("created_at", now=True),
    one_of("actor_kind", ("api_key", "person")),
    one_of("action", AuditAction),
    Index(None, "workspace_id", "id"),
    Index(None, "conversation_id"),
    comment="Who did what, for good; it outlives its conversation. Written by auricle_records.audit.",
)

audit_trail = TableClause("audit_trail", *(column(one.name, one.type) for one in audit_events.c))
"""A view: audit_events, and with them each look at what was hidden (`unmaskings`), each verdict on an answer or a finding (`labels`,
`finding_labels`) and each finding that somebody added (`added_findings`).
"""
