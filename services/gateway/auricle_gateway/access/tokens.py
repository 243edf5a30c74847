"""Which keys and sessions are valid, remembered for a moment: the look-up is one of a request's four transactions."""

import hashlib
import time

from auricle_identity import roles, tokens
from auricle_records import keys
from auricle_records.callers import Caller
from auricle_records.database import Database
from auricle_records.people import sessions
from auricle_records.people.sessions import Lifetime, SignedIn
from limits import RateLimitItemPerMinute
from limits.aio.storage import MemoryStorage
from limits.aio.strategies import SlidingWindowCounterRateLimiter

from auricle_gateway.errors import RateLimited

KNOWN_SECONDS = 5.0
USED_SECONDS = 3600.0
"""How often it is written down that a key is used."""
MOST_KNOWN = 10_000


class UnknownKeys:
    """How many unknown keys, hooks and wrong signatures one address may try in any sliding minute, in this process; 0 is no limit."""

    def __init__(self, per_minute: int) -> None:
        self._item = RateLimitItemPerMinute(max(per_minute, 1))
        self._off = per_minute == 0
        self._limiter = SlidingWindowCounterRateLimiter(MemoryStorage())

    async def check(self, address: str) -> None:
        """Raises RateLimited where it has tried too many."""
        if self._off or await self._limiter.test(self._item, address):
            return
        window = await self._limiter.get_window_stats(self._item, address)
        wait_s = max(1, round(window.reset_time - time.time()))
        raise RateLimited(wait_s, "too many unknown API keys or wrong signatures came from this address")

    async def tried(self, address: str) -> None:
        """Count one."""
        if not self._off:
            await self._limiter.hit(self._item, address)


class Callers:
    """Keys and sessions that were valid a moment ago are not looked up again: a revoked key, or a session that another gateway ended,
    works for at most five seconds more.

    An unknown one is remembered as long, and an address that goes on trying others is refused before anything is looked up. Keys that
    were valid once pass from there all the same: whoever shares an address with a stranger, or a proxy, is not shut out by them.
    """

    def __init__(self, db: Database, unknown: UnknownKeys, lifetime: Lifetime) -> None:
        self._db = db
        self._lifetime = lifetime
        self._unknown = unknown
        self._valid: dict[bytes, tuple[Caller, float]] = {}
        self._strange: dict[bytes, float] = {}
        self._used: dict[str, float] = {}

    async def of(self, token: str, address: str) -> Caller | None:
        """None for a token that speaks for nobody. Raises RateLimited."""
        digest = hashlib.sha256(token.encode("utf-8", "surrogateescape")).digest()
        if (valid := self._valid.get(digest)) and time.monotonic() < valid[1]:
            return valid[0]
        if valid is None:
            await self._unknown.check(address)
        caller = None
        if time.monotonic() >= self._strange.get(digest, 0.0):
            caller = await self._authenticated(token)
            self._remember(digest, caller)
        if caller is None:
            await self._unknown.tried(address)
        return caller

    def forget(self, *, person_id: str | None = None, session_id: str | None = None) -> None:
        """A session that ended here, or every one of a person who changed, is looked up at the next request."""
        for digest, (caller, _) in list(self._valid.items()):
            if (session_id and caller.session_id == session_id) or (person_id and caller.id == person_id):
                del self._valid[digest]

    async def _authenticated(self, token: str) -> Caller | None:
        if not tokens.is_of(tokens.SESSION, token):
            return await self._key(token)
        found = await sessions.authenticate(self._db, tokens.digest(token))
        if found is None:
            return None
        await sessions.seen(self._db, found, self._lifetime)
        return _person(found)

    async def _key(self, token: str) -> Caller | None:
        caller = await keys.authenticate(self._db, token)
        if caller is not None and time.monotonic() >= self._used.get(caller.id, 0.0):
            self._used[caller.id] = time.monotonic() + USED_SECONDS
            await keys.used(self._db, caller.workspace, caller.id)
        return caller

    def _remember(self, digest: bytes, caller: Caller | None) -> None:
        until = time.monotonic() + KNOWN_SECONDS
        for kept in (self._valid, self._strange):
            kept.pop(digest, None)
            if len(kept) >= MOST_KNOWN:
                kept.clear()
        if caller is None:
            self._strange[digest] = until
        else:
            self._valid[digest] = (caller, until)


def _person(found: SignedIn) -> Caller:
    """A session as a caller: what its person's roles grant."""
    return Caller(
        workspace=found.workspace,
        scopes=roles.scopes_of(found.roles),
        id=found.person_id,
        kind="person",
        name=found.name,
        session_id=found.session_id,
        roles=found.roles,
        is_limited=roles.is_limited_to_own(found.roles),
    )
