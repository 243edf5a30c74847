"""Which keys are valid, remembered for a moment: the look-up is one of a request's four transactions."""

import hashlib
import time

from auricle_records import keys
from auricle_records.database import Database
from auricle_records.keys import Caller

KNOWN_SECONDS = 5.0
MOST_KNOWN = 10_000


class Callers:
    """Keys that were valid a moment ago are not looked up again: a revoked key works for at most five seconds more."""

    def __init__(self, db: Database) -> None:
        self._db = db
        self._known: dict[bytes, tuple[Caller, float]] = {}

    async def of(self, token: str) -> Caller | None:
        """None for a token that speaks for nobody; those are looked up each time."""
        digest = hashlib.sha256(token.encode("utf-8", "surrogateescape")).digest()
        found, until = self._known.get(digest, (None, 0.0))
        if found is not None and time.monotonic() < until:
            return found
        self._known.pop(digest, None)
        caller = await keys.authenticate(self._db, token)
        if caller is not None:
            if len(self._known) >= MOST_KNOWN:
                self._known.clear()
            self._known[digest] = (caller, time.monotonic() + KNOWN_SECONDS)
        return caller
