"""What a worker's loop (auricle_streams) begins, fails and publishes runs through: it knows run ids and entry ids, and no SQL."""

from auricle_contracts import Code, RunState

from auricle_records.database import Database
from auricle_records.runs import lifecycle
from auricle_records.runs.models import Begun


class PostgresRunStore:
    """Implements the RunStore protocol that auricle_streams declares structurally. Every method raises StoreUnavailable."""

    def __init__(self, db: Database) -> None:
        self._db = db

    async def begin(self, run_id: str, *, entry_id: str, lost_lease: bool = False, crash: str | None = None) -> Begun:
        """See `lifecycle.begin`."""
        return await lifecycle.begin(self._db, run_id, entry_id=entry_id, lost_lease=lost_lease, crash=crash)

    async def fail(self, run_id: str, *, code: Code, detail: str, fatal: bool = False) -> bool:
        """See `lifecycle.fail`. True when nothing more is to be done: the run is dead, or gone."""
        run = await lifecycle.fail(self._db, run_id, code, detail, fatal=fatal)
        return run is None or run.state is RunState.DEAD

    async def published(self, run_id: str, *, expected: str | None, entry_id: str | None) -> bool:
        """See `lifecycle.set_entry`."""
        return await lifecycle.set_entry(self._db, run_id, expected, entry_id)
