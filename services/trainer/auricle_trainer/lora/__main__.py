"""`python -m auricle_trainer.lora`: train, export, card."""

import json
from pathlib import Path
from typing import Annotated

import typer
from auricle_contracts.judges import Reasoning

from auricle_trainer.judge import network
from auricle_trainer.lora import export as exporting
from auricle_trainer.lora import training
from auricle_trainer.lora.card import card_text

Work = Annotated[Path, typer.Option(help="checkpoints; a second run goes on from here")]
Base = Annotated[Path, typer.Option(help="a GGUF file or a Hugging Face folder of Gemma 3 or Qwen2")]
app = typer.Typer(no_args_is_help=True, help=__doc__, pretty_exceptions_enable=False)


@app.callback()
def lora() -> None:
    """A LoRA for the judge's prompts on a pretrained base."""


@app.command()
def train(
    work: Work,
    base: Base,
    prompts: Path = Path("prompts"),
    rank: int = training.RANK,
    steps: Annotated[
        int, typer.Option(min=1, help="the rate falls to zero over the last eight ninths of them")
    ] = training.PHASE.steps,
    reasoning: Annotated[
        Reasoning, typer.Option(help="whether an answer begins with why; what serves the adapter says the same")
    ] = Reasoning.NONE,
    start: Annotated[Path | None, typer.Option(help="a peft folder to train on; else fresh matrices")] = None,
) -> None:
    """Train on the shipped dialogues; the adapter that tells held-back dialogues best stays in WORK/adapter."""
    network.prepare(training.SEED)
    watch = training.train(
        work, base, prompts, training.PHASE.shortened(steps), rank=rank, reasoning=reasoning, start=start
    )
    typer.echo(json.dumps({"held_back_loss": watch.seen}))


@app.command()
def export(
    work: Work,
    target: Path,
    model_type: str = "gemma3_text",
    base_name: str = "google/gemma-3-270m",
    reasoning: Annotated[Reasoning, typer.Option(help="as it was trained")] = Reasoning.NONE,
) -> None:
    """GGUF and peft forms of WORK/adapter in TARGET, with the manifest for `python -m auricle_llm`."""
    exporting.everything(work / "adapter", model_type, target, base_name, reasoning)
    exporting.progress(work / "lora.pt", target / "training.json")


@app.command()
def card(weights: Path, evidence: Path) -> None:
    """WEIGHTS/README.md from the evidence of `python -m auricle_trainer.judge evaluate` and what `export` wrote of the training."""
    weights.joinpath("README.md").write_text(card_text(weights, json.loads(evidence.read_text("utf-8"))), "utf-8")


if __name__ == "__main__":
    app()
