"""Training in three phases: sounds (encoder and phoneme head), words (decoder with guided attention), windows (30 s).

The decoder alone finds no alignment in hours on two cores; phoneme labels for the encoder and word times for the
cross-attention, both of which the synthesiser gives away, make it minutes.
"""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
import torch.distributed as dist
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn
from tokenizers import Tokenizer
from torch import Tensor, nn
from torch.nn import functional as F

from auricle_trainer.speech.batches import IGNORED, Batch, Feed, Mix
from auricle_trainer.speech.lexicon import lexicon_of_corpus
from auricle_trainer.speech.listening import validation
from auricle_trainer.speech.network import SmallWhisper
from auricle_trainer.speech.prose import Prose
from auricle_trainer.speech.testset import load
from auricle_trainer.speech.tokens import train_tokenizer


@dataclass(frozen=True, slots=True)
class Phase:
    """Steps of one kind; the rate falls linearly from `rate` to `last_rate`."""

    name: str
    steps: int
    rate: float
    last_rate: float
    mix: Mix
    long_share: float = 0.0
    said_share: float = 0.0
    decoder: bool = True
    frame_weight: float = 0.3
    guide_weight: float = 1.0


_WHOLE = Mix(timestamps=0.4, silence=0.03, previous=0.1, full_windows=0.08)
PHASES = (
    Phase("sounds", 230, 2e-3, 2e-3, Mix(silence=0.0), decoder=False, frame_weight=1.0),
    Phase("words", 800, 2e-3, 1.5e-3, Mix(full_windows=0.06), long_share=0.1),
    Phase("windows", 10_000, 2e-3, 2e-5, _WHOLE, long_share=0.25, said_share=0.45, frame_weight=0.3),
)


@dataclass(frozen=True, slots=True)
class Losses:
    """Mean losses of a batch; tensors, so that the sum can be differentiated."""

    tokens: Tensor
    guide: Tensor
    frames: Tensor
    frame_hits: Tensor


def losses(model: SmallWhisper, batch: Batch, decoder: bool) -> Losses:
    """Cross entropy of tokens and frames, and how far the guided heads look past the right place."""
    heard = model.encoder(batch.mel, batch.shifts)
    guesses = model.phonemes(heard).float()
    frames = F.cross_entropy(guesses.flatten(0, 1), batch.frames.flatten())
    hits = (guesses.argmax(-1) == batch.frames)[batch.frames > 0].float().mean()
    if not decoder:
        nothing = torch.zeros((), device=heard.device)
        return Losses(nothing, nothing, frames, hits)
    logits, seen = model.decoder(batch.tokens, heard)
    tokens = F.cross_entropy(logits.flatten(0, 1), batch.targets.flatten(), ignore_index=IGNORED, label_smoothing=0.03)
    return Losses(tokens, _guide(seen, batch.looks), frames, hits)


def _guide(seen: list[Tensor], looks: Tensor) -> Tensor:
    """How far the guided heads look past the right place, as minus log of the attention inside it.

    The first layer finds the token that was just read (its sound is known), the others the one to write next,
    which is easy once the first knows where it is; without the first, alignment took several times as long.
    """
    just_read = torch.cat([torch.full_like(looks[:, :1], -1), looks[:, :-1]], dim=1)
    places = [just_read, *[looks] * (len(seen) - 1)]
    return torch.stack([_astray(logs, place) for logs, place in zip(seen, places, strict=True)]).mean()


def _astray(logs: Tensor, place: Tensor) -> Tensor:
    """Mean over guided tokens and heads of minus log of the attention between first and last frame."""
    guided = place[..., 0] >= 0
    frames = torch.arange(logs.shape[-1], device=logs.device)
    inside = (frames >= place[..., :1]) & (frames <= place[..., 1:])
    outside = torch.zeros_like(inside, dtype=torch.float32).masked_fill(~inside, -30.0)
    return -(logs + outside[:, None]).logsumexp(-1).mean(1)[guided].mean()


def tokenizer_of(work: Path) -> Tokenizer:
    """The tokenizer of this run, learned once from 40,000 sentences."""
    path = work / "tokens.json"
    if path.exists():
        return Tokenizer.from_file(str(path))
    texts = Prose(lexicon_of_corpus(), np.random.default_rng(11), load().unseen).sentences()
    return train_tokenizer((next(texts) for _ in range(40_000)), path)


