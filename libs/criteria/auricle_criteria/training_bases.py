"""Bases that a training may be asked for: what the trainer loads, and the shape by which memory is told before anything is loaded.

An adapter has two matrices a linear layer of attention and feed-forward. Pure but for `read_bases`.
"""

from collections.abc import Mapping
from pathlib import Path
from typing import Annotated

from auricle_contracts.contract import Contract
from auricle_contracts.trainings import TrainingNumbers
from pydantic import Field, StringConstraints

from auricle_criteria.artefact import Artefact
from auricle_criteria.yaml_files import read_folder

FOLDER = "bases"
ADAM = 16  # bytes of a trained number: itself, its gradient, two moments, all float32
ACTIVATIONS = 34  # numbers a token, layer and hidden unit keeps for the way back, by Korthikanti et al. (2022), with margin for attention
HELD, HELD_IN_FOUR_BITS = 2.0, 0.6  # bytes of a number of the base
Count = Annotated[int, Field(ge=1)]
Name = Annotated[str, StringConstraints(min_length=1, max_length=200)]


class BaseShape(Contract):
    """Numbers in all, and what the layers are made of: `hidden`, `inner` of the feed-forward, heads, heads of keys, numbers of a head."""

    parameters: Count
    hidden: Count
    inner: Count
    layers: Count
    heads: Count
    keys: Count
    head: Count

    def trained(self, rank: int) -> int:
        """Numbers of an adapter."""
        attention = 2 * (self.hidden + self.heads * self.head) + 2 * (self.hidden + self.keys * self.head)
        return self.layers * rank * (attention + 3 * (self.hidden + self.inner))

    def memory(self, rank: int, batch_tokens: int, *, four_bit: bool) -> int:
        """Bytes that must be held while it is trained."""
        held = self.parameters * (HELD_IN_FOUR_BITS if four_bit else HELD) + self.trained(rank) * ADAM
        return int(held + batch_tokens * self.layers * self.hidden * ACTIVATIONS * 2)


class TrainingBase(Artefact):
    """`loads`: a path, a name of the catalogue of weights, or a repository of a hub; `gguf`: the same base for a laptop's server.

    `gpu`: it is trained on one, so four bits may be asked for.
    """

    title: Name
    licence: Name
    loads: Name
    gguf: Name | None = None
    gpu: bool = False
    shape: BaseShape

    def memory(self, numbers: TrainingNumbers) -> int:
        """Bytes that a training by these numbers must hold."""
        return self.shape.memory(numbers.rank, numbers.batch_tokens, four_bit=numbers.four_bit)


def read_bases(prompts: Path) -> Mapping[str, TrainingBase]:
    """Those of `prompts/bases`, by id. Raises BadArtefact."""
    return read_folder(TrainingBase, prompts / FOLDER)
