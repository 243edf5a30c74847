"""The table of judges' certificates."""

from auricle_contracts.judges import CertificateState
from sqlalchemy import Column, Index, Table

from auricle_records.storable import Words
from auricle_records.tables.base import METADATA, document, moment, one_of, workspace_id

MEASURED = (CertificateState.VALID, CertificateState.TOO_FEW, CertificateState.REFUSED)

judge_certificates = Table(
    "judge_certificates",
    METADATA,
    workspace_id(),
    Column("id", Words, primary_key=True),
    Column("judge", Words, nullable=False),
    Column("prompt_hash", Words, nullable=False),
    Column("model", Words, nullable=False),
    Column("weights", Words, nullable=False),
    Column("state", Words, nullable=False),
    moment("measured_at"),
    moment("expires_at"),
    document("certificate", "{}"),
    document("measurement", "{}"),
    Column("added_by", Words, nullable=False),
    Column("added_by_name", Words),
    moment("created_at", now=True),
    one_of("state", MEASURED),
    Index(None, "workspace_id", "id"),
    comment="How far a judge is to be believed, as measured, with the grades behind it. Written by auricle_records.judges.",
)
