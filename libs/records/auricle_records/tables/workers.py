"""Tables of the platform and of no tenant. Their rows are of the workspace `platform`, so that one policy protects every table."""

from sqlalchemy import BigInteger, Boolean, CheckConstraint, Column, Computed, Index, PrimaryKeyConstraint, Table, text

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
    comment="The life of a worker process at its device; its parts are its whole. Written by auricle_records.worker_uptime.",
)

job_leases = Table(
    "job_leases",
    METADATA,
    workspace_id(),
    Column("job", Words, nullable=False),
    Column("holder", Words, nullable=False),
    moment("expires_at"),
    PrimaryKeyConstraint("workspace_id", "job"),
    comment="Which keeper leads a job, and until when. Written by auricle_records.leadership.",
)
