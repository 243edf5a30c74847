"""What belongs to the house and not to a tenant. Its rows are of the workspace `house`, so that one rule protects every table."""

from sqlalchemy import BigInteger, Boolean, CheckConstraint, Column, Computed, Index, Table, text

from auricle_records.storable import Words
from auricle_records.tables.base import METADATA, moment, workspace_id

shifts = Table(
    "shifts",
    METADATA,
    workspace_id(),
    Column("id", Words, primary_key=True),
    Column("service", Words, nullable=False),
    Column("host", Words, nullable=False),
    Column("device", Words, nullable=False),
    moment("started_at"),
    moment("seen_at", now=True),
    Column("ended", Boolean, nullable=False, server_default=text("false")),
    Column("alive_ns", BigInteger, nullable=False),
    Column("attributed_ns", BigInteger, nullable=False),
    Column("wasted_ns", BigInteger, nullable=False),
    Column("open_ns", BigInteger, nullable=False),
    Column("idle_ns", BigInteger, Computed("alive_ns - attributed_ns - wasted_ns - open_ns", persisted=True)),
    CheckConstraint("least(attributed_ns, wasted_ns, open_ns, idle_ns) >= 0", name="whole"),
    Index(None, "workspace_id", "seen_at"),
    comment="The life of a worker process at its device; its parts are its whole. Written by auricle_records.shifts.",
)
