"""Dry runs: the newest conversations judged by a version that is not live. Writes `dry_runs` and `dry_run_items`, and nothing that counts.

stop ───► what waits is left out, its runs gone; an entry of one that comes to a worker finds no run
start ──► items, each with the evaluation that it is compared with ──► runs behind all live work ──finish──► results
     └──► stored: the results are there at once, and nothing runs

A conversation that is deleted takes its item along.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from auricle_contracts import Channel, ConversationState, Evaluation, Priority, RunState, Step, Usage
from auricle_contracts.artefacts import DryRunMethod
from sqlalchemy import ColumnElement, Row, Select, and_, bindparam, exists, func, insert, select, update
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.ext.asyncio import AsyncConnection

from auricle_records import evaluations as evaluation_rows
from auricle_records import ledger
from auricle_records.callers import Actor
from auricle_records.database import Database, new_id
from auricle_records.errors import DryRunOpen, NotFound, NothingToJudge
from auricle_records.results import Committed
from auricle_records.runs.lifecycle import RunRequest, complete, enqueue, leave_out
from auricle_records.runs.models import DRY_RUN, RunRow
from auricle_records.tables import conversations, dry_run_items, dry_runs, evaluations, runs

KEPT = frozenset({"answers", "findings", "outcomes", "overall", "flags"})
"""What of an evaluation a result keeps: what can differ, with its evidence, and what it has to say of itself."""
MOST_SHOWN = 20

_FINISH = (
    update(dry_run_items)
    .where(dry_run_items.c.run_id == bindparam("run"))
    .values(result=bindparam("body", type_=JSONB))
)
_JUDGED = func.count(dry_run_items.c.result)
_FAILED = func.count().filter(dry_run_items.c.result.is_(None), runs.c.state == RunState.DEAD)
_COUNTED: Select[Any] = (
    select(
        dry_runs,
        (func.count(dry_run_items.c.conversation_id) + dry_runs.c.stopped).label("of"),
        _JUDGED.label("judged"),
        _FAILED.label("failed"),
    )
    .outerjoin(dry_run_items, dry_run_items.c.dry_run_id == dry_runs.c.id)
    .outerjoin(runs, runs.c.id == dry_run_items.c.run_id)
    .group_by(dry_runs.c.id)
)


@dataclass(frozen=True, slots=True)
class NewDryRun:
    """What is to be tried: a version, the recipe that it makes, and the recipe that is live beside it."""

    artefact_id: str
    recipe: str
    live_recipe: str
    method: DryRunMethod
    actor: Actor


@dataclass(frozen=True, slots=True)
class DryRun:
    """How far it has come: of so many conversations so many are judged, so many could not be, and so many were left out by a stop."""

    id: str
    artefact_id: str
    recipe: str
    live_recipe: str
    method: DryRunMethod
    actor: Actor
    created_at: datetime
    of: int
    judged: int
    failed: int
    stopped: int
    stopped_at: datetime | None
    stopped_by_name: str | None
    shadow: "Shadow | None" = None

    @property
    def is_done(self) -> bool:
        """Whether nothing more will come of it."""
        grows = self.shadow is not None and self.shadow.ended_at is None
        return self.judged + self.failed + self.stopped >= self.of and not grows


@dataclass(frozen=True, slots=True)
class Shadow:
    """What makes a dry run one that grows: see `auricle_records.dry_runs.shadows`."""

    share: int
    per_day: int
    seconds_per_day: float | None
    ends_at: datetime
    ended_at: datetime | None


@dataclass(frozen=True, slots=True)
class Past:
    """A conversation that was judged: what the answers count by, and the model's own evaluation."""

    conversation_id: str
    external_id: str | None
    happened_at: datetime
    channel: Channel
    line: str | None
    evaluation: Evaluation
    agents: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which conversations; `since` is included, `until` is not. `is_random`: by lot, and by the same lot when asked again."""

    most: int
    channels: Sequence[Channel] = ()
    line: str | None = None
    since: datetime | None = None
    until: datetime | None = None
    is_random: bool = False

    def conditions(self) -> list[ColumnElement[bool]]:
        """As SQL."""
        about = conversations.c
        found: list[ColumnElement[bool]] = []
        if self.channels:
            found.append(about.channel.in_([one.value for one in self.channels]))
        if self.line is not None:
            found.append(about.line == self.line)
        if self.since is not None:
            found.append(about.happened_at >= self.since)
        if self.until is not None:
            found.append(about.happened_at < self.until)
        return found


@dataclass(frozen=True, slots=True)
class Compared:
    """A conversation of a dry run: as it was judged, and by the version (None: not yet, or never)."""

    before: Past
    after: Evaluation | None


async def chosen(db: Database, workspace: str, wanted: Wanted) -> list[Past]:
    """Conversations with a current evaluation of their newest revision, the newest first or by lot."""
    about = conversations.c
    order = [func.md5(about.id)] if wanted.is_random else [about.happened_at.desc(), about.id.desc()]
    statement = _past().where(evaluations.c.current, *wanted.conditions()).order_by(*order).limit(wanted.most)
    async with db.transaction(workspace) as connection:
        return await _loaded(connection, (await connection.execute(statement)).all())


async def used_before(
    db: Database, workspace: str, wanted: Wanted, past: Sequence[Past]
) -> tuple[int, Mapping[str, tuple[Usage, ...]]]:
    """How many conversations there are to choose from, and what those chosen used when they were judged, by conversation; nothing of what
    the ledger does not know.
    """
    count = select(func.count()).select_from(_past().where(evaluations.c.current, *wanted.conditions()).subquery())
    runs_of = select(evaluations.c.conversation_id, evaluations.c.run_id).where(
        evaluations.c.id.in_([one.evaluation.id for one in past])
    )
    found: dict[str, tuple[Usage, ...]] = {}
    async with db.transaction(workspace) as connection:
        there = int(await connection.scalar(count) or 0)
        for row in await connection.execute(runs_of):
            if usages := await ledger.of_runs(connection, [row.conversation_id], [row.run_id]):
                found[row.conversation_id] = usages
    return there, found


async def start(
    db: Database,
    workspace: str,
    new: NewDryRun,
    past: Sequence[Past],
    results: Mapping[str, Evaluation],
    *,
    traceparent: str = "",
) -> tuple[DryRun, tuple[RunRow, ...]]:
    """A dry run over these conversations, and the runs to publish; those with a result already (by conversation) need none.

    Raises DryRunOpen while one of the same version is under way, NothingToJudge where no conversation is left.
    """
    run_id = new_id()
    async with db.transaction(workspace) as connection:
        await _refuse_second(connection, new.artefact_id)
        values = {
            "workspace_id": workspace, "id": run_id, "artefact_id": new.artefact_id, "recipe": new.recipe,
            "live_recipe": new.live_recipe, "method": new.method, "actor_kind": new.actor.kind, "actor": new.actor.id,
            "actor_name": new.actor.name,
        }  # fmt: skip
        await connection.execute(insert(dry_runs).values(values))
        made = []
        for one in await _locked(connection, past):
            result = results.get(one.conversation_id)
            run = None if result is not None else await _enqueued(connection, workspace, run_id, new, one, traceparent)
            item = {
                "workspace_id": workspace, "dry_run_id": run_id, "conversation_id": one.conversation_id,
                "evaluation_id": one.evaluation.id, "run_id": run.id if run else None,
                "result": result_of(result) if result is not None else None,
            }  # fmt: skip
            await connection.execute(insert(dry_run_items).values(item))
            made += [run] if run else []
        found = _dry_run((await connection.execute(_COUNTED.where(dry_runs.c.id == run_id))).one())
        if not found.of:
            raise NothingToJudge("no conversation has a current evaluation", action="Send conversations first.")
    return found, tuple(made)


async def finish(db: Database, run: RunRow, evaluation: Evaluation, usages: Sequence[Usage]) -> Committed:
    """End the run with a result that is the dry run's alone; what it used is the ledger's. Raises DeletedMeanwhile."""
    async with db.transaction(run.workspace) as connection:
        if await complete(connection, run) is None:
            return Committed(first=False)
        await connection.execute(_FINISH, {"run": run.id, "body": result_of(evaluation)})
        await ledger.add(connection, run, usages)
    return Committed(first=True)


async def stop(db: Database, workspace: str, dry_run_id: str, *, by: Actor) -> DryRun:
    """Leave out what waits; what is at work is finished, and what was judged stays. A shadow ends. Again is fine. Raises NotFound."""
    of = dry_run_items.c
    open_ones = select(of.run_id).where(of.dry_run_id == dry_run_id, of.result.is_(None), of.run_id.is_not(None))
    grows = dry_runs.c.share.is_not(None) & dry_runs.c.ended_at.is_(None)
    async with db.transaction(workspace) as connection:
        shadow = update(dry_runs).where(dry_runs.c.id == dry_run_id, grows).values(ended_at=func.now())
        await connection.execute(shadow)
        left_out = await leave_out(connection, open_ones)
        if left_out:
            told = {
                "stopped": dry_runs.c.stopped + left_out,
                "stopped_at": func.now(),
                "stopped_by_name": by.name or by.id,
            }
            await connection.execute(update(dry_runs).where(dry_runs.c.id == dry_run_id).values(**told))
    return await get(db, workspace, dry_run_id)


async def get(db: Database, workspace: str, dry_run_id: str) -> DryRun:
    """Raises NotFound."""
    async with db.transaction(workspace) as connection:
        row = (await connection.execute(_COUNTED.where(dry_runs.c.id == dry_run_id))).one_or_none()
    if row is None:
        raise NotFound(f"no dry run {dry_run_id}", action="List those of a version: GET /v1/artefacts/{id}/dry-runs.")
    return _dry_run(row)


async def of_artefact(db: Database, workspace: str, artefact_id: str) -> list[DryRun]:
    """Newest first, at most MOST_SHOWN."""
    statement = _COUNTED.where(dry_runs.c.artefact_id == artefact_id).order_by(dry_runs.c.id.desc()).limit(MOST_SHOWN)
    async with db.transaction(workspace) as connection:
        return [_dry_run(row) for row in await connection.execute(statement)]


async def compared(db: Database, workspace: str, dry_run_id: str) -> list[Compared]:
    """Its conversations that are still there, the newest first."""
    statement = (
        _past(dry_run_items.c.result)
        .join(
            dry_run_items,
            and_(dry_run_items.c.evaluation_id == evaluations.c.id, dry_run_items.c.dry_run_id == dry_run_id),
        )
        .order_by(conversations.c.happened_at.desc(), conversations.c.id.desc())
    )
    async with db.transaction(workspace) as connection:
        rows = (await connection.execute(statement)).all()
        before = await _loaded(connection, rows)
    return [Compared(one, _result(one.evaluation, row.result)) for one, row in zip(before, rows, strict=True)]


async def used(db: Database, workspace: str, dry_run_id: str) -> tuple[Usage, ...]:
    """What its runs used, as far as they have ended."""
    of = dry_run_items.c
    statement = select(of.conversation_id, of.run_id).where(of.dry_run_id == dry_run_id, of.run_id.is_not(None))
    async with db.transaction(workspace) as connection:
        rows = (await connection.execute(statement)).all()
        return await ledger.of_runs(connection, [row.conversation_id for row in rows], [row.run_id for row in rows])


def result_of(evaluation: Evaluation) -> dict[str, Any]:
    """As it is kept."""
    return evaluation.model_dump(mode="json", include=set(KEPT))


def _result(before: Evaluation, kept: Mapping[str, Any] | None) -> Evaluation | None:
    if kept is None:
        return None
    nothing = {"summary": None, "steps": (), "flags": (), "current": False}
    return Evaluation.model_validate(before.model_copy(update=nothing).model_dump(mode="json") | dict(kept))


def _past(*more: Any) -> Select[Any]:
    about = conversations.c
    facts = (about.external_id, about.happened_at, about.channel, about.line, about.agents)
    return select(evaluations, *facts, *more).join(
        conversations,
        and_(
            about.id == evaluations.c.conversation_id,
            about.revision == evaluations.c.revision,
            about.state == ConversationState.STORED,
        ),
    )


async def _loaded(connection: AsyncConnection, rows: Sequence[Row[Any]]) -> list[Past]:
    found = await evaluation_rows.load(connection, rows)
    return [
        Past(
            row.conversation_id,
            row.external_id,
            row.happened_at,
            Channel(row.channel),
            row.line,
            evaluation,
            tuple(row.agents),
        )
        for row, evaluation in zip(rows, found, strict=True)
    ]


async def _refuse_second(connection: AsyncConnection, artefact_id: str) -> None:
    """The version's row is locked, so that two do not begin at once."""
    waiting = exists().where(
        dry_runs.c.artefact_id == artefact_id, dry_run_items.c.dry_run_id == dry_runs.c.id, dry_run_items.c.result.is_(None),
        runs.c.id == dry_run_items.c.run_id, runs.c.state.in_((RunState.WAITING, RunState.WORKING)),
    )  # fmt: skip
    await connection.execute(select(func.pg_advisory_xact_lock(func.hashtextextended(artefact_id, 0))))
    if await connection.scalar(select(waiting)):
        raise DryRunOpen(
            "a dry run of this version has not ended", action="Wait for it, or look at what it has so far."
        )


