"""Shadows: dry runs that grow by new conversations as these are judged. Writes `dry_runs` and `dry_run_items`, and nothing that counts.

start ──► open ──follow, again and again──► items and their runs, within the day's budget ──► ended: by date, by a person, when MOST are
                                                                                              judged, or when the live version moved
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from auricle_contracts import Channel, Priority, Step
from auricle_contracts.artefacts import ArtefactKind, DryRunMethod
from sqlalchemy import Update, func, insert, literal, or_, select, text, update
from sqlalchemy.ext.asyncio import AsyncConnection

from auricle_records import dry_runs as rows
from auricle_records.database import Database, new_id
from auricle_records.dry_runs import DryRun, NewDryRun
from auricle_records.errors import DryRunOpen, ShadowOver
from auricle_records.runs.lifecycle import RunRequest, enqueue
from auricle_records.runs.models import DRY_RUN, RunRow
from auricle_records.tables import artefacts, conversations, dry_run_items, dry_runs, evaluations, ledger, runs

MOST = 1000
"""Conversations of a shadow."""
AT_ONCE = 50
_OPEN = (dry_runs.c.share.is_not(None), dry_runs.c.ended_at.is_(None))
_TODAY = func.date_trunc("day", func.now())
# As canaries choose: by a hash of both ids. Unlike there it is computed where the conversations are.
_PART = text(
    "('x' || substr(encode(sha256(convert_to(CAST(:shadow AS text) || ' ' || conversations.id, 'UTF8')), 'hex'), 1, 8))::bit(32)::bigint"
    " % 10000 < :parts"
)


@dataclass(frozen=True, slots=True)
class Budget:
    """`share` per cent of what is judged, at most so many a day, and no more on a day whose runs used so many seconds; until `ends_at`."""

    share: int
    per_day: int
    seconds_per_day: float | None
    ends_at: datetime
    channels: tuple[Channel, ...] = ()


async def start(db: Database, workspace: str, new: NewDryRun, budget: Budget) -> DryRun:
    """From now on. Raises DryRunOpen while a shadow of the same version is open."""
    shadow = new_id()
    values = {
        "workspace_id": workspace, "id": shadow, "artefact_id": new.artefact_id, "recipe": new.recipe,
        "live_recipe": new.live_recipe, "method": DryRunMethod.JUDGED, "actor_kind": new.actor.kind, "actor": new.actor.id,
        "actor_name": new.actor.name, "share": budget.share, "per_day": budget.per_day, "seconds_per_day": budget.seconds_per_day,
        "ends_at": budget.ends_at, "channels": [one.value for one in budget.channels],
    }  # fmt: skip
    async with db.transaction(workspace) as connection:
        await connection.execute(select(func.pg_advisory_xact_lock(func.hashtextextended(new.artefact_id, 0))))
        if await connection.scalar(select(dry_runs.c.id).where(dry_runs.c.artefact_id == new.artefact_id, *_OPEN)):
            raise DryRunOpen("a shadow of this version is open", action="End it first, or look at what it has so far.")
        await connection.execute(insert(dry_runs).values(values))
    return await rows.get(db, workspace, shadow)


async def end(db: Database, workspace: str, shadow: str) -> DryRun:
    """What is under way is judged to its end, and nothing more comes. Raises NotFound, ShadowOver."""
    await rows.get(db, workspace, shadow)
    async with db.transaction(workspace) as connection:
        done = await connection.execute(_ended().where(dry_runs.c.id == shadow))
    if not done.rowcount:
        raise ShadowOver("it is no shadow, or it has ended")
    return await rows.get(db, workspace, shadow)


async def close_of(connection: AsyncConnection, kind: ArtefactKind, name: str) -> None:
    """The live pointer of a name moves: its shadows compare with what is not live any more."""
    of = select(artefacts.c.id).where(artefacts.c.kind == kind, artefacts.c.name == name)
    await connection.execute(_ended().where(dry_runs.c.artefact_id.in_(of)))


async def open_ones(db: Database, workspace: str) -> Sequence[str]:
    """Ids of those that may grow; others whose time is over or that are full have ended by this."""
    full = (
        select(func.count())
        .select_from(dry_run_items)
        .where(dry_run_items.c.dry_run_id == dry_runs.c.id)
        .scalar_subquery()
    )
    async with db.transaction(workspace) as connection:
        await connection.execute(_ended().where(or_(dry_runs.c.ends_at <= func.now(), full >= MOST)))
        return (await connection.scalars(select(dry_runs.c.id).where(*_OPEN))).all()


async def follow(db: Database, workspace: str, shadow: str, *, traceparent: str = "") -> tuple[RunRow, ...]:
    """Take up what was judged since it began and is not in it yet, oldest first, as far as the day's budget goes; their runs."""
    async with db.transaction(workspace) as connection:
        row = (await connection.execute(select(dry_runs).where(dry_runs.c.id == shadow, *_OPEN))).one_or_none()
        if row is None:
            return ()
        left = min(AT_ONCE, row.per_day - await _taken_today(connection, shadow))
        spent = row.seconds_per_day is not None and await _used_today(connection, shadow) >= row.seconds_per_day
        if left <= 0 or spent:
            return ()
        here = select(dry_run_items.c.conversation_id).where(dry_run_items.c.dry_run_id == shadow)
        judged = (
            select(conversations.c.id, evaluations.c.id.label("evaluation_id"), evaluations.c.revision)
            .join(evaluations, evaluations.c.conversation_id == conversations.c.id)
            .where(
                conversations.c.state == "stored", conversations.c.created_at >= row.created_at, evaluations.c.current,
                evaluations.c.revision == conversations.c.revision, conversations.c.id.not_in(here),
                _PART.bindparams(shadow=shadow, parts=row.share * 100),
            )
            .order_by(conversations.c.created_at, conversations.c.id)
            .limit(left)
            .with_for_update(of=conversations, key_share=True, skip_locked=True)
        )  # fmt: skip
        if row.channels:
            judged = judged.where(conversations.c.channel.in_(row.channels))
        found = (await connection.execute(judged)).all()
        made = []
        for one in found:
            wanted = RunRequest(
                one.id, one.revision, Step.EVALUATE, row.recipe, f"{DRY_RUN}{shadow}", Priority.BACKFILL
            )
            made.append(await enqueue(connection, workspace, wanted, traceparent))
            item = {
                "workspace_id": workspace, "dry_run_id": shadow, "conversation_id": one.id, "evaluation_id": one.evaluation_id,
                "run_id": made[-1].id,
            }  # fmt: skip
            await connection.execute(insert(dry_run_items).values(item))
    return tuple(made)


async def _taken_today(connection: AsyncConnection, shadow: str) -> int:
    taken = (
        select(func.count())
        .select_from(dry_run_items.join(runs, runs.c.id == dry_run_items.c.run_id))
        .where(dry_run_items.c.dry_run_id == shadow, runs.c.created_at >= _TODAY)
    )
    return int(await connection.scalar(taken) or 0)


async def _used_today(connection: AsyncConnection, shadow: str) -> float:
    """By whatever day its runs began: what is counted is when they used it."""
    used = (
        select(func.coalesce(func.sum(ledger.c.seconds), literal(0.0)))
        .select_from(ledger.join(dry_run_items, ledger.c.run_id == dry_run_items.c.run_id))
        .where(
            dry_run_items.c.dry_run_id == shadow,
            ledger.c.conversation_id == dry_run_items.c.conversation_id,
            ledger.c.created_at >= _TODAY,
        )
    )
    return float(await connection.scalar(used) or 0.0)


def _ended() -> Update:
    return update(dry_runs).where(*_OPEN).values(ended_at=func.now())
