"""What accepted appeals led to: promotions of versions that were made because of them. Writes the table `appeal_changes`.

A promotion names the appeals that it answers: that a version was written later, or passed a gate with the appeal's golden item in it,
says nothing of why. What it may name is checked: accepted or partly, and about something that the version decides.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from auricle_contracts import EventData
from auricle_contracts.appeals import Appeal, AppealChange
from auricle_contracts.artefacts import ArtefactKind, PromotionAction
from auricle_contracts.vocabulary import AppealState
from sqlalchemy import ColumnElement, Row, exists, func, insert, or_, select
from sqlalchemy.ext.asyncio import AsyncConnection

from auricle_records import outbox
from auricle_records.artefacts.models import Promotion, Version
from auricle_records.artefacts.pointers import Also
from auricle_records.errors import AppealUnfit
from auricle_records.tables import appeal_changes, appeals, artefact_promotions, artefacts

_CHANGING = (AppealState.ACCEPTED.value, AppealState.PARTLY.value)
ANSWERED: ColumnElement[bool] = exists().where(appeal_changes.c.appeal_id == appeals.c.id)


def fitting(version: Version) -> list[ColumnElement[bool]]:
    """Appeals that a promotion of this version may answer. A flow decides how every class and criterion is looked for."""
    conditions: list[ColumnElement[bool]] = [appeals.c.state.in_(_CHANGING)]
    if version.kind is not ArtefactKind.FLOW:
        served = list(version.serves)
        conditions.append(or_(appeals.c.criterion.in_(served), appeals.c.error_class.in_(served)))
    return conditions


def answering(workspace: str, appeal_ids: Sequence[str], *, traceparent: str = "") -> Also | None:
    """What a promotion that answers these appeals does in its transaction: they are told, and `appeal.led_to_change` goes out for each.

    None for no appeal. It raises AppealUnfit.
    """
    wanted = list(dict.fromkeys(appeal_ids))
    if not wanted:
        return None

    async def record(connection: AsyncConnection, moved: Promotion, version: Version) -> None:
        for row in await _record(connection, workspace, moved, version, wanted):
            await _announce(connection, workspace, row, moved, version, traceparent)

    return record


async def _record(
    connection: AsyncConnection, workspace: str, moved: Promotion, version: Version, wanted: Sequence[str]
) -> list[Row[Any]]:
    found = select(appeals).where(appeals.c.id.in_(wanted), *fitting(version)).order_by(appeals.c.id)
    rows = {row.id: row for row in await connection.execute(found)}
    for one in wanted:
        if one not in rows:
            raise AppealUnfit(one)
    values = [{"workspace_id": workspace, "appeal_id": one, "promotion_id": moved.id} for one in wanted]
    await connection.execute(insert(appeal_changes), values)
    return list(rows.values())


async def told(connection: AsyncConnection, found: Sequence[Appeal]) -> list[Appeal]:
    """The same appeals, each with what it led to, the first first."""
    moved, version = artefact_promotions.c, artefacts.c
    of_version = (version.id, version.kind, version.name, version.version, version.hash)
    led = (
        select(appeal_changes.c.appeal_id, moved.from_id, moved.created_at, *of_version)
        .add_columns(_taken_back().label("taken_back_at"))
        .join(artefact_promotions, moved.id == appeal_changes.c.promotion_id)
        .join(artefacts, version.id == moved.to_id)
        .where(appeal_changes.c.appeal_id.in_([one.id for one in found]))
        .order_by(moved.id)
    )
    changes: dict[str, list[AppealChange]] = {}
    for row in await connection.execute(led):
        changes.setdefault(row.appeal_id, []).append(_change(row))
    return [one.model_copy(update={"changes": tuple(changes.get(one.id, ()))}) for one in found]


def _taken_back() -> ColumnElement[datetime | None]:
    """When the version that a promotion made live stopped judging by a rollback; None where it judges, or another took its place."""
    later = artefact_promotions.alias()
    leaves = (later.c.from_id == artefact_promotions.c.to_id) & (later.c.action == PromotionAction.ROLLED_BACK)
    touched = or_(later.c.to_id == artefact_promotions.c.to_id, leaves)
    newest = (
        select(func.coalesce(later.c.to_id == artefact_promotions.c.to_id, False).label("back"), later.c.created_at)
        .where(touched, later.c.id >= artefact_promotions.c.id)
        .order_by(later.c.id.desc())
        .limit(1)
        .subquery()
    )
    return select(newest.c.created_at).where(~newest.c.back).scalar_subquery()


def _change(row: Row[Any]) -> AppealChange:
    return AppealChange(
        artefact_id=row.id, kind=row.kind, name=row.name, version=row.version, hash=row.hash, promoted_at=row.created_at,
        replaced_id=row.from_id, taken_back_at=row.taken_back_at,
    )  # fmt: skip


async def _announce(
    connection: AsyncConnection, workspace: str, row: Row[Any], moved: Promotion, version: Version, traceparent: str
) -> None:
    data = EventData(
        workspace=workspace, conversation_id=row.conversation_id, evaluation_id=row.evaluation_id, appeal_id=row.id,
        artefact_id=version.id,
    )  # fmt: skip
    event = f"evt_{row.id}_{moved.id}"
    await outbox.add(connection, "appeal.led_to_change", event, data, traceparent=traceparent)