class Run:
    """One training run in a folder: optimisers, step count, log, checkpoint."""

    def __init__(self, work: Path, model: SmallWhisper, device: torch.device, name: str) -> None:
        self.work, self.model, self.device = work, model.to(device), device
        self.step = 0
        self._checkpoint, self._log = work / f"{name}.pt", work / f"{name}.log.jsonl"
        matrices = [p for n, p in model.named_parameters() if p.ndim == 2 and ".layers." in n]
        others = [p for n, p in model.named_parameters() if not (p.ndim == 2 and ".layers." in n)]
        self.optimisers: list[torch.optim.Optimizer] = [
            torch.optim.Muon(matrices, lr=1.0, weight_decay=0.01, adjust_lr_fn="match_rms_adamw", ns_steps=5),
            torch.optim.AdamW(others, lr=1.0, betas=(0.9, 0.98), weight_decay=0.0),
        ]
        if self._checkpoint.exists():
            self._load()

    def advance(self, batch: Batch, phase: Phase, rate: float) -> Losses:
        """One step of all optimisers."""
        batch = batch.to(self.device)
        with torch.autocast(self.device.type, torch.bfloat16):
            lost = losses(self.model, batch, phase.decoder)
        total = lost.tokens + phase.guide_weight * lost.guide + phase.frame_weight * lost.frames
        torch.autograd.backward(total)
        _average_gradients(self.model)
        nn.utils.clip_grad_norm_(self.model.parameters(), 1.0)
        for optimiser in self.optimisers:
            for group in optimiser.param_groups:
                group["lr"] = rate
            optimiser.step()
            optimiser.zero_grad()
        self.step += 1
        return lost

    def note(self, **facts: float | str) -> None:
        with self._log.open("a") as file:
            file.write(json.dumps({"step": self.step, **facts}) + "\n")

    def save(self) -> None:
        """Write the checkpoint; only the first of several processes does."""
        if _rank():
            return
        state = {"step": self.step, "size": self.model.size, "model": self.model.state_dict()}
        torch.save(
            state | {"optimisers": [o.state_dict() for o in self.optimisers]}, self._checkpoint.with_suffix(".new")
        )
        self._checkpoint.with_suffix(".new").rename(self._checkpoint)

    def _load(self) -> None:
        state = torch.load(self._checkpoint, map_location=self.device, weights_only=False)
        self.step = state["step"]
        self.model.load_state_dict(state["model"])
        for optimiser, saved in zip(self.optimisers, state["optimisers"], strict=True):
            optimiser.load_state_dict(saved)


def train(run: Run, phases: tuple[Phase, ...], seed: int, check_every: int = 200) -> None:
    """Go through the phases from where the checkpoint stands."""
    tokenizer, done = tokenizer_of(run.work), 0
    with _bar() as bar:
        for number, phase in enumerate(phases):
            task = bar.add_task(phase.name, total=phase.steps, completed=min(phase.steps, max(0, run.step - done)))
            shares = {
                "short": 1 - phase.long_share - phase.said_share,
                "long": phase.long_share,
                "said": phase.said_share,
            }
            folders = {run.work / name: share for name, share in shares.items()}
            batches = iter(Feed(folders, tokenizer, phase.mix, seed + 1000 * number + run.step + 100_000 * _rank()))
            while run.step < done + phase.steps:
                _one(run, phase, (run.step - done) / phase.steps, batches)
                bar.advance(task)
                if run.step % check_every == 0 and _rank() == 0:
                    run.save()
                    run.note(**validation(run.model, tokenizer, run.work, phase.decoder, phase.long_share > 0))
            done += phase.steps
    run.save()


def _one(run: Run, phase: Phase, fraction: float, batches: Iterator[Batch]) -> None:
    started = time.monotonic()
    rate = (phase.rate + (phase.last_rate - phase.rate) * fraction) * min(1.0, (run.step + 1) / 100)
    lost = run.advance(next(batches), phase, rate)
    if run.step % 10 == 0 and _rank() == 0:
        facts = {name: round(getattr(lost, name).item(), 4) for name in lost.__slots__}
        run.note(phase=phase.name, rate=rate, step_s=round(time.monotonic() - started, 3), **facts)


def _rank() -> int:
    return dist.get_rank() if dist.is_initialized() else 0


def _average_gradients(model: nn.Module) -> None:
    """With several processes (torchrun) each has its own batches; the mean makes them one large one."""
    if not dist.is_initialized():
        return
    gradients = [p.grad for p in model.parameters() if p.grad is not None]
    flat = torch.cat([gradient.flatten() for gradient in gradients])
    dist.all_reduce(flat)
    flat /= dist.get_world_size()
    for gradient, mean in zip(gradients, flat.split([gradient.numel() for gradient in gradients]), strict=True):
        gradient.copy_(mean.view_as(gradient))


def _bar() -> Progress:
    return Progress(TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
