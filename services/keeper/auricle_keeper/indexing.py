"""The index of transcripts: what was evaluated, and what was there before there was an index, masked and made searchable."""

import asyncio

from auricle_contracts import Transcript
from auricle_contracts.masking import PLACEHOLDER
from auricle_kit import log
from auricle_kit.errors import AuricleError
from auricle_masking import Detector, mask
from auricle_records import results, transcript_texts
from auricle_records.blobs import BlobStore
from auricle_records.database import Database
from auricle_records.transcript_texts import MaskedTurn, Unsearchable

BATCH = 100
HIDDEN = "[…]"
"""In place of every placeholder: a search for "name" finds who said the word, and no number contradicts that of the page."""
logger = log.get("keeper.indexing")


class TranscriptIndex:
    """All kinds of personal data are hidden, whatever the workspace hides elsewhere: what is not in the index is found by nobody."""

    def __init__(self, db: Database, blobs: BlobStore, detector: Detector) -> None:
        self._db = db
        self._blobs = blobs
        self._detector = detector

    async def round(self) -> int:
        """How many were taken in. Raises StoreUnavailable."""
        done = 0
        for workspace in await self._db.workspaces():
            for one in await transcript_texts.waiting(self._db, workspace, limit=BATCH):
                turns = await self._turns(workspace, one)
                await transcript_texts.put(self._db, workspace, one, turns)
                done += 1
        return done

    async def _turns(self, workspace: str, one: Unsearchable) -> list[MaskedTurn]:
        """Nothing where the transcript is gone or cannot be read: it is not asked for again."""
        try:
            transcript = await results.load_transcript(
                self._db, self._blobs, workspace, one.conversation_id, revision=one.revision
            )
        except (AuricleError, ValueError) as error:
            if isinstance(error, AuricleError) and error.retryable:
                raise
            code = error.code if isinstance(error, AuricleError) else "not_a_transcript"
            logger.warning("transcript_not_indexed", conversation=one.conversation_id, code=code)
            return []
        return await asyncio.to_thread(self._masked, transcript)

    def _masked(self, transcript: Transcript) -> list[MaskedTurn]:
        shown = mask(transcript, self._detector).transcript
        return [
            MaskedTurn(turn.id, turn.role, PLACEHOLDER.sub(HIDDEN, turn.text), turn.start_ms) for turn in shown.turns
        ]
