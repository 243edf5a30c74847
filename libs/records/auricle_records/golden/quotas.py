"""How many golden labels there are of each subject and channel, and what is missing to the quota."""

from dataclasses import dataclass

from auricle_contracts.golden import GoldenKind
from auricle_contracts.vocabulary import Channel
from sqlalchemy import text

from auricle_records.database import Database
from auricle_records.golden import settings

# A subject of an item counts once, by its newest golden label, and not at all while golden labels of it contradict each other.
_COUNTS = text(
    """
    WITH subjects AS (
        SELECT l.item_id, l.kind, l.subject, i.channel, i.split,
               (array_agg(l.state ORDER BY l.decided_at DESC, l.id DESC) FILTER (WHERE l.status = 'golden'))[1] AS state,
               count(DISTINCT (l.state, l.value)) FILTER (WHERE l.status = 'golden') AS verdicts,
               count(*) FILTER (WHERE l.status = 'proposed') AS proposed
        FROM golden_labels l JOIN golden_items i ON i.id = l.item_id
        WHERE l.status <> 'withdrawn' GROUP BY 1, 2, 3, 4, 5
    )
    SELECT kind, subject, channel,
           count(*) FILTER (WHERE verdicts = 1 AND state IN ('found', 'answered')) AS with_it,
           count(*) FILTER (WHERE verdicts = 1 AND state IN ('not_found', 'not_applicable')) AS without_it,
           count(*) FILTER (WHERE verdicts = 1 AND split = 'test') AS in_test,
           count(*) FILTER (WHERE verdicts > 1) AS contested,
           sum(proposed)::bigint AS proposed
    FROM subjects GROUP BY kind, subject, channel ORDER BY kind, subject, channel
    """
)
_TWICE = text(
    """
    SELECT count(*) - count(DISTINCT conversation_id) FROM golden_items WHERE conversation_id IS NOT NULL
    """
)


@dataclass(frozen=True, slots=True)
class GoldenQuota:
    """Of one subject in one channel: items with the error (or an answer), items without it, how many of both are of the test split.

    `contested` and `proposed` count towards none of these.
    """

    kind: GoldenKind
    subject: str
    channel: Channel
    with_it: int
    without_it: int
    in_test: int
    contested: int
    proposed: int


@dataclass(frozen=True, slots=True)
class GoldenQuotas:
    """`quota` is wanted of each side of each row. `duplicates`: items that are another state of a conversation that has one."""

    quota: int
    rows: tuple[GoldenQuota, ...]
    duplicates: int


async def count(db: Database, workspace: str) -> GoldenQuotas:
    """By kind, subject and channel."""
    async with db.transaction(workspace) as connection:
        wanted = (await settings.load(connection)).settings.quota
        rows = (await connection.execute(_COUNTS)).all()
        twice = await connection.scalar(_TWICE)
    told = ({name: getattr(row, name) for name in GoldenQuota.__slots__} for row in rows)
    found = tuple(
        GoldenQuota(**one | {"kind": GoldenKind(one["kind"]), "channel": Channel(one["channel"])}) for one in told
    )
    return GoldenQuotas(wanted, found, twice or 0)
