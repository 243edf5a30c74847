"""Bodies and replies of the routes of judges."""

from datetime import datetime
from typing import Annotated

from auricle_contracts import Contract
from auricle_contracts.judges import JudgeCertificate, JudgeMeasurement
from pydantic import Field


class CertificateIn(Contract):
    """Grades of a judge on pairs that people graded, and for how many days they are to be believed."""

    measurement: JudgeMeasurement
    days: Annotated[int, Field(ge=1, le=365)] = 30


class CertificateView(JudgeCertificate):
    """A certificate as it stands now, and who brought it."""

    id: str
    added_by: str
    added_by_name: str | None
    created_at: datetime


class CertificatePage(Contract):
    """Newest first. `next_cursor` asks for the next page; null on the last."""

    items: tuple[CertificateView, ...]
    next_cursor: str | None
