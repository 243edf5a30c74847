"""What the golden set lacks, and where such conversations are: in the review queue, hunted, or judged and nowhere yet. Read only."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from auricle_contracts.golden import GoldenKind
from auricle_contracts.vocabulary import Channel
from sqlalchemy import RowMapping, bindparam, text

from auricle_records.database import Database
from auricle_records.golden import quotas
from auricle_records.golden.quotas import GoldenQuota
from auricle_records.review.subjects import SAID
from auricle_records.storable import Moment

DAYS = 92
MOST = 5000
"""Conversations that are looked through for what was judged: the newest."""
_WAITING = text(
    f"""
    WITH waiting AS MATERIALIZED (
        SELECT r.evaluation_id, r.details, c.channel FROM review_items r JOIN conversations c ON c.id = r.conversation_id
        WHERE r.state IN ('open', 'assigned') AND r.golden_id IS NULL
    )
    SELECT kind, subject, channel, count(*) FILTER (WHERE state IN ('found', 'answered')) AS waiting_with,
           count(*) FILTER (WHERE state IN ('not_found', 'not_applicable')) AS waiting_without,
           count(*) FILTER (WHERE state = 'undetermined') AS waiting_undetermined,
           count(*) FILTER (WHERE details -> 'hunted' ? subject) AS hunted
    FROM waiting CROSS JOIN LATERAL ({SAID.format("waiting.evaluation_id")}) AS said GROUP BY 1, 2, 3
    """  # noqa: S608 - constants of ours
)
_JUDGED = text(
    f"""
    WITH judged AS MATERIALIZED (
        SELECT e.id, e.outcomes, c.channel FROM conversations c JOIN evaluations e ON e.conversation_id = c.id AND e.current
        WHERE c.happened_at > :since
          AND NOT EXISTS (SELECT FROM golden_items g WHERE g.conversation_id = c.id)
          AND NOT EXISTS (SELECT FROM review_items r
              WHERE r.evaluation_id = e.id AND r.state IN ('open', 'assigned') AND r.golden_id IS NULL)
        ORDER BY c.happened_at DESC LIMIT {MOST}
    )
    SELECT 'error_class' AS kind, o ->> 'error_class' AS subject, channel, count(*) FILTER (WHERE o ->> 'state' = 'found') AS judged_with,
           count(*) FILTER (WHERE o ->> 'state' = 'not_found') AS judged_without
    FROM judged CROSS JOIN jsonb_array_elements(outcomes) AS o GROUP BY 1, 2, 3
    UNION ALL
    SELECT 'criterion', a.criterion, j.channel, count(DISTINCT j.id) FILTER (WHERE a.state = 'answered'),
           count(DISTINCT j.id) FILTER (WHERE a.state = 'not_applicable')
    FROM judged j JOIN answers a ON a.evaluation_id = j.id AND a.layer <> 'metadata' AND a.kind <> 'text' GROUP BY 1, 2, 3
    """  # noqa: S608 - constants of ours
).bindparams(bindparam("since", type_=Moment))
_Key = tuple[GoldenKind, str, Channel]


@dataclass(frozen=True, slots=True)
class GoldenGap:
    """Of one subject and channel: what there is of both sides, and conversations that could fill it.

    `waiting_*` are in the review queue, as they stand now: with the error (or an answer), without it, undetermined; of all of them `hunted`
    ones were found by their words. `judged_*`: of the newest MOST conversations of DAYS, those that neither wait nor are golden items, as
    the machine judged them.
    """

    quota: GoldenQuota
    waiting_with: int = 0
    waiting_without: int = 0
    waiting_undetermined: int = 0
    hunted: int = 0
    judged_with: int = 0
    judged_without: int = 0


@dataclass(frozen=True, slots=True)
class GoldenGaps:
    """`quota` is wanted of each side; rows where most is missing come first. `touched`: subjects that have a label or a conversation."""

    quota: int
    rows: tuple[GoldenGap, ...]
    touched: frozenset[tuple[GoldenKind, str]]


async def find(db: Database, workspace: str, *, now: datetime) -> GoldenGaps:
    """Of every subject that has a golden label or was looked for lately, in each channel; nothing of those that lack nothing."""
    counted = await quotas.count(db, workspace)
    async with db.transaction(workspace) as connection:
        waiting = _by_key((await connection.execute(_WAITING)).mappings())
        judged = _by_key((await connection.execute(_JUDGED, {"since": now - timedelta(days=DAYS)})).mappings())
    known = {(one.kind, one.subject, one.channel): one for one in counted.rows}
    found = [
        GoldenGap(known.get(key) or _nothing(key), **waiting.get(key, {}), **judged.get(key, {}))
        for key in dict.fromkeys((*known, *waiting, *judged))
    ]
    lacking = [one for one in found if _missing(one.quota, counted.quota)]
    lacking.sort(key=lambda one: (-_missing(one.quota, counted.quota), one.quota.subject, one.quota.channel))
    touched = frozenset((one.quota.kind, one.quota.subject) for one in found)
    return GoldenGaps(counted.quota, tuple(lacking), touched)


def _by_key(rows: Iterable[RowMapping]) -> Mapping[_Key, dict[str, int]]:
    named = (dict(row) for row in rows)
    return {(GoldenKind(one.pop("kind")), str(one.pop("subject")), Channel(one.pop("channel"))): one for one in named}


def _nothing(key: _Key) -> GoldenQuota:
    return GoldenQuota(*key, with_it=0, without_it=0, in_test=0, contested=0, proposed=0)


def _missing(row: GoldenQuota, wanted: int) -> int:
    return max(0, wanted - row.with_it) + max(0, wanted - row.without_it)
