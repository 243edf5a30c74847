"""Error rates and their intervals: edit distance over words or letters, bootstrap over utterances, AUROC."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

Pair = tuple[int | None, int | None]


def spelled(text: str) -> list[str]:
    """Words as they are compared: lower case, ё as е, hyphens as spaces."""
    return text.lower().replace("ё", "е").replace("-", " ").split()


def alignment(said: Sequence[str], heard: Sequence[str]) -> list[Pair]:
    """The cheapest pairing of two sequences; None stands for nothing on that side."""
    table = _distances(said, heard)
    i, j = len(said), len(heard)
    pairs: list[Pair] = []
    while i or j:
        if i and j and table[i][j] == table[i - 1][j - 1] + (said[i - 1] != heard[j - 1]):
            i, j = i - 1, j - 1
            pairs.append((i, j))
        elif i and table[i][j] == table[i - 1][j] + 1:
            i -= 1
            pairs.append((i, None))
        else:
            j -= 1
            pairs.append((None, j))
    return pairs[::-1]


def errors(said: Sequence[str], heard: Sequence[str]) -> int:
    """Least number of substitutions, insertions and deletions that turn `said` into `heard`."""
    return _distances(said, heard)[-1][-1]


def rate_with_interval(wrong: Sequence[int], lengths: Sequence[int], seed: int = 0) -> tuple[float, float, float]:
    """Sum of errors over sum of lengths, with the 95 % bootstrap interval over utterances."""
    numerator, denominator = np.asarray(wrong, float), np.asarray(lengths, float)
    draws = np.random.default_rng(seed).integers(0, len(numerator), (1000, len(numerator)))
    rates = numerator[draws].sum(1) / denominator[draws].sum(1)
    low, high = np.percentile(rates, [2.5, 97.5])
    return float(numerator.sum() / denominator.sum()), float(low), float(high)


def auroc(scores: Sequence[float], right: Sequence[bool]) -> float:
    """The chance that a right word scores above a wrong one; ties count half, nan without both kinds."""
    good = np.sort([score for score, correct in zip(scores, right, strict=True) if correct])
    bad = np.array([score for score, correct in zip(scores, right, strict=True) if not correct])
    if not good.size or not bad.size:
        return float("nan")
    above = good.size - np.searchsorted(good, bad, "right")
    ties = np.searchsorted(good, bad, "right") - np.searchsorted(good, bad, "left")
    return float((above + ties / 2).sum() / (good.size * bad.size))


def _distances(said: Sequence[str], heard: Sequence[str]) -> list[list[int]]:
    table = [list(range(len(heard) + 1))]
    for i, left in enumerate(said, 1):
        above, row = table[-1], [i]
        for j, right in enumerate(heard, 1):
            row.append(min(above[j] + 1, row[-1] + 1, above[j - 1] + (left != right)))
        table.append(row)
    return table
