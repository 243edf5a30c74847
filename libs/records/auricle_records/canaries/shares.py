"""What runs on how much of live traffic. Writes `canaries` and `canary_recipes`: the gateway all of it, keeper what it stops."""

from collections.abc import Mapping

from auricle_contracts.artefacts import ArtefactKind
from auricle_contracts.canaries import CanaryState, Side
from sqlalchemy import Select, and_, case, func, literal, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncConnection

from auricle_records.callers import Actor
from auricle_records.canaries.models import Canary, OpenCanary, canary_of
from auricle_records.database import Database, new_id
from auricle_records.errors import CanaryOpen, CanaryOver, NotFound
from auricle_records.storable import Words
from auricle_records.tables import artefacts, canaries, canary_recipes

MOST_SHOWN = 50
_SHOWN: Select[tuple[object, ...]] = select(canaries, artefacts.c.kind, artefacts.c.name, artefacts.c.hash).join(
    artefacts, artefacts.c.id == canaries.c.artefact_id
)
_RUNS = canaries.c.state == CanaryState.RUNNING


async def start(
    db: Database, workspace: str, artefact_id: str, *, share: int, reason: str, live_hash: str | None, actor: Actor
) -> Canary:
    """From now on. Raises CanaryOpen while one runs in the workspace."""
    canary_id = new_id()
    values = {
        "workspace_id": workspace, "id": canary_id, "artefact_id": artefact_id, "live_hash": live_hash, "share": share,
        "state": CanaryState.RUNNING, "reason": reason, "actor_kind": actor.kind, "actor": actor.id, "actor_name": actor.name,
    }  # fmt: skip
    try:
        async with db.transaction(workspace) as connection:
            await connection.execute(insert(canaries).values(values))
    except IntegrityError:
        raise CanaryOpen(
            "a candidate is on a share of live traffic already", action="End it first: GET /v1/canaries lists it."
        ) from None
    return await get(db, workspace, canary_id)


async def running(db: Database, workspace: str) -> OpenCanary | None:
    """The one that runs."""
    async with db.transaction(workspace) as connection:
        row = (await connection.execute(select(canaries).where(_RUNS))).one_or_none()
    return OpenCanary(row.id, row.artefact_id, row.share) if row else None


async def get(db: Database, workspace: str, canary_id: str) -> Canary:
    """Raises NotFound."""
    async with db.transaction(workspace) as connection:
        row = (await connection.execute(_SHOWN.where(canaries.c.id == canary_id))).one_or_none()
    if row is None:
        raise NotFound(f"no canary {canary_id}", action="List them: GET /v1/canaries.")
    return canary_of(row)


async def listed(db: Database, workspace: str, *, artefact_id: str | None = None) -> list[Canary]:
    """Newest first, at most MOST_SHOWN; of one version where it is given."""
    statement = _SHOWN.order_by(canaries.c.id.desc()).limit(MOST_SHOWN)
    if artefact_id is not None:
        statement = statement.where(canaries.c.artefact_id == artefact_id)
    async with db.transaction(workspace) as connection:
        return [canary_of(row) for row in await connection.execute(statement)]


async def change(db: Database, workspace: str, canary_id: str, share: int) -> Canary:
    """Another share of what comes in from now on. Raises NotFound, CanaryOver."""
    return await _changed(db, workspace, canary_id, {"share": share})


async def end(db: Database, workspace: str, canary_id: str, reason: str) -> Canary:
    """By a person: what comes in is judged by what is live. Raises NotFound, CanaryOver."""
    values = {"state": CanaryState.ENDED, "end_reason": reason, "ended_at": func.now()}
    return await _changed(db, workspace, canary_id, values)


async def stop(db: Database, workspace: str, canary_id: str, reason: str) -> bool:
    """By itself; False where it was over already."""
    values = {"state": CanaryState.STOPPED, "end_reason": reason, "ended_at": func.now()}
    async with db.transaction(workspace) as connection:
        return bool(
            (
                await connection.execute(update(canaries).where(canaries.c.id == canary_id, _RUNS).values(values))
            ).rowcount
        )


async def close_of(connection: AsyncConnection, kind: ArtefactKind, name: str, live_id: str | None) -> None:
    """The live pointer of a name moves: a canary of that name is over, promoted where its own version is live now."""
    of = select(artefacts.c.id).where(artefacts.c.kind == kind, artefacts.c.name == name)
    own = canaries.c.artefact_id == literal(live_id, Words)
    await connection.execute(
        update(canaries)
        .where(and_(_RUNS, canaries.c.artefact_id.in_(of)))
        .values(
            state=case((own, CanaryState.PROMOTED.value), else_=CanaryState.ENDED.value),
            end_reason=case((own, "it became live"), else_="another version of its name became live"),
            ended_at=func.now(),
        )
    )


async def note_recipe(db: Database, workspace: str, canary_id: str, recipe: str, side: Side) -> None:
    """New conversations of this side get this recipe while the canary runs."""
    values = {"workspace_id": workspace, "canary_id": canary_id, "recipe": recipe, "side": side}
    async with db.transaction(workspace) as connection:
        await connection.execute(insert(canary_recipes).values(values).on_conflict_do_nothing())


async def _changed(db: Database, workspace: str, canary_id: str, values: Mapping[str, object]) -> Canary:
    async with db.transaction(workspace) as connection:
        changed = update(canaries).where(canaries.c.id == canary_id, _RUNS).values(values)
        done = (await connection.execute(changed)).rowcount
    found = await get(db, workspace, canary_id)
    if not done:
        raise CanaryOver(f"it is over: {found.state.value}", action="Start another one of the version.")
    return found
