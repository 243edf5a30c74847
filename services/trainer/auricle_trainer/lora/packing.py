"""Batches of packed examples and their loss: who sees whom, and the vocabulary that can be meant."""

import random
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

import torch
from peft import PeftModel
from torch.nn import functional

from auricle_trainer.judge.batches import Batch, cut
from auricle_trainer.lora.distances import Digits
from auricle_trainer.lora.examples import NO_SCORE, WEIGHTS, Encoded, Kind

POOL_BATCHES, MAX_TOKENS = 8, 1400
NOBODY = -1  # the branch of padding
Make = Callable[[int], Encoded]


@dataclass(frozen=True)
class PackedBatch(Batch):
    """`positions`, `branches`, `kinds` and `scores` beside the tokens, all int64 [rows, length]."""

    positions: torch.Tensor
    branches: torch.Tensor
    kinds: torch.Tensor
    scores: torch.Tensor

    def seen(self, window: int | None = None) -> torch.Tensor:
        """Which token sees which: bool [rows, 1, length, length]. `window` is how far back a sliding layer looks, in positions."""
        order = torch.arange(self.tokens.shape[1])
        before = order[None, :, None] >= order[None, None, :]
        own = self.branches[:, :, None] == self.branches[:, None, :]
        shared = self.branches[:, None, :] == 0
        seen = before & (own | shared)
        if window is not None:
            seen &= self.positions[:, :, None] - self.positions[:, None, :] < window
        return seen[:, None]

    def inputs(self, model: torch.nn.Module) -> dict[str, object]:
        """What the model's body is called with, all tokens but the last; a mask for each type of layer."""
        config, device = model.config, next(model.parameters()).device
        masks = {
            kind: self.seen(config.sliding_window if kind == "sliding_attention" else None)[:, :, :-1, :-1].to(device)
            for kind in set(config.layer_types)
        }
        if config._attn_implementation == "eager":  # noqa: SLF001 (it has no other name); this one adds its mask
            hidden = torch.finfo(torch.bfloat16).min
            masks = {
                kind: torch.zeros(mask.shape, dtype=torch.bfloat16, device=device).masked_fill_(~mask, hidden)
                for kind, mask in masks.items()
            }
        return {
            "input_ids": self.tokens[:, :-1].to(device),
            "position_ids": self.positions[:, :-1].to(device),
            "attention_mask": masks,
        }


@dataclass(frozen=True)
class Vocabulary:
    """The tokens among which an answer is told apart: those of the training set, sorted, and those of the batch.

    The output layer over all 262,144 tokens of Gemma is a fifth of the work, and nearly none of them can be meant.
    """

    common: torch.Tensor
    digits: Digits | None = None

    @classmethod
    def of(cls, examples: Sequence[Encoded], digits: Digits | None = None) -> "Vocabulary":
        """The tokens of these examples, and `digits` where scores are learnt by their distance too."""
        tokens = {token for one in examples for token in one.ids} | set(digits.tokens if digits else ())
        return cls(torch.tensor(sorted(tokens), dtype=torch.long), digits)

    def with_batch(self, tokens: torch.Tensor) -> torch.Tensor:
        """Sorted ids: the common ones and those of `tokens`."""
        return torch.unique(torch.cat([self.common.to(tokens.device), tokens.flatten()]))


def losses(model: PeftModel, batch: PackedBatch, vocabulary: Vocabulary) -> tuple[torch.Tensor, torch.Tensor]:
    """The loss of each token that has a weight, float32 [n], with a score's expected distance where the vocabulary has digits; its kind."""
    core = model.get_base_model()
    device = next(model.parameters()).device
    counted = (batch.weights[:, 1:] > 0).to(device)
    known = vocabulary.with_batch(batch.tokens.to(device))
    with torch.autocast(device.type, dtype=torch.bfloat16):
        hidden = core.model(**batch.inputs(core)).last_hidden_state[counted]
        logits = functional.linear(hidden, core.lm_head.weight[known])
    targets = torch.searchsorted(known, batch.tokens[:, 1:].to(device)[counted])
    each = functional.cross_entropy(logits.float(), targets, reduction="none")
    if vocabulary.digits is not None:
        each = each + vocabulary.digits.loss(logits.float(), known, batch.scores[:, 1:].to(device)[counted])
    return each, batch.kinds[:, 1:].to(device)[counted]


def weighted_loss(model: PeftModel, batch: PackedBatch, vocabulary: Vocabulary) -> tuple[torch.Tensor, float]:
    """The mean loss by the weights of the kinds, and the mean over places and values (for people)."""
    each, kinds = losses(model, batch, vocabulary)
    weight = torch.tensor([WEIGHTS[kind] for kind in Kind], device=each.device)[kinds]
    return (each * weight).sum() / weight.sum(), float(each[weight >= 1.0].mean().detach())


def stream(make: Make, padding: int, budget: int, first_seed: int) -> Iterator[PackedBatch]:
    """Endless batches of about `budget` tokens from the examples of `first_seed`, `first_seed + 1`, …, but for those over MAX_TOKENS."""
    seed = first_seed
    while True:
        pool: list[Encoded] = []
        while sum(len(one.ids) for one in pool) < budget * POOL_BATCHES:
            made = make(seed)
            pool += [made] if len(made.ids) <= MAX_TOKENS else []
            seed += 1
        batches = cut(sorted(pool, key=lambda one: len(one.ids)), budget, lambda one: len(one.ids))
        random.Random(seed).shuffle(batches)
        for rows in batches:
            yield stacked(rows, padding, seed)


def stacked(rows: Sequence[Encoded], padding: int, next_seed: int = 0) -> PackedBatch:
    """Examples as one batch, padded behind: nothing before a token depends on what follows it."""
    length = max(len(one.ids) for one in rows)

    def filled(value: int, field: Callable[[Encoded], Sequence[int]]) -> torch.Tensor:
        return torch.tensor([[*field(one), *[value] * (length - len(one.ids))] for one in rows], dtype=torch.long)

    kinds = filled(int(Kind.READ), lambda one: one.kinds)
    return PackedBatch(
        tokens=filled(padding, lambda one: one.ids),
        weights=torch.tensor([WEIGHTS[kind] for kind in Kind])[kinds],
        next_seed=next_seed,
        positions=filled(0, lambda one: one.positions),
        branches=filled(NOBODY, lambda one: one.branches),
        kinds=kinds,
        scores=filled(NO_SCORE, lambda one: one.scores),
    )
