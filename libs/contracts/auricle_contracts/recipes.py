"""Everything that makes a result, pinned by hash when a run is made."""

import hashlib
import json

from auricle_contracts.contract import Contract
from auricle_contracts.digests import Level


class Recipe(Contract):
    """Names and content hashes. Two runs under the same recipe on the same input are the same work.

    `compression`: `auto`, or the prompt by which a model tells dropped talk in a line. `deepest`: how deep the workspace lets it cut.
    `compressor`: the compressor's version; `weights`: the content hash of what judges. None: not pinned.
    `vocabulary`: the version of the terms that speech engines are told. None: they are told none.
    """

    scorecard: str
    flow: str
    adapter: str | None = None
    language_model: str
    speech_model: str
    rules: str
    compression: str = "auto"
    deepest: Level = Level.HARD
    knowledge: str | None = None
    compressor: str | None = None
    weights: str | None = None
    vocabulary: str | None = None

    @property
    def hash(self) -> str:
        """First 16 hex digits of the SHA-256 of the sorted JSON, without younger fields where they say nothing."""
        unsaid = {name for name in ("compressor", "weights", "vocabulary") if getattr(self, name) is None}
        unsaid |= {"deepest"} if self.deepest is Level.HARD else set()
        body = json.dumps(self.model_dump(mode="json", exclude=unsaid), sort_keys=True, separators=(",", ":"))
        return hashlib.sha256(body.encode()).hexdigest()[:16]
