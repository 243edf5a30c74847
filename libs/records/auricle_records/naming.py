"""Which blobs the rows of a conversation name."""

from collections.abc import Sequence

from sqlalchemy import select, union_all
from sqlalchemy.ext.asyncio import AsyncConnection

from auricle_records.tables import evaluations, revisions, transcripts

_NAMING = (revisions.c.blob_key, transcripts.c.blob_key, transcripts.c.peaks_key, evaluations.c.digest_key)


async def named_keys(connection: AsyncConnection, conversation_id: str) -> Sequence[str]:
    """All keys; whatever else lies under the conversation's prefix is an orphan, unless somebody has just written it."""
    named = (
        select(column).where(column.table.c.conversation_id == conversation_id, column.is_not(None))
        for column in _NAMING
    )
    return (await connection.scalars(union_all(*named))).all()
