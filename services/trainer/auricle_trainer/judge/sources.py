"""Which dialogue a seed is: of the generator of sales, of the one that sells nothing, or written by hand and said otherwise."""

import hashlib
import random
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from auricle_samples.dialogues import generate, written
from auricle_samples.dialogues.training.service import compose as serve

from auricle_trainer.judge.augmenting import varied
from auricle_trainer.judge.labelled import Labelled, of_generated, of_written
from auricle_trainer.judge.recipe import FIRST_CALIBRATION_SEED

SERVICE_SHARE = 0.55  # of the generated ones sell nothing
VARIED_SHARE = 0.6
WRITTEN_SHARE = 0.4
DEV_SHARE = 0.12
HAND_WRITTEN = Path(written.__file__).parent


@dataclass(frozen=True)
class Source:
    """`written_share` of the seeds are one of `written`. Equal seeds give equal dialogues."""

    written: Sequence[Labelled] = ()
    written_share: float = WRITTEN_SHARE

    @classmethod
    def shipped(cls) -> "Source":
        """With the hand-written training dialogues, but for those held back."""
        return cls(tuple(one for one in training_dialogues() if not is_held_back(one.id)))

    def dialogue(self, seed: int) -> Labelled:
        """The labelled dialogue of a seed."""
        rng = random.Random(f"source {seed}")
        if self.written and rng.random() < self.written_share:
            return varied(rng.choice(self.written), rng)
        dialogue = self.generated(seed)
        return varied(dialogue, rng) if rng.random() < VARIED_SHARE else dialogue

    def generated(self, seed: int) -> Labelled:
        """The generated dialogue of a seed, as the generators wrote it."""
        rng = random.Random(f"generated {seed}")
        made = serve(seed, "train") if rng.random() < SERVICE_SHARE else generate(seed, "train")
        return of_generated(made, rng)


def training_dialogues() -> tuple[Labelled, ...]:
    """The hand-written dialogues that training may read."""
    return tuple(of_written(one) for one in written.read_training())


def heldout_dialogues(path: Path) -> tuple[Labelled, ...]:
    """The hand-written dialogues of a file, for figures only."""
    return tuple(of_written(one) for one in written.read(path))


def calibration_dialogues(count: int) -> tuple[Labelled, ...]:
    """The hand-written ones that training held back, and so many of the held-out generator's, with seeds of their own."""
    seeds = range(FIRST_CALIBRATION_SEED, FIRST_CALIBRATION_SEED + count)
    made = (of_generated(generate(seed, "heldout"), random.Random(seed)) for seed in seeds)
    return (*(one for one in training_dialogues() if is_held_back(one.id)), *made)


def is_held_back(identity: str) -> bool:
    """Whether a hand-written training dialogue is kept for watching the loss: by its id, so that no order matters."""
    return int(hashlib.sha256(identity.encode()).hexdigest(), 16) % 1000 < DEV_SHARE * 1000
