"""One training loop for both phases: weighted next-token loss, rate schedule, checkpoints, resume, progress."""

import contextlib
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch
from peft import PeftModel
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn
from torch.nn import functional

from auricle_trainer.judge.batches import Batch
from auricle_trainer.judge.recipe import Phase

MAX_NORM = 1.0
Stream = Callable[[int], Iterator[Batch]]  # first seed → batches
Watch = Callable[[torch.nn.Module], None]
Loss = Callable[[torch.nn.Module, Batch], tuple[torch.Tensor, float]]  # what is made smaller, and what people are shown


@dataclass
class Progressed:
    """Where a phase stands: what a checkpoint holds beside weights and optimizer states."""

    step: int
    next_seed: int
    seconds: float
    loss: float


def fit(
    model: torch.nn.Module,
    optimizer: torch.optim.Optimizer,
    phase: Phase,
    batches: Stream,
    first_seed: int,
    checkpoint: Path,
    watch: Watch | None = None,
    loss: Loss | None = None,
    tell: Callable[[Progressed], None] | None = None,
) -> Progressed:
    """Train until `phase.steps`, from the checkpoint if there is one. A finished phase returns at once.

    `watch` sees the model before each checkpoint, `tell` where it stands after each step.
    `loss` is what is made smaller; `weighted_loss` where there is none.
    """
    state = _resume(model, optimizer, checkpoint) or Progressed(0, first_seed, 0.0, 0.0)
    model.train()
    with _bar() as bar:
        task = bar.add_task("training", total=phase.steps, completed=state.step, loss=0.0, rate=0.0)
        feed = batches(state.next_seed)
        while state.step < phase.steps:
            _advance(model, optimizer, phase, next(feed), state, loss or weighted_loss)
            if tell:
                tell(state)
            bar.update(task, completed=state.step, loss=state.loss, rate=state.seconds / state.step)
            if state.step % phase.save_every == 0 or state.step == phase.steps:
                if watch:
                    watch(model)
                _save(model, optimizer, state, checkpoint)
                bar.console.print(f"step {state.step} loss {state.loss:.4f} seconds {state.seconds:.0f}")
    return state


def weighted_loss(model: torch.nn.Module, batch: Batch) -> tuple[torch.Tensor, float]:
    """The mean loss by the batch's weights, and the mean over fully weighted tokens (for people).

    Only tokens with a weight meet the vocabulary, which is a third of the work otherwise.
    """
    device = next(model.parameters()).device
    tokens, weights = batch.tokens.to(device), batch.weights.to(device)[:, 1:]
    core = model.get_base_model() if isinstance(model, PeftModel) else model
    counted = weights > 0
    with torch.autocast(device.type, dtype=torch.bfloat16):
        hidden = core.model(input_ids=tokens[:, :-1]).last_hidden_state[counted]
        logits = core.lm_head(hidden)
    each = functional.cross_entropy(logits.float(), tokens[:, 1:][counted], reduction="none")
    weight = weights[counted]
    return (each * weight).sum() / weight.sum(), float(each[weight >= 1.0].mean().detach())


def _advance(
    model: torch.nn.Module,
    optimizer: torch.optim.Optimizer,
    phase: Phase,
    batch: Batch,
    state: Progressed,
    measure: Loss,
) -> None:
    began = time.monotonic()
    loss, learnt = measure(model, batch)
    loss.backward()
    torch.nn.utils.clip_grad_norm_(model.parameters(), MAX_NORM)
    for group in optimizer.param_groups:
        group["lr"] = phase.adam_rate * phase.rate(state.step)
    optimizer.step()
    optimizer.zero_grad(set_to_none=True)
    state.step, state.next_seed = state.step + 1, batch.next_seed
    state.seconds += time.monotonic() - began
    state.loss = learnt if state.loss == 0 else 0.95 * state.loss + 0.05 * learnt


def _save(model: torch.nn.Module, optimizer: torch.optim.Optimizer, state: Progressed, path: Path) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    trained = {name for name, weight in model.named_parameters() if weight.requires_grad}
    weights = {name: value for name, value in model.state_dict().items() if name in trained}
    kept = {"model": weights, "optimizer": optimizer.state_dict(), "state": vars(state)}
    partial = path.with_suffix(".part")
    torch.save(kept, partial)
    partial.replace(path)


def _resume(model: torch.nn.Module, optimizer: torch.optim.Optimizer, path: Path) -> Progressed | None:
    if not path.exists():
        return None
    kept: dict[str, Any] = torch.load(path, map_location="cpu", weights_only=True)
    model.load_state_dict(kept["model"], strict=False)
    optimizer.load_state_dict(kept["optimizer"])
    return Progressed(**kept["state"])


@contextlib.contextmanager
def _bar() -> Iterator[Progress]:
    columns = (
        TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(),
        TextColumn("loss {task.fields[loss]:.3f}  {task.fields[rate]:.2f} s a step"), TimeRemainingColumn(),
    )  # fmt: skip
    with Progress(*columns) as bar:
        yield bar
