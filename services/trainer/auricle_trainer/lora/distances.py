"""How far from the truth a score's first digit is. Cross-entropy alone takes 90 for as wrong as 10 where people said 85."""

from dataclasses import dataclass
from functools import lru_cache

import torch
from transformers import PreTrainedTokenizerBase

from auricle_trainer.judge.labelled import STEP
from auricle_trainer.lora.examples import NO_SCORE

SCALE = 15.0  # points that weigh as much as one nat
NEAR = 15  # points within which "5" may mean 5 and "1" may mean 100, and not the tens alone
LONE = (5, 100)


@dataclass(frozen=True)
class Digits:
    """The tokens of `0` to `9`, for a base that writes a number digit by digit."""

    tokens: tuple[int, ...]

    @classmethod
    def of(cls, words: PreTrainedTokenizerBase) -> "Digits | None":
        """None where the tokenizer writes numbers in larger pieces."""
        said = [words(str(digit), add_special_tokens=False)["input_ids"] for digit in range(10)]
        pair = words("85", add_special_tokens=False)["input_ids"]
        if any(len(one) != 1 for one in said) or pair != [*said[8], *said[5]]:
            return None
        return cls(tuple(one[0] for one in said))

    def loss(self, logits: torch.Tensor, known: torch.Tensor, scores: torch.Tensor) -> torch.Tensor:
        """The expected distance of a score's first digit, in SCALE points; 0 where `scores` [n] has none. `logits` [n, known]; float32 [n].

        It is least where all probability lies on the median of what people would say.
        """
        there = scores != NO_SCORE
        columns = torch.searchsorted(known, torch.tensor(self.tokens, device=known.device))
        likely = logits[there][:, columns].softmax(dim=-1)
        far = torch.tensor([distances(int(score)) for score in scores[there]], device=logits.device).reshape(-1, 10)
        loss = torch.zeros(len(scores), device=logits.device)
        loss[there] = (likely * far).sum(dim=-1) / SCALE
        return loss


@lru_cache(maxsize=101)
def distances(score: int) -> tuple[float, ...]:
    """For each first digit, the points between `score` and the nearest score of the scale that begins with it."""
    return tuple(
        float(min(abs(value - score) for value in range(0, 101, STEP) if _means(str(value), digit, score)))
        for digit in "0123456789"
    )


def _means(value: str, digit: str, score: int) -> bool:
    return value[0] == digit and (int(value) not in LONE or abs(int(value) - score) <= NEAR)