async def _locked(connection: AsyncConnection, past: Sequence[Past]) -> list[Past]:
    """Those that nobody deleted meanwhile, locked as everything that makes a run locks them."""
    names = [one.conversation_id for one in past]
    statement = select(conversations.c.id).where(conversations.c.id.in_(names)).order_by(conversations.c.id)
    there = set(await connection.scalars(statement.with_for_update(key_share=True)))
    return [one for one in past if one.conversation_id in there]


async def _enqueued(
    connection: AsyncConnection, workspace: str, dry_run_id: str, new: NewDryRun, one: Past, traceparent: str
) -> RunRow:
    wanted = RunRequest(
        one.conversation_id,
        one.evaluation.revision,
        Step.EVALUATE,
        new.recipe,
        f"{DRY_RUN}{dry_run_id}",
        Priority.BACKFILL,
    )
    return await enqueue(connection, workspace, wanted, traceparent)


def _dry_run(row: Row[Any]) -> DryRun:
    return DryRun(
        row.id, row.artefact_id, row.recipe, row.live_recipe, DryRunMethod(row.method),
        Actor(row.actor_kind, row.actor, row.actor_name), row.created_at, row.of, row.judged, row.failed, row.stopped,
        row.stopped_at, row.stopped_by_name,
        Shadow(row.share, row.per_day, row.seconds_per_day, row.ends_at, row.ended_at) if row.share is not None else None,
    )  # fmt: skip
