"""What the model may see of a conversation: the workspace's choice is applied before anything is compressed or prompted.

Evaluated again, a conversation keeps its placeholders: the sealed map of the time before is opened and goes on.
"""

import asyncio
from dataclasses import dataclass

from auricle_contracts import Transcript
from auricle_contracts.masking import Secrets
from auricle_kit.sealing import Keyring, Sealed
from auricle_masking import Detector, Mask, mask, seal, unsealed
from auricle_records import masking
from auricle_records.database import Database
from auricle_records.masking import SealedMap
from auricle_records.runs import RunRow


@dataclass(frozen=True)
class Privacy:
    """Without a keyring no reverse map is kept: what the model wrote then keeps its placeholders for everybody."""

    db: Database
    detector: Detector
    keyring: Keyring | None

    async def mask(self, run: RunRow, transcript: Transcript) -> Mask | None:
        """The conversation as the model may see it; None where the workspace lets it see everything."""
        chosen = await masking.settings(self.db, run.workspace)
        if not chosen.prompts:
            return None
        seed = await self._earlier(run)
        return await asyncio.to_thread(mask, transcript, self.detector, kinds=chosen.kinds, seed=seed)

    def seal(self, run: RunRow, masked: Mask | None) -> SealedMap | None:
        """The reverse map as it is kept; None where there is nothing to keep, or no key."""
        if self.keyring is None or masked is None or not masked.secrets.secrets:
            return None
        sealed = seal(self.keyring, masked.secrets, run.workspace, run.conversation_id, run.revision)
        return SealedMap(run.conversation_id, run.revision, sealed.key_id, sealed.body)

    async def _earlier(self, run: RunRow) -> Secrets | None:
        if self.keyring is None:
            return None
        found = (await masking.maps(self.db, run.workspace, [run.conversation_id])).get(run.conversation_id)
        if found is None:
            return None
        sealed = Sealed(found.key_id, found.body)
        return unsealed(self.keyring, sealed, run.workspace, run.conversation_id, found.revision)
