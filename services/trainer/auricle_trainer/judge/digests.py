"""What the scorer would show of a dialogue: personal data masked, then cut by the compressor, at every level that it has.

The compressor is a service: it is started here and asked over HTTP, as the scorer does.
"""

import random
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx
from auricle_contracts import CompressRequest, Digest, DigestLine, Level
from auricle_masking import Detector, mask

from auricle_trainer.judge.labelled import Labelled
from auricle_trainer.judge.serving import service

MASKED_SHARE = 0.8
LEVELS = (None, None, None, Level.RAW, Level.LIGHT, Level.MEDIUM, Level.HARD)  # None: by density, as the scorer asks


@dataclass(frozen=True)
class Digests:
    """Callable: the lines of a dialogue, the same for the same dice. Whole turns where compression leaves nothing."""

    client: httpx.Client
    detector: Detector
    protect: tuple[str, ...]

    def __call__(self, dialogue: Labelled, rng: random.Random) -> tuple[DigestLine, ...]:
        transcript = dialogue.transcript()
        if rng.random() < MASKED_SHARE:
            transcript = mask(transcript, self.detector).transcript
        request = CompressRequest(transcript=transcript, level=rng.choice(LEVELS), protect=self.protect)
        reply = self.client.post("/v1/compress", content=request.model_dump_json())
        return Digest.model_validate_json(reply.raise_for_status().content).lines or dialogue.lines()


@contextmanager
def digests(prompts: Path, protect: tuple[str, ...]) -> Iterator[Digests]:
    """A running compressor. Raises RuntimeError when it does not start."""
    with (
        service("auricle_compressor", {"AURICLE_PROMPTS_DIR": str(prompts)}, "/healthz") as address,
        httpx.Client(base_url=address, timeout=60, headers={"Content-Type": "application/json"}) as client,
    ):
        yield Digests(client, Detector.load(prompts), protect)
