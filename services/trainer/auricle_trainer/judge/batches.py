"""Batches of whole documents: drawn by seed, sorted by length inside a pool, cut at a budget of tokens."""

import random
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import TypeVar

import torch
from transformers import PreTrainedTokenizerFast

from auricle_trainer.judge.documents import Document
from auricle_trainer.judge.network import CONTEXT

POOL_BATCHES = 24
READ_WEIGHT = 0.25
T = TypeVar("T")


@dataclass(frozen=True)
class Batch:
    """`tokens` int64 and `weights` float32, both [rows, length]; the weight is that of the token as a target, 0 on padding."""

    tokens: torch.Tensor
    weights: torch.Tensor
    next_seed: int


def stream(
    make: Callable[[int], Document],
    tokenizer: PreTrainedTokenizerFast,
    *,
    first_seed: int,
    budget: int,
    read_share: float,
) -> Iterator[Batch]:
    """Endless batches of about `budget` tokens from the documents of `first_seed`, `first_seed + 1`, …"""
    seed = first_seed
    while True:
        pool: list[tuple[list[int], int]] = []
        used = 0
        while used < budget * POOL_BATCHES:
            pool.append(encode(make(seed), tokenizer))
            used += len(pool[-1][0])
            seed += 1
        batches = cut(sorted(pool, key=lambda item: len(item[0])), budget, lambda item: len(item[0]))
        random.Random(seed).shuffle(batches)
        for rows in batches:
            yield _stack(rows, tokenizer, read_share, seed)


def encode(document: Document, tokenizer: PreTrainedTokenizerFast) -> tuple[list[int], int]:
    """Token ids that end with <|im_end|>, and how many of them are only read."""
    read = tokenizer(document.read, add_special_tokens=False)["input_ids"]
    learnt = tokenizer(document.learnt, add_special_tokens=False)["input_ids"]
    return [*read, *learnt, tokenizer.eos_token_id][:CONTEXT], len(read)


def cut(pool: Sequence[T], budget: int, length: Callable[[T], int]) -> list[list[T]]:
    """Rows of a pool that is sorted by length, in batches that hold at most `budget` tokens with their padding, or one row."""
    batches: list[list[T]] = [[]]
    for item in pool:
        if (len(batches[-1]) + 1) * length(item) > budget and batches[-1]:
            batches.append([])
        batches[-1].append(item)
    return batches


def _stack(
    rows: list[tuple[list[int], int]], tokenizer: PreTrainedTokenizerFast, read_share: float, seed: int
) -> Batch:
    dice = torch.Generator().manual_seed(seed)
    length = max(len(tokens) for tokens, _ in rows)
    tokens = torch.full((len(rows), length), int(tokenizer.pad_token_id))
    weights = torch.zeros(len(rows), length)
    for row, (ids, read) in enumerate(rows):
        tokens[row, : len(ids)] = torch.tensor(ids)
        weights[row, :read] = READ_WEIGHT * (torch.rand(min(read, length), generator=dice) < read_share)
        weights[row, read : len(ids)] = 1.0
    return Batch(tokens, weights, seed)
