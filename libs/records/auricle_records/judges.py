"""Judges' certificates: kept as they were measured, never changed. Writes `judge_certificates`, for the gateway."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from auricle_contracts.judges import JudgeCertificate, JudgeMeasurement
from sqlalchemy import Row, insert, select
from sqlalchemy.dialects.postgresql import distinct_on

from auricle_records.callers import Actor
from auricle_records.database import Database, new_id
from auricle_records.errors import NotFound
from auricle_records.tables import judge_certificates

_COLUMNS = judge_certificates.c
_SHOWN = [column for column in judge_certificates.columns if column.name != "measurement"]
Named = tuple[str, str]
"""A judge's prompt by its id, and the name of its model."""


@dataclass(frozen=True, slots=True)
class KeptCertificate:
    """A certificate, and who brought it."""

    id: str
    certificate: JudgeCertificate
    added_by: str
    added_by_name: str | None
    created_at: datetime


@dataclass(frozen=True, slots=True)
class CertificatePage:
    """The newest first. `cursor` asks for the next page; None on the last."""

    items: tuple[KeptCertificate, ...]
    cursor: str | None


async def add(
    db: Database, workspace: str, certificate: JudgeCertificate, measured: JudgeMeasurement, by: Actor
) -> KeptCertificate:
    """With the grades that it rests on."""
    judge = certificate.judge
    name, _, prompt_hash = judge.prompt.partition("@")
    values = {
        "workspace_id": workspace, "id": new_id(), "judge": name, "prompt_hash": prompt_hash, "model": judge.model.name,
        "weights": judge.model.weights, "state": certificate.state.value, "measured_at": certificate.measured_at,
        "expires_at": certificate.expires_at, "certificate": certificate.model_dump(mode="json"),
        "measurement": measured.model_dump(mode="json"), "added_by": by.id, "added_by_name": by.name,
    }  # fmt: skip
    async with db.transaction(workspace) as connection:
        statement = insert(judge_certificates).values(values).returning(*_SHOWN)
        return _kept((await connection.execute(statement)).one())


async def get(db: Database, workspace: str, certificate_id: str) -> KeptCertificate:
    """Raises NotFound."""
    async with db.transaction(workspace) as connection:
        row = (await connection.execute(select(*_SHOWN).where(_COLUMNS.id == certificate_id))).one_or_none()
    if row is None:
        raise NotFound("no such certificate")
    return _kept(row)


async def page(db: Database, workspace: str, *, cursor: str | None = None, limit: int = 50) -> CertificatePage:
    """The newest first. The cursor is the last one's id."""
    statement = select(*_SHOWN).order_by(_COLUMNS.id.desc()).limit(limit + 1)
    if cursor is not None:
        statement = statement.where(_COLUMNS.id < cursor)
    async with db.transaction(workspace) as connection:
        rows = (await connection.execute(statement)).all()
    found = tuple(map(_kept, rows[:limit]))
    return CertificatePage(found, found[-1].id if len(rows) > limit else None)


async def newest_weights(db: Database, workspace: str) -> Mapping[Named, str]:
    """Of each judge's name and model the weights that were measured last."""
    statement = select(_COLUMNS.judge, _COLUMNS.model, _COLUMNS.weights).ext(
        distinct_on(_COLUMNS.judge, _COLUMNS.model)
    )
    newest = statement.order_by(_COLUMNS.judge, _COLUMNS.model, _COLUMNS.measured_at.desc(), _COLUMNS.id.desc())
    async with db.transaction(workspace) as connection:
        return {(row.judge, row.model): row.weights for row in await connection.execute(newest)}


def _kept(row: Row[Any]) -> KeptCertificate:
    return KeptCertificate(
        row.id, JudgeCertificate.model_validate(row.certificate), row.added_by, row.added_by_name, row.created_at
    )
