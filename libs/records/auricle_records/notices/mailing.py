"""Mails that are due: all that waits for a person becomes one. Keeper's."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby
from typing import Any

from auricle_contracts.notices import NoticeKind
from sqlalchemy import Double, Row, bindparam, delete, func, select, text, update

from auricle_records.database import Database, seconds
from auricle_records.tables import notices

MOST_NOTICES = 500
# A person who was written to a moment ago waits; a change of how they sign in does not.
_CLAIM = text(
    """
    WITH due AS (
        SELECT n.id FROM notices n JOIN people p ON p.id = n.person_id AND p.active
        WHERE n.state = 'pending' AND n.next_at <= now() AND (n.kind = 'sign_in_reset' OR NOT EXISTS (
            SELECT FROM notices s WHERE s.person_id = n.person_id AND s.state = 'sent'
                AND s.sent_at > now() - make_interval(secs => :pause_s)))
        ORDER BY n.next_at LIMIT :most FOR UPDATE OF n SKIP LOCKED
    ), held AS (
        UPDATE notices SET next_at = now() + make_interval(secs => :hold_s) WHERE id IN (SELECT id FROM due)
        RETURNING id, person_id, kind, conversation_id, data, attempts, created_at
    )
    SELECT held.*, p.email, p.name, s.language FROM held JOIN people p ON p.id = held.person_id
    LEFT JOIN notice_settings s ON s.person_id = held.person_id ORDER BY held.person_id, held.created_at, held.id
    """
).bindparams(bindparam("pause_s", type_=Double), bindparam("hold_s", type_=Double))


@dataclass(frozen=True, slots=True)
class Notice:
    """One event for one person. `data` is what `gathering` says of its kind."""

    id: str
    kind: NoticeKind
    conversation_id: str | None
    data: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Letter:
    """All that is due to one person, oldest first; `attempts` that failed before. `language` is None where the person chose none."""

    workspace: str
    person_id: str
    email: str
    name: str
    language: str | None
    notices: tuple[Notice, ...]
    attempts: int


async def claim(db: Database, workspace: str, *, pause_s: float, hold_s: float) -> list[Letter]:
    """What is due, held back from other callers for `hold_s`; of people who had a mail in the last `pause_s` nothing."""
    values = {"pause_s": pause_s, "hold_s": hold_s, "most": MOST_NOTICES}
    async with db.transaction(workspace) as connection:
        rows = (await connection.execute(_CLAIM, values)).all()
    return [_letter(workspace, list(of)) for _, of in groupby(rows, key=lambda row: row.person_id)]


async def sent(db: Database, letter: Letter) -> None:
    """The mail server took it."""
    await _settle(db, letter, state="sent", sent_at=func.now(), last_error=None)


async def failed(db: Database, letter: Letter, error: str, *, retry_at: datetime | None) -> None:
    """Try again at `retry_at`; None gives it up (`dead`)."""
    if retry_at is None:
        await _settle(db, letter, state="dead", last_error=error)
    else:
        await _settle(db, letter, next_at=retry_at, last_error=error)


async def unsent(db: Database, workspace: str) -> int:
    """How many notices wait."""
    statement = select(func.count()).select_from(notices).where(notices.c.state == "pending")
    async with db.transaction(workspace) as connection:
        return int(await connection.scalar(statement) or 0)


async def prune(db: Database, workspace: str, *, older_s: float) -> int:
    """Remove what was sent or given up this long ago; how many."""
    old = (notices.c.state != "pending") & (notices.c.created_at < func.now() - seconds(older_s))
    async with db.transaction(workspace) as connection:
        return (await connection.execute(delete(notices).where(old))).rowcount


async def _settle(db: Database, letter: Letter, **values: object) -> None:
    mine = notices.c.id.in_([one.id for one in letter.notices]) & (notices.c.state == "pending")
    change = update(notices).where(mine).values(attempts=notices.c.attempts + 1, **values)
    async with db.transaction(letter.workspace) as connection:
        await connection.execute(change)


def _letter(workspace: str, rows: Sequence[Row[Any]]) -> Letter:
    first = rows[0]
    told = tuple(Notice(row.id, NoticeKind(row.kind), row.conversation_id, row.data) for row in rows)
    attempts = max(row.attempts for row in rows)
    return Letter(workspace, first.person_id, first.email, first.name, first.language, told, attempts)
