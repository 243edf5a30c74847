"""Long synthetic calls with planted facts: what a compression must keep is known to the word, so its loss can be counted.

`planted_call(seed, split, density)` is the door; equal arguments give equal calls. `dev` and `test` share no phrase.
"""

from auricle_samples.planted.call import DENSITIES, Density, Fact, FactKind, PlantedCall, PlantedSplit
from auricle_samples.planted.composer import planted_call
from auricle_samples.planted.measure import kept

__all__ = ["DENSITIES", "Density", "Fact", "FactKind", "PlantedCall", "PlantedSplit", "kept", "planted_call"]
