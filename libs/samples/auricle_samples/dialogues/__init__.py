"""Synthetic dialogues of a contact centre. `generate(seed, split)` is the door; equal arguments give equal dialogues."""

from auricle_contracts import Channel

from auricle_samples.dialogues.dialogue import Dialogue, Language, Speaker, Split
from auricle_samples.dialogues.training.composer import compose
from auricle_samples.dialogues.truth import Evidence, Mark, PlantedError, Seen, Truth

__all__ = ["Dialogue", "Evidence", "Language", "Mark", "PlantedError", "Seen", "Speaker", "Split", "Truth", "generate"]


def generate(seed: int, split: Split, *, channel: Channel | None = None, language: Language | None = None) -> Dialogue:
    """One dialogue. `train` and `dev` draw from the same scenarios with other seeds, `heldout` from other generators."""
    if split == "heldout":
        from auricle_samples.dialogues.heldout.composer import compose as compose_heldout

        return compose_heldout(seed, split, channel, language)
    return compose(seed, split, channel, language)
