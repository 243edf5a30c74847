"""Mails to people, each notice a row until it is sent, and what people want of them."""

from auricle_contracts.notices import NoticeKind
from sqlalchemy import CheckConstraint, Column, ForeignKey, Index, Integer, Table, UniqueConstraint, text

from auricle_records.storable import Words
from auricle_records.tables.base import METADATA, document, moment, one_of, words, workspace_id

NOTICE_STATES = ("pending", "sent", "dead")
_KINDS = ", ".join(f"'{kind}'" for kind in NoticeKind)


def _person() -> Column[str]:
    return Column("person_id", Words, ForeignKey("people.id", ondelete="CASCADE"), nullable=False)


notices = Table(
    "notices",
    METADATA,
    workspace_id(),
    Column("id", Words, primary_key=True),
    _person(),
    Column("kind", Words, nullable=False),
    Column("key", Words, nullable=False),
    Column("conversation_id", Words, ForeignKey("conversations.id", ondelete="CASCADE")),
    document("data", "{}"),
    Column("state", Words, nullable=False, server_default=text("'pending'")),
    Column("attempts", Integer, nullable=False, server_default=text("0")),
    Column("last_error", Words),
    moment("next_at", now=True),
    moment("created_at", now=True),
    moment("sent_at", nullable=True),
    one_of("kind", NoticeKind),
    one_of("state", NOTICE_STATES),
    CheckConstraint("(state = 'sent') = (sent_at IS NOT NULL)", name="sent"),
    UniqueConstraint("person_id", "key"),
    Index("ix_notices_due", "workspace_id", "next_at", postgresql_where="state = 'pending'"),
    Index("ix_notices_sent", "person_id", "sent_at", postgresql_where="state = 'sent'"),
    Index(None, "conversation_id"),
    comment="What a person is told by mail; `key` names the event, once a person. Written by auricle_records.notices.",
)

notice_settings = Table(
    "notice_settings",
    METADATA,
    workspace_id(),
    Column("person_id", Words, ForeignKey("people.id", ondelete="CASCADE"), primary_key=True),
    Column("language", Words),
    words("muted"),
    moment("updated_at", now=True),
    one_of("language", ("ru", "en")),
    CheckConstraint(f"muted <@ ARRAY[{_KINDS}]::text[]", name="muted"),
    comment="What a person wants by mail; no row: everything. Written by auricle_records.notices.",
)
