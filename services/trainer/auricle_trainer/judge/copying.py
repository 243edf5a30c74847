"""Batches that teach one thing first: what followed these tokens before will follow them again.

Quotes are copied words. On dialogues alone copying had not come in five million tokens; on repeated noise it came in 220 steps.
"""

from collections.abc import Iterator

import torch

from auricle_trainer.judge.batches import Batch

LENGTHS = (24, 48, 96)


def repeated(vocabulary: int, budget: int, first_seed: int) -> Iterator[Batch]:
    """Endless batches of about `budget` tokens: drawn tokens, then the same again; only the second time is learnt."""
    seed = first_seed
    while True:
        dice = torch.Generator().manual_seed(seed)
        length = LENGTHS[int(torch.randint(len(LENGTHS), (1,), generator=dice))]
        drawn = torch.randint(vocabulary, (budget // (2 * length), length), generator=dice)
        weights = torch.cat([torch.zeros(drawn.shape), torch.ones(drawn.shape)], dim=1)
        weights[:, length] = 0.0  # nobody can know that it starts again
        seed += 1
        yield Batch(torch.cat([drawn, drawn], dim=1), weights, seed)
