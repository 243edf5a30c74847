"""`python -m auricle_trainer.speech train` makes the weights of `models/speech` from nothing; the other commands are its parts."""

from __future__ import annotations

import importlib.util
import os
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Annotated

import typer

from auricle_trainer.speech.card import card
from auricle_trainer.speech.evaluation import evaluate
from auricle_trainer.speech.shards import phoneme_inventory
from auricle_trainer.speech.synthesise import Work, draw_testset, say_dialogues, synthesise

app = typer.Typer(add_completion=False, pretty_exceptions_show_locals=False)
for command in (synthesise, say_dialogues, evaluate, card, draw_testset):
    app.command()(command)


@dataclass(frozen=True, slots=True)
class Order:
    """One process's share of the training speech."""

    into: str
    seed: int
    hours: float
    long_share: float = 0.0
    said_share: float = 0.0


ORDERS = (
    Order("short", 999, 0.34), Order("long", 999, 0.34, 0.8, 0.2), Order("said", 999, 0.34, 0.05, 0.7),
    Order("short", 1, 11), Order("short", 2, 11), Order("short", 3, 8, 0.0, 0.2), Order("long", 4, 12, 0.8, 0.2),
    Order("said", 5, 3, 0.12, 0.7), Order("said", 6, 3, 0.12, 0.7),
)  # fmt: skip
"""About 48 hours; seed 999 is for validation."""


@app.command()
def train(
    work: Work,
    folder: Annotated[Path, typer.Option(help="Where the finished model goes.")] = Path("models/speech"),
    processes: Annotated[int, typer.Option(help="Training processes; each adds its own batches to every step.")] = 3,
    seed: int = 1,
) -> None:
    """Everything: sentences, speech, training, export. Each part is skipped or resumed where it stands."""
    _need_torch()
    work.mkdir(parents=True, exist_ok=True)
    if not (work / "said.txt").exists():
        say_dialogues(work)
    phoneme_inventory(work)
    workers = ThreadPoolExecutor(os.cpu_count())
    if any(workers.map(lambda order: _module("auricle_trainer.speech", "synthesise", *_flags(work, order)), ORDERS)):
        raise typer.Exit(1)
    torchrun = ("torch.distributed.run", "--nproc-per-node", str(processes), "-m", "auricle_trainer.speech", "learn")
    if _module(*torchrun, "--work", str(work), "--seed", str(seed)):
        raise typer.Exit(1)
    export(work, folder)


@app.command()
def learn(work: Work, name: str = "speech", seed: int = 1) -> None:
    """Train on the shards of a folder; with several processes it is started by torchrun. Stopped, it goes on where it was."""
    _need_torch()
    from auricle_trainer.speech.learn import learn as learn_with_torch  # torch is an optional extra

    learn_with_torch(work, name, seed)


@app.command()
def export(work: Work, folder: Path = Path("models/speech"), name: str = "speech") -> None:
    """Write a checkpoint as a CTranslate2 folder."""
    _need_torch()
    from auricle_trainer.speech.export import export as export_with_torch  # torch is an optional extra

    export_with_torch(work / f"{name}.pt", work / "tokens.json", folder)


def _flags(work: Path, order: Order) -> list[str]:
    options = {"work": work, "said": work / "said.txt"} | asdict(order)
    return [part for name, value in options.items() for part in (f"--{name.replace('_', '-')}", str(value))]


def _module(name: str, *arguments: str) -> int:
    """Run a module as a process of its own (espeak-ng has one global state) and give its exit status."""
    return subprocess.call([sys.executable, "-m", name, *arguments])  # noqa: S603 (our own arguments)


def _need_torch() -> None:
    if importlib.util.find_spec("torch") is None:
        typer.echo("training needs torch: pip install 'auricle-trainer[train]'", err=True)
        raise typer.Exit(2)


if __name__ == "__main__":
    app()
